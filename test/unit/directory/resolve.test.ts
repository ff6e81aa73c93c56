import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aliasTargets,
  checkDirectory,
  destinations,
  isSignedDomain,
  mailboxAt,
  senderLogins,
  viewOf,
} from "../../../components/directory/index.ts";
import type { Alias, DirectoryContent } from "../../../components/directory/index.ts";
import { findLoops } from "../../../components/directory/loops.ts";
import { roles, soundContent } from "./content.ts";

const view = viewOf(soundContent());

describe("aliases", () => {
  it("with more targets than have room with an extension are answered without it", () => {
    const names = Array.from({ length: 200 }, (_, index) => `m${index}@home.test`);
    const content = soundContent();
    const many = viewOf({
      ...content,
      mailboxes: [...content.mailboxes, ...names.map((address) => ({ address }))],
      aliases: [...content.aliases, { address: "club@home.test", targets: names }],
    });
    expect(aliasTargets(many, "club+x@home.test")).toEqual(names.map((name) => name.replace("@", "+x@")));
    expect(aliasTargets(many, `club+${"x".repeat(50)}@home.test`)).toEqual(names);
  });

  it.each([
    ["family@home.test", ["ann@home.test", "ben@home.test"]],
    ["FAMILY@Home.Test", ["ann@home.test", "ben@home.test"]],
    // An extension goes along to mailboxes here, not to others.
    ["travel+rome@home.test", ["ann+rome@home.test", "ann@outside.test"]],
    ["void@home.test", ["discard@discard.invalid"]],
    // A domain without a catch-all has no need to name its mailboxes.
    ["ann@home.test", undefined],
    ["nobody@home.test", undefined],
    // A mailbox beside a catch-all is its own alias, or the catch-all would take its mail.
    ["cat@club.test", ["cat@club.test"]],
    ["cat+x@club.test", ["cat+x@club.test"]],
    ["nobody@club.test", ["cat@club.test"]],
    // The target of a domain alias must exist, or the refusal would come as a bounce.
    ["ann@old-home.test", ["ann@home.test"]],
    ["ann+x@old-home.test", ["ann+x@home.test"]],
    ["family@old-home.test", ["family@home.test"]],
    ["nobody@old-home.test", undefined],
    ["ann@outside.test", undefined],
    ["home.test", undefined],
    ["@home.test", undefined],
    ["", undefined],
  ])("%s leads to %j", (address, targets) => {
    expect(aliasTargets(view, address)).toEqual(targets);
  });

  it("leave out targets here that are gone, and are gone when none is left", () => {
    const content = soundContent();
    const without = viewOf({
      ...content,
      mailboxes: content.mailboxes.filter(({ address }) => address !== "ben@home.test"),
    });
    expect(aliasTargets(without, "family@home.test")).toEqual(["ann@home.test"]);
    expect(aliasTargets(viewOf({ ...content, mailboxes: [] }), "family@home.test")).toBeUndefined();
  });

  it("forward a mailbox's mail and keep a copy", () => {
    const content = soundContent();
    const copy = { address: "ben@home.test", targets: ["ben@home.test", "ben@outside.test"] };
    const copying = { ...content, aliases: [...content.aliases, copy] };
    expect(checkDirectory(copying)).toEqual([]);
    expect(aliasTargets(viewOf(copying), "ben+x@home.test")).toEqual(["ben+x@home.test", "ben@outside.test"]);
    expect(destinations(viewOf(copying), "ben@home.test")).toEqual(["ben@home.test", "ben@outside.test"]);
  });
});

describe("mailboxes", () => {
  it.each([
    ["ann@home.test", "ann@home.test"],
    ["ann+x@home.test", "ann@home.test"],
    ["ann@old-home.test", "ann@home.test"],
    ["family@home.test", undefined],
    ["nobody@club.test", undefined],
    ["machine@home.test", undefined],
  ])("%s is in %s", (address, mailbox) => {
    expect(mailboxAt(view, address)?.address).toBe(mailbox);
  });
});

