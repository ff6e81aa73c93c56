import { describe, expect, test } from "vitest";
import { renderMx } from "../../../../components/mail/postfix/render-mx.ts";
import { renderSubmission } from "../../../../components/mail/postfix/render-submission.ts";
import { mainCf } from "../../../../components/mail/postfix/text.ts";
import { goldenText } from "../golden-text.ts";
import type { SiteContext } from "../../../../components/plan/context.ts";
import { alpha, siteWith } from "../site-context.ts";

describe.each([
  ["mx", renderMx(alpha)],
  ["submission", renderSubmission(alpha)],
])("%s", (name, files) => {
  test.each(Object.entries(files))("%s is as in its golden file", async (file, text) => {
    await expect(goldenText(text)).toMatchFileSnapshot(`golden/${name}/${file}`);
  });
});

describe("main.cf", () => {
  const mx = (changes: Parameters<typeof siteWith>[0]) => goldenText(renderMx(siteWith(changes))["main.cf"]);

  test("a site without IPv6 speaks IPv4 only", () => {
    expect(mx({ egress: { v4: "198.51.100.11", v6: undefined } })).toContain("inet_protocols = ipv4\n");
  });

  test("a hosted domain that is the site's own name is not an alias domain as well", () => {
    const text = mx({ hostname: "home.test", domains: ["home.test"] });
    expect(text).toContain("virtual_alias_domains = srs.mailkeep.test\n");
    expect(text).not.toContain("postmaster@home.test = postmaster@home.test");
  });

  test("a hosted domain is known by both of its spellings", () => {
    expect(mx({ domains: ["xn--bcher-kva.test", "home.test"] })).toContain(
      "virtual_mailbox_domains =\n    xn--bcher-kva.test\n    bücher.test\n    home.test\n",
    );
  });

  test("without hosted domains, bare names get the site's name", () => {
    expect(mx({ domains: [] })).toContain("myorigin = alpha.mailkeep.test\n");
  });

  test("refuses a parameter that two sections set", () => {
    const section = (title: string) => ({ title, parameters: { biff: false } });
    expect(() => mainCf([section("one"), section("two")])).toThrow('"biff" is set in "one" and again in "two"');
  });
});

describe("what the MX sends on", () => {
  const service = (name: string): string =>
    renderMx(alpha)["master.cf"].match(new RegExp(`^${name} .*\n(?: .*\n)*`, "m"))?.[0] ?? "";

  test("goes to itself first, but for bounces and notices", () => {
    const text = renderMx(alpha)["main.cf"];
    expect(text).toContain("default_transport = forward:[127.0.0.1]:11026\n");
    expect(text).toContain("= inline:{ {<> = smtp:}, {double-bounce@$myhostname = smtp:} }\n");
  });

  test("is taken from the loopback alone, and leaves by the recipient's MX", () => {
    expect(service("127.0.0.1:11026")).toContain("-o { smtpd_client_restrictions = $forward_client_restrictions }");
    expect(service("127.0.0.1:11026")).toContain("-o { content_filter = smtp: }");
  });

  test("is rewritten there and nowhere else, so that mailboxes see who sent", () => {
    expect(service("forward-cleanup")).toContain("-o { sender_canonical_classes = envelope_sender }");
    for (const files of [renderMx(alpha), renderSubmission(alpha)]) {
      expect(files["main.cf"]).not.toContain("sender_canonical_maps");
      expect(files["master.cf"].split("sender_canonical_maps").length).toBeLessThanOrEqual(2);
    }
  });
});

describe("the queue", () => {
  const both = (queue: SiteContext["queue"]) => [renderMx(siteWith({ queue })), renderSubmission(siteWith({ queue }))];
  const short = { firstRetrySeconds: 10, longestRetryMinutes: 2, delayWarningMinutes: 3, lifetimeMinutes: 5 };

  test("has the times of the settings, and tells strangers of no delay", () => {
    const [mx = "", submission = ""] = both(short).map((files) => files["main.cf"]);
    for (const text of [mx, submission]) {
      expect(text).toContain("minimal_backoff_time = 10s\nmaximal_backoff_time = 2m\n");
      expect(text).toContain("maximal_queue_lifetime = 5m\nbounce_queue_lifetime = 5m\n");
    }
    expect(mx).toContain("delay_warning_time = 0\n");
    expect(submission).toContain("delay_warning_time = 3m\n");
  });

  test.each([
    [1, 2, "more than 1 minute:", "is 2 minutes old"],
    [90, 1500, "more than 90 minutes:", "is 25 hours old"],
    [240, 7200, "more than 4 hours:", "is 5 days old"],
    [1440, 43_200, "more than 1 day:", "is 30 days old"],
  ])("a delay of %i minutes and a life of %i are told in words", (delayWarningMinutes, lifetimeMinutes, delay, end) => {
    const { "bounce.cf": text } = renderSubmission(
      siteWith({ queue: { ...short, delayWarningMinutes, lifetimeMinutes } }),
    );
    expect(text).toContain(delay);
    expect(text).toContain(end);
  });

  test("of the mx does not wait long for a maildrop, nor any notice for more than a day", () => {
    const [mx = ""] = both({ ...short, firstRetrySeconds: 600, longestRetryMinutes: 240, lifetimeMinutes: 7200 }).map(
      (files) => files["main.cf"],
    );
    expect(mx).toContain("minimal_backoff_time = 30s\nmaximal_backoff_time = 15m\n");
    expect(mx).toContain("bounce_queue_lifetime = 1440m\n");
  });
});

describe("TLS on the way out", () => {
  const out = (outboundTls: SiteContext["outboundTls"]) =>
    [renderMx(siteWith({ outboundTls })), renderSubmission(siteWith({ outboundTls }))].map((files) => files["main.cf"]);

  test("is DANE's, else what the far side can do", () => {
    for (const text of out({ default: "opportunistic", destinations: [] })) {
      expect(text).toContain("smtp_tls_security_level = dane\nsmtp_tls_policy_maps =\n");
    }
  });

  test("is demanded of all, or of those that are listed", () => {
    const destinations = [
      { domain: "bank.example", tls: "required" },
      { domain: "old.example", tls: "opportunistic" },
    ] as const;
    for (const text of out({ default: "required", destinations })) {
      expect(text).toContain("smtp_tls_security_level = encrypt\n");
      expect(text).toContain("smtp_tls_policy_maps = inline:{ {bank.example = encrypt}, {old.example = dane} }\n");
    }
  });
});

test("only the submission server knows logins", () => {
  expect(renderMx(alpha)["main.cf"]).not.toMatch(/sasl_path|permit_sasl/);
  expect(renderMx(alpha)["master.cf"]).not.toMatch(/sasl/);
});

test("nothing is trusted for its address", () => {
  for (const files of [renderMx(alpha), renderSubmission(alpha)]) {
    expect(files["main.cf"]).toContain("mynetworks =\n");
    expect(Object.values(files).map(goldenText).join("")).not.toContain("permit_mynetworks");
  }
});
