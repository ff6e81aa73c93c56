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
    expect(text).toContain("virtual_alias_domains =\n");
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