describe("senders", () => {
  it.each([
    ["ann@home.test", ["ann@home.test"]],
    ["ann+shop@home.test", ["ann@home.test"]],
    ["ann@old-home.test", ["ann@home.test"]],
    ["family@home.test", ["ann@home.test", "ben@home.test"]],
    ["family@old-home.test", ["ann@home.test", "ben@home.test"]],
    ["postmaster@club.test", ["cat@club.test"]],
    ["anything@club.test", []],
    ["root@web1.home.test", ["machine@home.test"]],
    ["void@home.test", []],
    ["ann@outside.test", []],
  ])("%s may be used by %j", (sender, logins) => {
    expect(senderLogins(view, sender)).toEqual(logins);
  });

  it("must be signed in and below hosted domains", () => {
    expect(isSignedDomain(view, "root@web1.home.test")).toBe(true);
    expect(isSignedDomain(view, "a@nothome.test")).toBe(false);
  });
});

describe("any directory", () => {
  const names = ["a", "b", "c", "d", "postmaster"];
  const anyAddress = fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom("", "+x"),
      fc.constantFrom("one.test", "two.test", "outside.test"),
    )
    .map(([local, extension, domain]) => `${local}${extension}@${domain}`);
  const hosted = fc
    .tuple(fc.constantFrom(...names), fc.constantFrom("one.test", "two.test"))
    .map(([local, domain]) => `${local}@${domain}`);
  const anyContent: fc.Arbitrary<DirectoryContent> = fc.record({
    domains: fc
      .tuple(fc.boolean(), fc.option(fc.array(anyAddress, { minLength: 1, maxLength: 2 }), { nil: undefined }))
      .map(([alias, catchAll]) => [
        { name: "one.test", catchAll },
        { name: "two.test", aliasOf: alias ? "one.test" : undefined },
      ]),
    mailboxes: fc.uniqueArray(
      hosted.map((address) => ({ address })),
      { selector: ({ address }) => address, maxLength: 4 },
    ),
    aliases: fc.uniqueArray(
      fc.record({ address: hosted, targets: fc.array(anyAddress, { minLength: 1, maxLength: 3 }) }),
      { selector: ({ address }) => address, maxLength: 6 },
    ),
    machines: fc.constant([]),
  });

  /** More questions than any expansion of so few aliases needs. */
  const LIMIT = 1000;

  /** What Postfix does: asks again for each answer, until an address is its own answer or none. */
  function expand(
    content: DirectoryContent,
    address: string,
  ): { readonly ends: ReadonlySet<string>; readonly steps: number } {
    const asked = viewOf(content);
    const ends = new Set<string>();
    let steps = 0;
    const follow = (next: string): void => {
      if (++steps > LIMIT) return;
      const targets = aliasTargets(asked, next);
      if (targets === undefined) return void ends.add(next);
      for (const target of targets) {
        if (target === next) ends.add(target);
        else follow(target);
      }
    };
    follow(address);
    return { ends, steps };
  }

  it("is refused or ends every expansion in a mailbox or elsewhere", () => {
    fc.assert(
      fc.property(anyContent, anyAddress, (content, address) => {
        fc.pre(findLoops(viewOf(content)).length === 0);
        const { ends, steps } = expand(content, address);
        expect(steps).toBeLessThan(LIMIT);
        if (aliasTargets(viewOf(content), address) === undefined) return;
        for (const end of ends)
          expect(mailboxAt(viewOf(content), end) !== undefined || end.endsWith("@outside.test")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("with a loop is refused by a name that is in it", () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const endless = content.aliases.filter(({ address }) => expand(content, address).steps > LIMIT);
        fc.pre(endless.length > 0);
        expect(findLoops(viewOf(content))).not.toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it("that is sound has a postmaster in every domain who is a person", () => {
    const sound = anyContent.filter((content) => checkDirectory(content).length === 0);
    const padded = fc.oneof(
      sound,
      fc.constantFrom("d@one.test", "d@outside.test").map((target): DirectoryContent => {
        const aliases: Alias[] = [...roles("one.test", target), ...roles("two.test", "postmaster@one.test")];
        return {
          domains: [{ name: "one.test" }, { name: "two.test" }],
          mailboxes: [{ address: "d@one.test" }],
          aliases,
          machines: [],
        };
      }),
    );
    fc.assert(
      fc.property(padded, (content) => {
        expect(checkDirectory(content)).toEqual([]);
        for (const { name } of content.domains)
          expect(expand(content, `postmaster@${name}`).ends.size).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });
});
