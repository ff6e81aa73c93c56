/** Master files: what is written is read back by a reader of our own, after RFC 1035 section 5.1. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordData } from "../../../components/dns/record-data.ts";
import { keyAssociation } from "../../../components/dns/tlsa.ts";
import { formatTxt } from "../../../components/dns/txt.ts";
import { formatZone } from "../../../components/dns/zone-file.ts";
import type { Ref } from "../../../components/plan/text.ts";
import { localPlan, MUCH } from "../plan/plans.ts";

const named = (ref: Ref): string => `<${ref.ref} ${"key" in ref ? ref.key : ""}>`;
const nothing = (ref: Ref): never => {
  throw new Error(`Nothing was to be asked for, and ${ref.ref} was.`);
};

/** The octets of each quoted string. */
function readTxt(data: string): readonly Buffer[] {
  const strings: number[][] = [];
  let rest = data;
  while (rest !== "") {
    const string = /^ ?"((?:[^"\\]|\\\d{3}|\\\D)*)"/.exec(rest);
    if (string?.[1] === undefined) throw new SyntaxError(`no quoted string at ${rest}`);
    strings.push(
      [...string[1].matchAll(/\\(\d{3})|\\(\D)|([^\\])/g)].map(([, code, escaped, plain]) =>
        code === undefined ? (escaped ?? plain ?? "").charCodeAt(0) : Number(code),
      ),
    );
    rest = rest.slice(string[0].length);
  }
  return strings.map((octets) => Buffer.from(octets));
}

describe("a TXT record", () => {
  const joined = (data: string): string => Buffer.concat(readTxt(data)).toString("utf8");

  it("is read back as it was, in strings of at most 255 octets", () =>
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 700 }), (text) => {
        const data = formatTxt(text);
        expect(joined(data)).toBe(text);
        for (const string of readTxt(data)) expect(string.length).toBeLessThanOrEqual(255);
        expect(data).toMatch(/^[\x20-\x7e]*$/);
      }),
    ));

  it.each([
    ["nothing", "", '""'],
    ["quotes", 'say "hi"', '"say \\"hi\\""'],
    ["a backslash", "a\\b", '"a\\\\b"'],
    ["a semicolon, which begins no comment in quotes", "v=DMARC1; p=none", '"v=DMARC1; p=none"'],
    ["a line end", "a\nb", '"a\\010b"'],
    ["an umlaut", "ü", '"\\195\\188"'],
  ])("with %s", (_, text, data) => expect(formatTxt(text)).toBe(data));

  it.each([
    [255, [255]],
    [256, [255, 1]],
    [510, [255, 255]],
    [511, [255, 255, 1]],
  ])("of %d characters is cut at 255", (length, lengths) =>
    expect(readTxt(formatTxt("x".repeat(length))).map((string) => string.length)).toEqual(lengths),
  );

  it("may be cut inside a character", () => {
    const text = `${"x".repeat(254)}ü`;
    expect(readTxt(formatTxt(text)).map((string) => string.length)).toEqual([255, 1]);
    expect(joined(formatTxt(text))).toBe(text);
  });
});

describe("the data of a record set", () => {
  const set = { name: "home.test", ttlSeconds: 60 };

  it("is one line for each address, target, exchange or text", () => {
    expect(recordData({ ...set, type: "A", addresses: ["198.51.100.11", "198.51.100.12"] }, nothing)).toEqual([
      "198.51.100.11",
      "198.51.100.12",
    ]);
    expect(recordData({ ...set, type: "AAAA", addresses: ["2001:db8::1"] }, nothing)).toEqual(["2001:db8::1"]);
    expect(recordData({ ...set, type: "TXT", texts: ["a", ["b", { ref: "dkimPublicKey", key: "k" }]] }, named)).toEqual(
      ['"a"', '"b<dkimPublicKey k>"'],
    );
  });

  it("has absolute names", () => {
    for (const type of ["CNAME", "PTR", "NS"] as const)
      expect(recordData({ ...set, type, targets: ["a.home.test"] }, nothing)).toEqual(["a.home.test."]);
    expect(recordData({ ...set, type: "MX", exchanges: [{ preference: 10, host: "a.home.test" }] }, nothing)).toEqual([
      "10 a.home.test.",
    ]);
  });

  it("names the root by its dot alone: no mail, no service", () => {
    expect(recordData({ ...set, type: "MX", exchanges: [{ preference: 0, host: "" }] }, nothing)).toEqual(["0 ."]);
    const services = [{ priority: 0, weight: 0, port: 0, target: "" }];
    expect(recordData({ ...set, type: "SRV", services }, nothing)).toEqual(["0 0 0 ."]);
  });

  it("of a TLS server's key is the digest that only Pulumi knows", () =>
    expect(recordData({ ...set, type: "TLSA", associations: [keyAssociation("site/alpha")] }, named)).toEqual([
      "3 1 1 <spkiSha256 site/alpha>",
    ]));

  it("of an authority's permission is its value in quotes", () => {
    const properties = [{ flags: 128, tag: "issue", value: "ca.test; validationmethods=dns-01" }];
    expect(recordData({ ...set, type: "CAA", properties }, nothing)).toEqual([
      '128 issue "ca.test; validationmethods=dns-01"',
    ]);
  });

  it("is nothing for an empty set", () =>
    expect(recordData({ ...set, type: "A", addresses: [] }, nothing)).toEqual([]));
});

describe("the zones of two sites with all that there is", () => {
  const { zones } = localPlan(MUCH);

  it.each(zones.map((zone) => [zone.name, zone] as const))("%s", async (name, zone) =>
    expect(formatZone(zone, named)).toMatchFileSnapshot(`golden/${name}.zone`),
  );

  it("each begins with its origin, its authority and its name server", () => {
    for (const zone of zones) {
      const [origin, soa, ns] = formatZone(zone, named).split("\n");
      expect(origin).toBe(`$ORIGIN ${zone.name}.`);
      expect(soa).toMatch(/^@ 3600 IN SOA ns\.mailkeep\.test\. hostmaster\./);
      expect(ns).toBe("@ 3600 IN NS ns.mailkeep.test.");
    }
  });
});
