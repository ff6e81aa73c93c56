import { describe, expect, test } from "vitest";
import { renderMx } from "../../../../components/mail/postfix/render-mx.ts";
import { renderSubmission } from "../../../../components/mail/postfix/render-submission.ts";
import { mainCf } from "../../../../components/mail/postfix/text.ts";
import { goldenText } from "../golden-text.ts";
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
