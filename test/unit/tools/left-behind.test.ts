/** What an update says of mailboxes that leave. */
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/read.ts";
import { whoLeaves } from "../../../tools/site/left-behind.ts";
import { threeSitesRaw } from "../settings/local.ts";

describe("mailboxes that the settings have no longer", () => {
  const { mailboxes } = parseSettings(threeSitesRaw());
  const running = (...more: readonly string[]) => ({
    mailboxes: [...mailboxes.map(({ address }) => address), ...more],
    maildrops: ["alpha"],
  });

  it("are named, with what becomes of their mail", () => {
    expect(whoLeaves(running("dan@home.test"), mailboxes)).toBe(
      "The settings have no mailbox any more for: dan@home.test. Mail to them will be refused where no alias takes it, and nobody can log in. " +
        "What is in them stays on the disk of alpha, and is there again when they are in the settings again.",
    );
  });

  it("are counted where they are many", () => {
    const many = Array.from({ length: 7 }, (_, index) => `user${index}@home.test`);
    expect(whoLeaves(running(...many), mailboxes)).toContain("user4@home.test, 2 more. Mail");
  });

  it("are none in most updates, and in the first one", () => {
    expect(whoLeaves(running(), mailboxes)).toBeUndefined();
    expect(whoLeaves({ mailboxes: [], maildrops: [] }, mailboxes)).toBeUndefined();
  });
});
