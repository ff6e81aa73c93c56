import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { decode, encode, formatAnswer, parseQuestion } from "../../../images/couchmail/src/protocol.ts";
import { serveTable } from "../../../images/couchmail/src/tables.ts";
import type { SlowLookup, Table } from "../../../images/couchmail/src/tables.ts";
import { say } from "./fixture.ts";

describe("tcp_table(5)", () => {
  it("gives back any text that was encoded, in printable ASCII without white space", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(encode(text)).toMatch(/^[\x21-\x7e]*$/);
        expect(decode(encode(text))).toBe(text);
      }),
    );
  });

  it("reads a question in either case of hexadecimal, and nothing that is no question", () => {
    expect(parseQuestion("get a%2Bb@home.test")).toBe("a+b@home.test");
    expect(parseQuestion("get a%2bb@home.test\r")).toBe("a+b@home.test");
    for (const line of ["", "put a b", "get a b", "GET a", "get %", "get %4", "get %zz", "get %ff"])
      expect(parseQuestion(line)).toBeUndefined();
  });

  it("does not cut an answer short that is longer than 4096 characters", () => {
    expect(formatAnswer({ kind: "found", value: "a".repeat(4091) })).toHaveLength(4096);
    expect(formatAnswer({ kind: "found", value: "a".repeat(4092) })).toMatch(/^400 /);
  });
});

describe("a table's port", () => {
  const tables: Table[] = [];
  const serve = async (lookup: SlowLookup): Promise<number> => {
    const table = await serveTable("127.0.0.1", 0, lookup, () => undefined);
    tables.push(table);
    return table.port;
  };
  afterEach(async () => {
    await Promise.all(tables.splice(0).map((table) => table.close()));
  });

  it("answers questions that come together in their order", async () => {
    const port = await serve(async (key) => {
      await new Promise((resolve) => setTimeout(resolve, key === "slow" ? 50 : 0));
      return { kind: "found", value: key };
    });
    expect(await say(port, "get slow\nget b\nget c\n", 3)).toBe("200 slow\n200 b\n200 c");
  });

  it("puts together a question that comes in pieces", async () => {
    const port = await serve((key) => ({ kind: "found", value: key }));
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    const heard = new Promise((resolve) => socket.once("data", (data) => resolve(data.toString())));
    for (const piece of ["ge", "t ann%40", "home.test", "\n"]) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await heard).toBe("200 ann@home.test\n");
    socket.destroy();
  });

  it("says temporary after a second without an answer", async () => {
    const port = await serve(() => new Promise(() => undefined));
    const before = performance.now();
    expect(await say(port, "get a\n")).toBe("400 no%20answer%20in%20time");
    expect(performance.now() - before).toBeLessThan(1500);
  });

  it("says temporary when the lookup fails, and for what it does not understand", async () => {
    const port = await serve(() => {
      throw new Error("broken");
    });
    expect(await say(port, "get a\n")).toMatch(/^400 /);
    expect(await say(port, "put a b\n")).toMatch(/^400 /);
  });

  it("ends a conversation whose question never ends", async () => {
    const port = await serve((key) => ({ kind: "found", value: key }));
    expect(await say(port, `get ${"a".repeat(10_000)}`)).toMatch(/^400 the%20question%20is%20too%20long/);
  });
});
