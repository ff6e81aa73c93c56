/** TXT, TLSA, CAA and SRV: what is written is read back as it was, and nothing else is read. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCaa, parseCaa } from "../../../components/dns/caa.ts";
import { formatSrv, parseSrv } from "../../../components/dns/srv.ts";
import { formatTlsa, parseTlsa, tlsaName } from "../../../components/dns/tlsa.ts";
import { formatTxt, parseTxt } from "../../../components/dns/txt.ts";

const octet = fc.integer({ min: 0, max: 255 });
const uint16 = fc.integer({ min: 0, max: 65_535 });
const text = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: "grapheme", maxLength });

describe("TXT", () => {
  it("is read as it was written", () =>
    fc.assert(
      fc.property(text(700), (one) => {
        expect(parseTxt(formatTxt(one))).toBe(one);
      }),
    ));

  it("is read in any number of strings, with any escape", () =>
    expect(parseTxt(String.raw`"v=sp" "" "f\049\032\"\a\\"`)).toBe('v=spf1 "a\\'));

  it.each(["", "v=spf1", ' "a"', '"a""b"', '"a', '"a"b', '"a"  "b"', '"a\\"', '"\\25"', '"\\256"', '"ü"', '"a"\n"b"'])(
    "is not read of %j",
    (data) => expect(() => parseTxt(data)).toThrow(SyntaxError),
  );
});

describe("TLSA", () => {
  const data = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((octets) => Buffer.from(octets).toString("hex"));
  const tlsa = fc.record({ usage: octet, selector: octet, matchingType: octet, data });

  it("is read as it was written", () =>
    fc.assert(
      fc.property(tlsa, (one) => {
        expect(parseTlsa(formatTlsa(one))).toEqual(one);
      }),
    ));

  it("is read in capitals and groups, as dig prints it", () =>
    expect(parseTlsa("3 1 1 0BADCAFE 00FF")).toEqual({ usage: 3, selector: 1, matchingType: 1, data: "0badcafe00ff" }));

  it.each(["", "3 1 1", "3 1 1 ", "3 1 1  ", "3 1 1 abc", "3 1 1 xy", "256 1 1 ab", "-1 1 1 ab", "3 1 ab"])(
    "is not read of %j",
    (wrong) => expect(() => parseTlsa(wrong)).toThrow(SyntaxError),
  );

  it("lies at its port and protocol", () => expect(tlsaName(25, "a.home.test")).toBe("_25._tcp.a.home.test"));
});

describe("CAA", () => {
  const tag = fc.stringMatching(/^[a-z0-9]{1,15}$/);
  const caa = fc.record({ flags: octet, tag, value: text(60) });

  it("is read as it was written", () =>
    fc.assert(
      fc.property(caa, (one) => {
        expect(parseCaa(formatCaa(one))).toEqual(one);
      }),
    ));

  it.each([
    "",
    "0 issue ca.test",
    '256 issue "ca.test"',
    '0 is-sue "ca.test"',
    '0 issue "ca.test" "x"',
    '0 issue "a"b"',
  ])("is not read of %j", (wrong) => expect(() => parseCaa(wrong)).toThrow(SyntaxError));
});

describe("SRV", () => {
  const target = fc.constantFrom("", "mail.home.test", "a");
  const srv = fc.record({ priority: uint16, weight: uint16, port: uint16, target });

  it("is read as it was written", () =>
    fc.assert(
      fc.property(srv, (one) => {
        expect(parseSrv(formatSrv(one))).toEqual(one);
      }),
    ));

  it.each(["", "0 0 993", "0 0 993 mail.home.test", "0 0 65536 mail.home.test.", "0 0 -1 .", "0 0 1 a b."])(
    "is not read of %j",
    (wrong) => expect(() => parseSrv(wrong)).toThrow(SyntaxError),
  );
});
