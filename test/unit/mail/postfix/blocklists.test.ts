/** What the MX asks DNS blocklists, and that their keys stay secret. */
import { describe, expect, test } from "vitest";
import { blocklistQuiet, type Blocklist } from "../../../../components/mail/postfix/blocklists.ts";
import { mxWorkload, submissionWorkload } from "../../../../components/mail/postfix/workload.ts";
import { unboundWorkload } from "../../../../components/mail/unbound/workload.ts";
import { isSecret } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha, siteWith } from "../site-context.ts";

const ZEN: Blocklist = { zone: "zen.dq.list.test", about: ["client"], answers: "127.0.0.[2..11]", keyed: true };
const DBL: Blocklist = {
  zone: "dbl.list.test",
  about: ["sender", "helo", "reverseName"],
  answers: "127.0.1.[2..99]",
  keyed: false,
};

const mainCf = (...blocklists: Blocklist[]): string =>
  goldenText(mxWorkload(siteWith({ blocklists })).files["main.cf"] ?? "");
const restrictions = (text: string): string[] =>
  (/^smtpd_recipient_restrictions =\n((?: {4}.*\n)+)/m.exec(text)?.[1]?.trim().split(/\n */) ?? [])
    // About recipients of our own, and no list.
    .filter((one) => !/double-bounce|rewritten_sender/.test(one));

test("main.cf with a list that has a key and one that has none is as in its golden file", async () => {
  await expect(mainCf(ZEN, DBL)).toMatchFileSnapshot("golden/mx/main-with-blocklists.cf");
});

describe("the restrictions", () => {
  test("come after the recipient is known to exist, and after those who take mail from anybody", () => {
    expect(restrictions(mainCf({ ...DBL, about: ["sender"] }))).toEqual([
      "reject_non_fqdn_recipient",
      "reject_unlisted_recipient",
      "check_recipient_access inline:{ {postmaster@ = OK}, {abuse@ = OK} }",
      "warn_if_reject reject_rhsbl_sender dbl.list.test=127.255.255.[0..255]",
      "reject_rhsbl_sender dbl.list.test=127.0.1.[2..99]",
      "permit",
    ]);
  });

  test("ask about each thing by its own name, and refuse by the list's own answers alone", () => {
    const refusing = restrictions(mainCf(DBL)).filter((one) => one.startsWith("reject_r"));
    expect(refusing).toEqual(
      ["sender", "helo", "reverse_client"].map((subject) => `reject_rhsbl_${subject} dbl.list.test=127.0.1.[2..99]`),
    );
  });

  test("are none without lists", () => {
    expect(restrictions(mainCf())).toEqual(["reject_non_fqdn_recipient", "reject_unlisted_recipient", "permit"]);
  });
});

describe("a key", () => {
  const { files } = mxWorkload(siteWith({ blocklists: [ZEN, DBL] }));

  test("makes the file a secret, and stands in the plan as a reference only", () => {
    expect(isSecret(files["main.cf"] ?? "")).toBe(true);
    expect(files["main.cf"]).toContainEqual({ ref: "blocklistKey", zone: "zen.dq.list.test" });
    expect(isSecret(mxWorkload(siteWith({ blocklists: [DBL] })).files["main.cf"] ?? "")).toBe(false);
  });

  test("is not told to those who are refused", () => {
    expect(mainCf(ZEN)).toMatch(/^default_rbl_reply = .*\$rbl_what.*$/m);
    expect(mainCf(ZEN)).not.toContain("$rbl_domain");
    expect(mainCf(DBL)).not.toContain("default_rbl_reply");
  });

  test.each([
    "warning: 11.100.51.198.thekey1234.zen.dq.list.test: RBL lookup error: Host or domain name not found. Name service error",
    "mx/smtpd[7]: warning: 2.0.0.127.thekey1234.zen.dq.list.test: RBL lookup error: type=A: Host not found, try again",
    "error: SERVFAIL <11.100.51.198.thekey1234.zen.dq.list.test. A IN>: all the configured stub or forward servers failed",
  ])("is in no line of the log that says that its list is away: %s", (line) => {
    const [pattern] = blocklistQuiet([ZEN, DBL]);
    expect(line.match(/thekey1234/)).not.toBeNull();
    expect(blocklistQuiet([ZEN, DBL])).toHaveLength(1);
    expect(new RegExp(pattern ?? "^$").test(line)).toBe(true);
  });

  test("leaves the lines of other lists in the log", () => {
    const [pattern] = blocklistQuiet([ZEN]);
    const line = "warning: 11.100.51.198.zen.dq.list.testing: RBL lookup error: Host not found";
    expect(new RegExp(pattern ?? "").test(line)).toBe(false);
  });

  test("makes Postfix and the resolver leave those lines out, and nobody else", () => {
    const site = siteWith({ blocklists: [ZEN] });
    expect(mxWorkload(site).keeper.quiet).toHaveLength(1);
    expect(unboundWorkload(site).keeper.quiet).toHaveLength(1);
    expect(submissionWorkload(site).keeper.quiet).toBeUndefined();
    expect(mxWorkload(alpha).keeper.quiet).toBeUndefined();
  });
});
