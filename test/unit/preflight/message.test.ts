/** Questions to DNS servers, and answers, octet by octet. */
import { createServer } from "node:net";
import { createSocket } from "node:dgram";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { exchange } from "../../../tools/dns/exchange.ts";
import { decodeMessage, encodeQuestion } from "../../../tools/dns/message.ts";

const QUESTION = { name: "home.test", type: "TXT", recursive: true } as const;

/** Sections as their octets; a pointer to octet 12 is the name that was asked for. */
function answer(id: number, flags: number, answers: readonly string[], authority: readonly string[] = []): Buffer {
  const counts = [1, answers.length, authority.length, 0].map((count) => count.toString(16).padStart(4, "0")).join("");
  const head = `${id.toString(16).padStart(4, "0")}${flags.toString(16).padStart(4, "0")}${counts}`;
  return Buffer.from(
    `${head}04686f6d65047465737400 0010 0001${answers.join("")}${authority.join("")}`.replaceAll(" ", ""),
    "hex",
  );
}

const A = "c00c 0001 0001 0000003c 0004 c0000201";
const AAAA = "c00c 001c 0001 0000003c 0010 20010db8000000000000000000000011";
const TXT = "c00c 0010 0001 0000003c 0005 02686901 74";
const MX = "c00c 000f 0001 0000003c 0007 000a 026d78 c00c";
const NS = "c011 0002 0001 0000003c 0005 026e73 c011";
const UNKNOWN = "c00c 0034 0001 0000003c 0005 030101abcd";

describe("a question", () => {
  it("asks for recursion, for proof, and for no more than comes through whole", () => {
    expect(encodeQuestion(0x1234, QUESTION).toString("hex")).toBe(
      "1234012000010000000000010468" + "6f6d650474657374000010000100002904d000008000" + "0000",
    );
  });

  it("for unchecked data, of a server itself, says so", () => {
    expect(encodeQuestion(1, { ...QUESTION, recursive: false, unchecked: true }).readUInt16BE(2)).toBe(0x0030);
  });

  it("cannot be about what is no name", () => {
    expect(() => encodeQuestion(1, { ...QUESTION, name: "a..b" })).toThrow(RangeError);
    expect(() => encodeQuestion(1, { ...QUESTION, name: "x".repeat(64) })).toThrow(RangeError);
  });
});

describe("an answer", () => {
  it("has records of the kinds that are known", () => {
    const { answers, authority, code } = decodeMessage(answer(7, 0x8180, [A, AAAA, MX, UNKNOWN], [NS]));
    expect(code).toBe("NOERROR");
    expect(answers).toEqual([
      { name: "home.test", type: "A", value: "192.0.2.1" },
      { name: "home.test", type: "AAAA", value: "2001:db8::11" },
      { name: "home.test", type: "MX", value: "mx.home.test" },
    ]);
    expect(authority).toEqual([{ name: "test", type: "NS", value: "ns.test" }]);
  });

  it.each([
    [0x8583, "NXDOMAIN", true, false, false],
    [0x8182, "SERVFAIL", false, false, false],
    [0x81a0, "NOERROR", false, true, false],
    [0x8380, "NOERROR", false, false, true],
    [0x8185, "REFUSED", false, false, false],
    [0x8187, "7", false, false, false],
  ])("with the flags %i is %s", (flags, code, authoritative, validated, truncated) => {
    expect(decodeMessage(answer(7, flags, []))).toMatchObject({ code, authoritative, validated, truncated });
  });

  it("whose names go round in circles is refused", () => {
    expect(() => decodeMessage(answer(7, 0x8180, ["c01b 0001 0001 0000003c 0004 c0000201"]))).toThrow(RangeError);
  });

  it("of any octets is read or refused, and never goes on for ever", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), (octets) => {
        try {
          decodeMessage(Buffer.from(octets));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe("an exchange", () => {
  const port = (address: unknown): number => z.object({ port: z.number() }).parse(address).port;

  it("is by datagrams, and does not take what is not for it", async () => {
    const socket = createSocket("udp4");
    socket.on("message", (query, from) => {
      const id = query.readUInt16BE(0);
      socket.send(Buffer.from("nonsense"), from.port, from.address);
      socket.send(answer(id ^ 1, 0x8183, []), from.port, from.address);
      socket.send(answer(id, 0x8180, [A]), from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const got = await exchange({ address: "127.0.0.1", port: port(socket.address()) }, QUESTION);
    socket.close();
    expect(got.answers).toEqual([{ name: "home.test", type: "A", value: "192.0.2.1" }]);
  });

  it("is by a stream where no datagram comes through", async () => {
    const server = createServer((socket) =>
      socket.once("data", (data) => {
        const message = answer(data.readUInt16BE(2), 0x8180, [A]);
        socket.end(Buffer.concat([Buffer.from([0, message.length]), message]));
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const got = await exchange({ address: "127.0.0.1", port: port(server.address()) }, QUESTION);
    server.close();
    expect(got.answers).toHaveLength(1);
  });

  it("with nobody is an error", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const free = port(server.address());
    await new Promise((resolve) => server.close(resolve));
    await expect(exchange({ address: "127.0.0.1", port: free }, QUESTION)).rejects.toThrow();
  });
});

it("a text of several strings is one", () => {
  const { answers } = decodeMessage(answer(7, 0x8180, [TXT]));
  expect(answers[0]?.value).toBe("hit");
});
