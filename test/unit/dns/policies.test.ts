/** Records that say whose mail is true, and how it must travel: SPF, DKIM, DMARC, MTA-STS, TLS reports. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dkimName, dkimRecord, parseDkim, revokedRecord } from "../../../components/dns/dkim.ts";
import { formatDmarc, parseDmarc, reportAuthorisation } from "../../../components/dns/dmarc.ts";
import {
  formatMtaSts,
  formatMtaStsPolicy,
  mtaStsId,
  mtaStsName,
  parseMtaSts,
  parseMtaStsPolicy,
} from "../../../components/dns/mta-sts.ts";
import { formatSpf, parseSpf, spfRecords } from "../../../components/dns/spf.ts";
import { formatTlsRpt, parseTlsRpt, tlsRptName } from "../../../components/dns/tls-rpt.ts";
import { isSecret, literal, resolveText } from "../../../components/plan/text.ts";

/** Addresses with every character that a local part may have. */
const mailbox = fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}$/).map((local) => `${local}@home.test`);

describe("SPF", () => {
  const network = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `${address}/${bits}`),
    fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, bits]) => `${address}/${bits}`),
  );
  const spf = fc.record({
    senders: fc.array(network),
    includes: fc.array(fc.constantFrom("_spf4.home.test", "relay.example")),
    rest: fc.constantFrom("-all" as const, "~all" as const),
  });

  it("is read as it was written", () =>
    fc.assert(
      fc.property(spf, (one) => {
        expect(parseSpf(literal(formatSpf(one)))).toEqual(one);
      }),
    ));

  it("costs none of the ten DNS lookups: its terms are addresses", () =>
    fc.assert(
      fc.property(spf, (one) => {
        const terms = literal(formatSpf({ ...one, includes: [] }))
          .split(" ")
          .slice(1, -1);
        expect(terms.filter((term) => !/^(ip4:[\d./]+|ip6:[\da-f:./]+)$/i.test(term))).toEqual([]);
      }),
    ));

  it.each([
    [{ senders: [], includes: [], rest: "-all" as const }, "v=spf1 -all"],
    [
      {
        senders: ["198.51.100.11", "2001:db8:100::11", "198.51.100.0/24"],
        includes: ["relay.example"],
        rest: "~all" as const,
      },
      "v=spf1 ip4:198.51.100.11 ip6:2001:db8:100::11 ip4:198.51.100.0/24 include:relay.example ~all",
    ],
  ])("of %j is %s", (one, text) => expect(formatSpf(one)).toBe(text));

  it.each([
    ["spf1 -all", /does not begin with v=spf1/],
    ["v=spf1 ip4:198.51.100.11", /does not end with -all or ~all/],
    ["v=spf1 +all", /does not end with -all or ~all/],
    ["v=spf1 mx -all", /"mx" in .* is neither ip4, ip6 nor include/],
    ["v=spf1 include: -all", /"include:" in .* is neither/],
    ["v=spf1", /does not end/],
    ["", /does not begin/],
  ])("%j means more than its text shows, and is not read", (text, message) =>
    expect(() => parseSpf(text)).toThrow(message),
  );
});

