import { expect, test } from "vitest";
import { postsrsdWorkload, rewritesSenders } from "../../../../components/mail/postsrsd/workload.ts";
import { isSecret } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha, siteWith } from "../site-context.ts";

const { files, keeper } = postsrsdWorkload(alpha);

test("its secrets are as in their golden file, the one that signs first, and secret", async () => {
  expect(Object.keys(files)).toEqual(["secrets"]);
  expect(isSecret(files["secrets"] ?? "")).toBe(true);
  await expect(goldenText(files["secrets"] ?? "")).toMatchFileSnapshot("golden/secrets");
});

test("the command line names the shared domain, and leaves our own senders and those below them alone", () => {
  expect(keeper.command).toEqual([
    "postsrsd",
    "-4",
    "-l10.77.1.26",
    "-f10001",
    "-r10002",
    "-dsrs.mailkeep.test",
    "-s/run/conf/secrets",
    "-t10",
    "-Xhome.test,.home.test",
    "-Xclub.test,.club.test",
  ]);
});

test.each([
  [["mx"], true],
  [["submission", "maildrop"], true],
  [["maildrop"], false],
] as const)("a site that is %s rewrites senders: %s", (roles, does) => {
  expect(rewritesSenders(siteWith({ roles }))).toBe(does);
});
