/** What accounts, their password hashes and aliases must hold between them. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { changed, local } from "./changes.ts";
import { HASH, withValue } from "./local.ts";
import { problemsOf } from "./problems.ts";

const addedAlias = (alias: object): unknown => changed("aliases.8", alias);

describe("a problem between parts is told where it is, with what to do", () => {
  it.each<[string, unknown, ...Problem[]]>([
    [
      "a mailbox without a password hash",
      withValue(local, "passwordHashes", { "ann@home.test": HASH, "ben@home.test": HASH }),
      {
        path: "mailboxes[2].address",
        got: "cat@club.test without a password hash",
        wanted: 'a hash under passwordHashes["cat@club.test"]',
        fix: "npm run mailkeep -- password cat@club.test",
      },
    ],
    [
      "hosts that send by an account that is not there",
      changed("hostMail.account", "printers@home.test"),
      {
        path: "hostMail.account",
        got: "printers@home.test, which is not listed under machines",
        wanted: "the login of a machine account",
        fix: 'add to machines: { login: printers@home.test, senders: ["*@*.mailkeep.test"] }',
      },
    ],
    [
      "hosts that send by an account whose password nobody knows",
      withValue(local, "passwordHashes", { ...Object(local["passwordHashes"]), "hosts@home.test": HASH }),
      {
        path: "hostMail.account",
        got: "hosts@home.test, of whose password the settings have the hash alone",
        wanted: "an account whose password mailkeep makes up",
        fix: 'take passwordHashes["hosts@home.test"] out, or list another account under machines',
      },
    ],
    [
      "a hash of nobody",
      withValue(local, "passwordHashes", { ...Object(local["passwordHashes"]), "eve@home.test": HASH }),
      {
        path: 'passwordHashes["eve@home.test"]',
        got: "a hash for an account that is not listed",
        wanted: "the address of a mailbox or the login of a machine",
        fix: "list eve@home.test under mailboxes, or take the hash out",
      },
    ],
    [
      "an alias loop",
      addedAlias({ address: "round@home.test", targets: ["round@home.test"] }),
      {
        path: "aliases[8].targets",
        got: "a loop: round@home.test -> round@home.test",
        wanted: "aliases that end in a mailbox or elsewhere",
        fix: "take round@home.test out of the targets of round@home.test",
      },
    ],
    [
      "an alias in a domain that is not hosted",
      addedAlias({ address: "ann@elsewhere.test", targets: ["ann@home.test"] }),
      {
        path: "aliases[8].address",
        got: "ann@elsewhere.test, whose domain is not hosted",
        wanted: "an address in a hosted domain",
        fix: "list elsewhere.test under domains",
      },
    ],
    [
      "an alias to nobody",
      addedAlias({ address: "eva@home.test", targets: ["eve@home.test"] }),
      {
        path: "aliases[8].targets[0]",
        got: "eve@home.test, which does not exist",
        wanted: "an address that exists, or one elsewhere",
        fix: "make the mailbox or alias eve@home.test, or take it out of the list",
      },
    ],
  ])("%s", (_, raw, ...problems) => expect(problemsOf(raw)).toEqual(problems));
});
