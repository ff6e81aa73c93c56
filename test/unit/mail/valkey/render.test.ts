import { expect, test } from "vitest";
import { valkeyWorkload } from "../../../../components/mail/valkey/workload.ts";
import { isSecret } from "../../../../components/plan/text.ts";
import { goldenText } from "../golden-text.ts";
import { alpha } from "../site-context.ts";

const { files, keeper } = valkeyWorkload(alpha);

test.each(Object.entries(files))("%s is as in its golden file", async (file, text) => {
  await expect(goldenText(text)).toMatchFileSnapshot(`golden/${file}`);
});

test("the password is in a secret file of its own, and nowhere else", () => {
  expect(
    Object.entries(files)
      .filter(([, text]) => isSecret(text))
      .map(([file]) => file),
  ).toEqual(["password.conf"]);
  expect(JSON.stringify(keeper)).not.toContain("password.conf");
});
