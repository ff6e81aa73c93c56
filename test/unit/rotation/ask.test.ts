/** Questions to a DNS server, and what is read from its answers. */
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ask, question, readAnswers } from "../../../tools/rotation/ask.ts";
import { serverAt, servedTtl } from "../../../tools/rotation/served.ts";

const NAME = "s2._domainkey.home.test";
let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** An answer: the question again, then records at a pointer to its name. */
function answer(
  name: string,
  type: "TXT" | "TLSA",
  code: number,
  ...records: readonly (readonly [number, Buffer])[]
): Buffer {
  const asked = question(name, type);
  const header = Buffer.from([0, 1, 0x84, code, 0, 1, 0, records.length, 0, 0, 0, 0]);
  const number = type === "TXT" ? 16 : 52;
  const sets = records.map(([ttl, data]) => {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0);
    head.writeUInt16BE(number, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt32BE(ttl, 6);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([header, asked.subarray(12), ...sets]);
}

const strings = (...parts: readonly string[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from([part.length, ...Buffer.from(part)])));

/** A name server that gives one answer, in two pieces. */
async function serving(message: Buffer): Promise<number> {
  const length = Buffer.from([message.length >> 8, message.length & 0xff]);
  const whole = Buffer.concat([length, message]);
  server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(whole.subarray(0, 9), () => socket.end(whole.subarray(9)));
    });
    socket.on("error", () => undefined);
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return (listening.address() as AddressInfo).port;
}

describe("an answer", () => {
  it("has the strings of a TXT record as one, and its TTL", () => {
    const message = answer(NAME, "TXT", 0, [3600, strings("v=DKIM1; k=rsa; p=AB", "CD")], [60, strings("other")]);
    expect(readAnswers(message, NAME, "TXT")).toEqual([
      { ttlSeconds: 3600, value: "v=DKIM1; k=rsa; p=ABCD" },
      { ttlSeconds: 60, value: "other" },
    ]);
  });

  it("has the fields of a TLSA record", () => {
    const message = answer("_25._tcp.alpha.test", "TLSA", 0, [300, Buffer.from([3, 1, 1, 0xab, 0xcd])]);
    expect(readAnswers(message, "_25._tcp.alpha.test", "TLSA")).toEqual([{ ttlSeconds: 300, value: "3 1 1 abcd" }]);
  });

  it("may be that there is nothing", () => {
    expect(readAnswers(answer(NAME, "TXT", 0), NAME, "TXT")).toEqual([]);
    expect(readAnswers(answer(NAME, "TXT", 3), NAME, "TXT")).toEqual([]);
  });

  it("may be a refusal", () => {
    expect(() => readAnswers(answer(NAME, "TXT", 5), NAME, "TXT")).toThrow("is the error 5");
  });
});

describe("a record as it is served", () => {
  const wanted = { name: NAME, form: "dkim", data: "ABCD" } as const;

  it("tells its TTL, by TCP", async () => {
    const port = await serving(answer(NAME, "TXT", 0, [1800, strings("v=DKIM1; k=rsa; p=ABCD")]));
    expect(await servedTtl(wanted, [{ address: "127.0.0.1", port }])).toBe(1800);
  });

  it.each([
    ["is not there", answer(NAME, "TXT", 3)],
    ["has another key", answer(NAME, "TXT", 0, [1800, strings("v=DKIM1; k=rsa; p=ABCE")])],
    ["was revoked", answer(NAME, "TXT", 0, [1800, strings("v=DKIM1; k=rsa; p=")])],
  ])("that %s is told of, with the server that lacks it", async (_, message) => {
    const port = await serving(message);
    await expect(servedTtl(wanted, [{ address: "127.0.0.1", port }])).rejects.toThrow(
      `The name server 127.0.0.1 does not have the key at ${NAME} (TXT)`,
    );
  });

  it("of a server that says nothing cannot be seen", async () => {
    server = createServer((socket) => socket.end());
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const { port } = listening.address() as AddressInfo;
    await expect(servedTtl(wanted, [{ address: "127.0.0.1", port }])).rejects.toThrow(
      /cannot be seen: 127\.0\.0\.1 has ended/,
    );
    await expect(ask({ address: "127.0.0.1", port }, NAME, "TXT")).rejects.toThrow("without an answer");
  });
});

it("a place is an address with a port", () => {
  expect(serverAt("198.51.100.2:53")).toEqual({ address: "198.51.100.2", port: 53 });
  expect(serverAt("[2001:db8::2]:5353")).toEqual({ address: "2001:db8::2", port: 5353 });
  expect(() => serverAt("ns.example.org:53")).toThrow(RangeError);
});
