/** Which name servers are asked for a key, found by a real resolver from a real server on the loopback. */
import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { afterEach, describe, expect, it } from "vitest";
import { authoritativeServers } from "../../../tools/rotation/served.ts";

const TYPES = { A: 1, NS: 2, AAAA: 28 } as const;
type Type = keyof typeof TYPES;
type Records = Readonly<Record<string, readonly (string | Buffer)[]>>;
const CODE = { fine: 0, failed: 2 } as const;

let socket: Socket | undefined;

afterEach(() => {
  socket?.close();
  socket = undefined;
});

/** A resolver whose server has these records, such as `NS home.test`; what is not there is an empty answer. */
async function knowing(records: Records, failing: readonly string[] = []): Promise<Resolver> {
  const server = createSocket("udp4");
  socket = server;
  server.on("message", (query, { address, port }) => server.send(reply(query, records, failing), port, address));
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  return resolver;
}

/** RFC 1035 section 4.1. */
function reply(query: Buffer, records: Records, failing: readonly string[]): Buffer {
  const { name, type, end } = questionOf(query);
  const found = records[`${type} ${name}`] ?? [];
  const code = failing.includes(`${type} ${name}`) ? CODE.failed : CODE.fine;
  const header = Buffer.from([...query.subarray(0, 2), 0x81, 0x80 | code, 0, 1, 0, found.length, 0, 0, 0, 0]);
  const answers = found.map((value) => {
    const data = typeof value === "string" ? wireName(value) : value;
    return Buffer.concat([Buffer.from([0xc0, 12, 0, TYPES[type], 0, 1, 0, 0, 0, 60, 0, data.length]), data]);
  });
  return Buffer.concat([header, query.subarray(12, end), ...answers]);
}

function questionOf(query: Buffer): { readonly name: string; readonly type: Type; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString("ascii"));
    at += 1 + length;
  }
  const number = query.readUInt16BE(at + 1);
  const type = number === TYPES.A ? "A" : number === TYPES.NS ? "NS" : "AAAA";
  return { name: labels.join(".").toLowerCase(), type, end: at + 5 };
}

const wireName = (name: string): Buffer =>
  Buffer.concat([...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.of(0)]);

const KEY = "s2._domainkey.home.test";

describe("the name servers of a key", () => {
  it("are all of the closest zone's, by IPv4 or else by IPv6", async () => {
    const resolver = await knowing({
      "NS home.test": ["ns1.dns.test", "ns2.dns.test", "ns6.dns.test"],
      "NS test": ["root.test"],
      "A ns1.dns.test": [Buffer.of(192, 0, 2, 1), Buffer.of(192, 0, 2, 9)],
      "A ns2.dns.test": [Buffer.of(192, 0, 2, 2)],
      "AAAA ns2.dns.test": [Buffer.from("20010db8000000000000000000000002", "hex")],
      "AAAA ns6.dns.test": [Buffer.from("20010db8000000000000000000000006", "hex")],
    });
    const addresses = (await authoritativeServers(KEY, resolver)).map(({ address }) => address);
    expect([/^192\.0\.2\.[19]$/.test(addresses.toSorted()[0] ?? ""), addresses.length]).toEqual([true, 3]);
    expect(addresses).toEqual(expect.arrayContaining(["192.0.2.2", "2001:db8::6"]));
  });

  it("are those of a zone of its own below, where there is one", async () => {
    const resolver = await knowing({
      "NS _domainkey.home.test": ["keys.dns.test"],
      "NS home.test": ["ns1.dns.test"],
      "A keys.dns.test": [Buffer.of(192, 0, 2, 3)],
    });
    expect(await authoritativeServers(KEY, resolver)).toEqual([{ address: "192.0.2.3" }]);
  });

  it("are not there where no zone is delegated, whoever answers for the top", async () => {
    const resolver = await knowing({ "NS test": ["root.test"], "A root.test": [Buffer.of(192, 0, 2, 4)] });
    await expect(authoritativeServers(KEY, resolver)).rejects.toThrow(`No name server is found for ${KEY}`);
  });

  it("cannot be found out while the resolver fails, and nobody else's are asked in their place", async () => {
    const resolver = await knowing({ "NS home.co.test": [], "NS co.test": ["ns.co.test"] }, ["NS home.co.test"]);
    await expect(authoritativeServers("s2._domainkey.home.co.test", resolver)).rejects.toThrow(
      "The name servers of home.co.test cannot be found out (ESERVFAIL): try again when",
    );
  });

  it("have addresses, or the one that has none is told of", async () => {
    const resolver = await knowing({
      "NS home.test": ["ns1.dns.test", "gone.dns.test"],
      "A ns1.dns.test": [Buffer.of(192, 0, 2, 1)],
    });
    await expect(authoritativeServers(KEY, resolver)).rejects.toThrow(
      "The name server gone.dns.test of home.test has no address",
    );
  });
});
