import { describe, expect, it } from "vitest";
import { checkDirectory, directoryJson } from "../../../components/directory/index.ts";
import type { DirectoryContent } from "../../../components/directory/index.ts";
import { isSecret, resolveText } from "../../../components/plan/text.ts";
import { soundContent } from "./content.ts";

function changed(change: (content: DirectoryContent) => Partial<DirectoryContent>): DirectoryContent {
  const content = soundContent();
  return { ...content, ...change(content) };
}

function found(content: DirectoryContent): readonly string[] {
  return checkDirectory(content).map(({ path, got }) => `${path}: ${got}`);
}

describe("checkDirectory", () => {
  it("is content with a sound directory", () => expect(checkDirectory(soundContent())).toEqual([]));

  it.each<[string, DirectoryContent, string]>([
    [
      "a domain name that is none",
      changed(({ domains }) => ({ domains: [...domains, { name: "bücher.test", catchAll: ["ann@home.test"] }] })),
      "domains[3].name: bücher.test",
    ],
    [
      "an alias domain whose target is not hosted",
      changed(({ domains }) => ({
        domains: [...domains, { name: "x.test", aliasOf: "y.test", catchAll: ["ann@home.test"] }],
      })),
      "domains[3].aliasOf: y.test, which is not hosted",
    ],
    [
      "an alias domain of an alias domain",
      changed(({ domains }) => ({
        domains: [...domains, { name: "x.test", aliasOf: "old-home.test", catchAll: ["ann@home.test"] }],
      })),
      "domains[3].aliasOf: old-home.test, an alias of home.test",
    ],
    [
      "a mailbox in a domain that is not hosted",
      changed(({ mailboxes }) => ({ mailboxes: [...mailboxes, { address: "eve@outside.test" }] })),
      "mailboxes[3].address: eve@outside.test, whose domain is not hosted",
    ],
    [
      "a mailbox in an alias domain",
      changed(({ mailboxes }) => ({ mailboxes: [...mailboxes, { address: "eve@old-home.test" }] })),
      "mailboxes[3].address: eve@old-home.test in an alias domain",
    ],
    [
      "a mailbox twice",
      changed(({ mailboxes }) => ({ mailboxes: [...mailboxes, { address: "ann@home.test" }] })),
      "mailboxes[3].address: ann@home.test a second time",
    ],
    [
      "an alias that hides a mailbox",
      changed(({ aliases }) => ({ aliases: [...aliases, { address: "ben@home.test", targets: ["ann@home.test"] }] })),
      "aliases[9].address: ben@home.test a second time",
    ],
    [
      "a password in place of a hash, without showing it",
      changed(() => ({
        mailboxes: [
          { address: "ann@home.test", passwordHash: "geheim" },
          { address: "ben@home.test" },
          { address: "cat@club.test" },
        ],
      })),
      "mailboxes[0].passwordHash: something that is no hash of a known scheme",
    ],
    [
      "an alias to a mailbox here that does not exist",
      changed(({ aliases }) => ({ aliases: [...aliases, { address: "x@home.test", targets: ["eve@home.test"] }] })),
      "aliases[9].targets[0]: eve@home.test, which does not exist",
    ],
    [
      "an alias in a domain that is not hosted",
      changed(({ aliases }) => ({ aliases: [...aliases, { address: "x@outside.test", targets: ["ann@home.test"] }] })),
      "aliases[9].address: x@outside.test, whose domain is not hosted",
    ],
    [
      "more targets than Postfix can be told",
      changed(({ aliases }) => ({
        aliases: [
          ...aliases,
          { address: "x@home.test", targets: Array.from({ length: 400 }, (_, i) => `p${i}@outside.test`) },
        ],
      })),
      "aliases[9].targets: 7089 characters of targets",
    ],
    [
      "machines that would send from elsewhere",
      changed(() => ({ machines: [{ login: "machine@home.test", senders: ["*@*.outside.test"] }] })),
      "machines[0].senders[0]: *@*.outside.test",
    ],
  ])("finds %s", (_, content, problem) => expect(found(content)).toEqual([problem]));

  it("names a loop once, with every alias along it", () => {
    const aliases = [
      { address: "b@home.test", targets: ["c+x@old-home.test", "ann@home.test"] },
      { address: "c@home.test", targets: ["a@home.test"] },
      { address: "a@home.test", targets: ["b@home.test"] },
    ];
    expect(found(changed((content) => ({ aliases: [...content.aliases, ...aliases] })))).toEqual([
      "aliases[11].targets: a loop: a@home.test -> b@home.test -> c@home.test -> a@home.test",
    ]);
  });

  it("names a loop through a catch-all", () => {
    const content = changed(({ domains }) => ({
      domains: domains.map((d) => (d.name === "club.test" ? { ...d, catchAll: ["ghost@club.test"] } : d)),
    }));
    expect(found(content)).toContain("domains[1].catchAll: a loop: @club.test -> @club.test");
  });

  it("wants postmaster@, hostmaster@ and abuse@ to reach a person in every domain", () => {
    const content = changed(({ domains }) => ({
      domains: [...domains, { name: "new.test" }],
      aliases: soundContent().aliases.map((alias) =>
        alias.address === "abuse@home.test" ? { address: alias.address, discard: true } : alias,
      ),
    }));
    expect(found(content)).toEqual([
      "domains[0].name: home.test without abuse@home.test",
      "domains[2].name: old-home.test without abuse@old-home.test",
      "domains[3].name: new.test without postmaster@new.test",
      "domains[3].name: new.test without hostmaster@new.test",
      "domains[3].name: new.test without abuse@new.test",
    ]);
  });
});

describe("directoryJson", () => {
  it("is a secret, and whole once the hashes are known", () => {
    const text = directoryJson(soundContent());
    expect(isSecret(text)).toBe(true);
    const resolved: unknown = JSON.parse(resolveText(text, (ref) => ("address" in ref ? `$6$${ref.address}` : "")));
    expect(resolved).toMatchObject({
      domains: soundContent().domains,
      mailboxes: [
        { address: "ann@home.test", passwordHash: "$6$ann@home.test" },
        { address: "ben@home.test" },
        { address: "cat@club.test" },
      ],
      machines: [{ login: "machine@home.test", passwordHash: "$6$machine@home.test" }],
    });
  });
});