describe("the SPF records of a domain", () => {
  const site = fc.record({ v4: fc.ipV4(), v6: fc.option(fc.ipV6(), { nil: undefined }) });
  const sites = fc.array(site, { minLength: 1, maxLength: 50 });
  const sendersOf = (all: readonly { v4: string; v6: string | undefined }[]): string[] =>
    all.flatMap(({ v4, v6 }) => (v6 === undefined ? [v4] : [v4, v6]));

  it("name every sender of as many sites as there can be, in at most ten lookups and short answers", () =>
    fc.assert(
      fc.property(sites, (all) => {
        const senders = sendersOf(all);
        const [first, ...parts] = spfRecords("home.test", { senders, includes: [], rest: "-all" });
        const root = parseSpf(literal(first?.text ?? ""));
        expect(first?.name).toBe("home.test");
        expect(root.rest).toBe("-all");
        expect(root.includes).toEqual(parts.map(({ name }) => name));
        expect(parts.length).toBeLessThanOrEqual(10);
        for (const { text } of [...(first === undefined ? [] : [first]), ...parts])
          expect(literal(text).length).toBeLessThanOrEqual(450);
        const told = [root, ...parts.map(({ text }) => parseSpf(literal(text)))].flatMap((spf) => spf.senders);
        expect(told.toSorted()).toEqual(senders.toSorted());
      }),
    ));

  it("are one as long as it fits into one string", () => {
    const senders = Array.from({ length: 12 }, (_, i) => `198.51.100.${100 + i}`);
    expect(spfRecords("home.test", { senders, includes: [], rest: "-all" })).toEqual([
      { name: "home.test", text: formatSpf({ senders, includes: [], rest: "-all" }) },
    ]);
  });

  it("are split by family where there is more", () => {
    const v4 = Array.from({ length: 13 }, (_, i) => `198.51.100.${100 + i}`);
    expect(spfRecords("home.test", { senders: [...v4, "2001:db8::1"], includes: [], rest: "~all" })).toEqual([
      { name: "home.test", text: "v=spf1 include:_spf4.home.test include:_spf6.home.test ~all" },
      { name: "_spf4.home.test", text: formatSpf({ senders: v4, includes: [], rest: "~all" }) },
      { name: "_spf6.home.test", text: "v=spf1 ip6:2001:db8::1 ~all" },
    ]);
  });

  it("are numbered where one family is too much for one answer", () => {
    const senders = Array.from({ length: 50 }, (_, i) => `198.51.100.${100 + i}`);
    expect(spfRecords("home.test", { senders, includes: [], rest: "-all" }).map(({ name }) => name)).toEqual([
      "home.test",
      "_spf4.home.test",
      "_spf4-2.home.test",
      "_spf4-3.home.test",
    ]);
  });

  it("are refused where receivers would give up", () => {
    const senders = Array.from({ length: 250 }, (_, i) => `198.51.100.${i}`);
    expect(() => spfRecords("home.test", { senders, includes: [], rest: "-all" })).toThrow(
      /250 senders .* take 11 DNS lookups, and 10 are allowed/,
    );
  });
});

describe("DMARC", () => {
  const policy = fc.constantFrom("none" as const, "quarantine" as const, "reject" as const);
  const dmarc = fc.oneof(fc.record({ policy }), fc.record({ policy, reportsTo: mailbox }));

  it("is read as it was written", () =>
    fc.assert(
      fc.property(dmarc, (one) => {
        expect(parseDmarc(formatDmarc(one))).toEqual(one);
      }),
    ));

  it.each(["none", "quarantine", "reject"] as const)("asks for %s", (wanted) =>
    expect(formatDmarc({ policy: wanted })).toBe(`v=DMARC1; p=${wanted}`),
  );

  it("says where reports go", () =>
    expect(formatDmarc({ policy: "reject", reportsTo: "postmaster@home.test" })).toBe(
      "v=DMARC1; p=reject; rua=mailto:postmaster@home.test",
    ));

  it.each([
    "",
    "v=DMARC1",
    "v=DMARC1; p=maybe",
    "v=DMARC1; p=none; pct=50",
    "v=DMARC1; p=none; rua=postmaster@home.test",
    "v=DMARC1; p=none; rua=mailto:a@home.test,mailto:b@home.test",
    "v=DMARC1; p=none; rua=mailto:a@home.test!10m",
  ])("%j is not read: it is none, or means more", (text) => expect(() => parseDmarc(text)).toThrow(SyntaxError));

  it("asks the owner of a mailbox elsewhere for consent", () => {
    expect(reportAuthorisation("home.test", "reports@club.test")).toEqual({
      name: "home.test._report._dmarc.club.test",
      text: "v=DMARC1;",
    });
    expect(reportAuthorisation("home.test", "postmaster@home.test")).toBeUndefined();
  });
});

