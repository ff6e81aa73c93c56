import { expect, test } from "vitest";
import { copying } from "../../../tools/stack/by-hand.ts";

const zone = (name: string, provider: "cloudflare" | "print") => ({ name, provider });

test("a stack whose zones are all at providers has nothing to copy", () => {
  expect(copying("club", [zone("club.example", "cloudflare")])).toBeUndefined();
});

test.each([
  [["club.example"], "What club.example is to have in it:"],
  [["club.example", "mail.example"], "What club.example and mail.example are to have in them:"],
])("zones that are kept by hand are named, and how they are copied: %s", (names, says) => {
  const zones = [zone("other.example", "cloudflare"), ...names.map((name) => zone(name, "print"))];
  expect(copying("club", zones)).toBe(`${says} \`npm run shell -- club\`, then \`pulumi stack output dns\`.`);
});
