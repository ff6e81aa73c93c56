import { describe, expect, test } from "vitest";
import { renderOpendkim } from "../../../../components/mail/opendkim/render.ts";
import { opendkimWorkload } from "../../../../components/mail/opendkim/workload.ts";
import { isSecret } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha } from "../site-context.ts";

const { files } = opendkimWorkload(alpha);

test.each(Object.entries(files))("%s is as in its golden file", async (file, text) => {
  await expect(goldenText(text)).toMatchFileSnapshot(`golden/${file}`);
});

test("keys are secrets, nothing else is", () => {
  const secrets = Object.entries(files).filter(([, text]) => isSecret(text));
  expect(secrets.map(([file]) => file)).toEqual(["keys/home.test.s1.pem", "keys/club.test.s1.pem"]);
});

test("over TCP it listens on the seeds' port", async () => {
  const text = renderOpendkim({ transport: "tcp", signing: alpha.signing })["opendkim.conf"] ?? "";
  await expect(goldenText(text)).toMatchFileSnapshot("golden/tcp/opendkim.conf");
});

describe("the table of signers", () => {
  const table = (...domains: string[]): string[] => {
    const signing = domains.map((domain) => ({ domain, selector: "s1", key: domain }));
    return goldenText(renderOpendkim({ transport: "unix", signing })["signingtable"] ?? "").split("\n");
  };

  test("a hosted subdomain is signed by its own key, not by its parent's", () => {
    expect(table("home.test", "sub.home.test")).toEqual([
      "*@sub.home.test s1._domainkey.sub.home.test",
      "*@home.test s1._domainkey.home.test",
      "*@*.sub.home.test s1._domainkey.sub.home.test",
      "*@*.home.test s1._domainkey.home.test",
      "",
    ]);
  });

  test("without keys it is empty", () => {
    expect(table()).toEqual([""]);
  });
});