describe("TLS reports", () => {
  it("are read as they were written", () =>
    fc.assert(
      fc.property(mailbox, (address) => {
        expect(parseTlsRpt(formatTlsRpt(address))).toBe(address);
      }),
    ));

  it("go to a mailbox, whose commas begin no other", () => {
    expect(formatTlsRpt("postmaster@home.test")).toBe("v=TLSRPTv1; rua=mailto:postmaster@home.test");
    expect(formatTlsRpt("a!b%c@home.test")).toBe("v=TLSRPTv1; rua=mailto:a%21b%25c@home.test");
    expect(tlsRptName("home.test")).toBe("_smtp._tls.home.test");
  });

  it.each(["", "v=TLSRPTv1", "v=TLSRPTv1; rua=https://home.test/", "v=TLSRPTv1; rua=mailto:a@b,mailto:c@d"])(
    "%j is not read",
    (text) => expect(() => parseTlsRpt(text)).toThrow(SyntaxError),
  );
});

describe("MTA-STS", () => {
  const policy = fc.record({
    mode: fc.constantFrom("enforce" as const, "testing" as const, "none" as const),
    exchanges: fc.array(fc.constantFrom("alpha.mailkeep.test", "*.mailkeep.test"), { maxLength: 4 }),
    maxAgeSeconds: fc.nat(31_557_600),
  });

  it("has a policy that is read as it was written", () =>
    fc.assert(
      fc.property(policy, (one) => {
        expect(parseMtaStsPolicy(formatMtaStsPolicy(one))).toEqual(one);
      }),
    ));

  it("has an id that changes with the policy and never else", () =>
    fc.assert(
      fc.property(policy, policy, (a, b) => {
        const [one, other] = [a, b].map(formatMtaStsPolicy);
        const ids = [one, other].map((text) => mtaStsId(text ?? ""));
        expect(parseMtaSts(formatMtaSts(ids[0] ?? ""))).toBe(ids[0]);
        expect(ids[0] === ids[1]).toBe(one === other);
      }),
    ));

  it("is written as the RFC shows it", () => {
    const exchanges = ["a.home.test", "b.home.test"];
    expect(formatMtaStsPolicy({ mode: "enforce", exchanges, maxAgeSeconds: 604_800 })).toBe(
      "version: STSv1\r\nmode: enforce\r\nmx: a.home.test\r\nmx: b.home.test\r\nmax_age: 604800\r\n",
    );
    expect(formatMtaSts("20160831085700Z")).toBe("v=STSv1; id=20160831085700Z;");
    expect(mtaStsName("home.test")).toBe("_mta-sts.home.test");
  });

  it.each(["", "v=STSv1; id=;", "v=STSv1; id=a-b;", `v=STSv1; id=${"a".repeat(33)};`, "v=STSv1; id=a; x=y;"])(
    "%j is no record",
    (text) => expect(() => parseMtaSts(text)).toThrow(SyntaxError),
  );

  it.each([
    "",
    "version: STSv1\nmode: none\nmax_age: 1\n",
    "version: STSv1\r\nmode: strict\r\nmax_age: 1\r\n",
    "version: STSv1\r\nmode: none\r\nmax_age: 31557601\r\n",
    "version: STSv1\r\nmode: none\r\n",
  ])("%j is no policy", (text) => expect(() => parseMtaStsPolicy(text)).toThrow(SyntaxError));
});

describe("DKIM", () => {
  it.each(["rsa", "ed25519"] as const)("publishes the public key alone: %s", (algorithm) => {
    const record = dkimRecord("dkim/home.test/s1", algorithm);
    expect(isSecret(record)).toBe(false);
    expect(resolveText(record, ({ ref }) => `<${ref}>`)).toBe(`v=DKIM1; k=${algorithm}; p=<dkimPublicKey>`);
  });

  it.each(["rsa", "ed25519"] as const)("is read as it was written: %s", (algorithm) => {
    const record = resolveText(dkimRecord("k", algorithm), () => "MIGf+/AB==");
    expect(parseDkim(record)).toEqual({ algorithm, key: "MIGf+/AB==" });
    expect(() => parseDkim(revokedRecord(algorithm))).toThrow(SyntaxError);
  });

  it("lies below its domain", () => {
    expect(dkimName("s1", "home.test")).toBe("s1._domainkey.home.test");
  });

  it.each([
    "",
    "v=DKIM1; k=rsa; p=",
    "v=DKIM1; k=ed448; p=AA==",
    "v=DKIM1; k=rsa; t=y; p=AA==",
    "v=DKIM1; k=rsa; p=A B",
  ])("%j is not read", (text) => expect(() => parseDkim(text)).toThrow(SyntaxError));
});
