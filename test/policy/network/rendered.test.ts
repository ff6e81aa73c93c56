import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rules } from "../../../policy/network/rules.ts";
import { violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const golden = (path: string) => readFileSync(new URL(`../../unit/mail/${path}`, import.meta.url), "utf8");

describe("what the program renders", () => {
  it.each(rules.map((rule) => [rule.name, rule] as const))("passes %s", async (_, rule) => {
    const rendered = release({
      edge: { files: { "haproxy.cfg": golden("edge/golden/haproxy.cfg") } },
      mx: { files: { "master.cf": golden("postfix/golden/mx/master.cf") } },
      submission: { files: { "master.cf": golden("postfix/golden/submission/master.cf") } },
    });
    expect(await violations(rule, rendered)).toEqual([]);
  });
});
