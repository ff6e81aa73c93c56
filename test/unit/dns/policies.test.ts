/** Records that say whose mail is true: SPF, DKIM, DMARC. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dkimRecord } from "../../../components/dns/dkim.ts";
import { formatDmarc } from "../../../components/dns/dmarc.ts";
import { formatSpf, parseSpf } from "../../../components/dns/spf.ts";
import { isSecret, resolveText } from "../../../components/plan/text.ts";

describe("SPF", () => {
  const network = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `${address}/${bits}`),
    fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, bits]) => `${address}/${bits}`),
  );
  const spf = fc.record({ senders: fc.array(network), rest: fc.constantFrom("-all" as const, "~all" as const) });

  it("is read as it was written", () =>
    fc.assert(
      fc.property(spf, (one) => {
        expect(parseSpf(formatSpf(one))).toEqual(one);
      }),
    ));

  it("costs none of the ten DNS lookups: its terms are addresses", () =>
    fc.assert(
      fc.property(spf, (one) => {
        const terms = formatSpf(one).split(" ").slice(1, -1);
        expect(terms.filter((term) => !/^(ip4:[\d./]+|ip6:[\da-f:./]+)$/i.test(term))).toEqual([]);
      }),
    ));

  it.each([
    [{ senders: [], rest: "-all" as const }, "v=spf1 -all"],
    [
      { senders: ["198.51.100.11", "2001:db8:100::11", "198.51.100.0/24"], rest: "~all" as const },
      "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 ip4:198.51.100.0/24 ~all",
    ],
  ])("of %j is %s", (one, text) => expect(formatSpf(one)).toBe(text));

  it.each([
    ["spf1 -all", /does not begin with v=spf1/],
    ["v=spf1 ip4:198.51.100.11", /does not end with -all or ~all/],
    ["v=spf1 +all", /does not end with -all or ~all/],
    ["v=spf1 include:example.org -all", /"include:example.org" in .* is neither ip4 nor ip6/],
    ["v=spf1", /does not end/],
    ["", /does not begin/],
  ])("%j means more than its text shows, and is not read", (text, message) =>
    expect(() => parseSpf(text)).toThrow(message),
  );
});

describe("DMARC", () => {
  it.each(["none", "quarantine", "reject"] as const)("asks for %s", (policy) =>
    expect(formatDmarc({ policy })).toBe(`v=DMARC1; p=${policy}`),
  );

  it("says where reports go", () =>
    expect(formatDmarc({ policy: "reject", reportsTo: "postmaster@home.test" })).toBe(
      "v=DMARC1; p=reject; rua=mailto:postmaster@home.test",
    ));
});

describe("DKIM", () => {
  it("publishes the public key alone", () => {
    const record = dkimRecord("dkim/home.test/s1");
    expect(isSecret(record)).toBe(false);
    expect(resolveText(record, ({ ref }) => `<${ref}>`)).toBe("v=DKIM1; k=rsa; p=<dkimPublicKey>");
  });
});
