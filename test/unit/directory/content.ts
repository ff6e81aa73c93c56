/** A sound directory for tests to change. */
import type { Alias, DirectoryContent } from "../../../components/directory/index.ts";

export function roles(domain: string, target: string): Alias[] {
  return ["postmaster", "hostmaster", "abuse"].map((role) => ({ address: `${role}@${domain}`, targets: [target] }));
}

/** home.test has ann and ben, club.test has cat and a catch-all, old-home.test is another name of home.test. */
export function soundContent(): DirectoryContent {
  return {
    domains: [
      { name: "home.test" },
      { name: "club.test", catchAll: ["cat@club.test"] },
      { name: "old-home.test", aliasOf: "home.test" },
    ],
    mailboxes: [{ address: "ann@home.test" }, { address: "ben@home.test" }, { address: "cat@club.test" }],
    aliases: [
      ...roles("home.test", "ann@home.test"),
      ...roles("club.test", "cat@club.test"),
      { address: "family@home.test", targets: ["ann@home.test", "ben@home.test"] },
      { address: "travel@home.test", targets: ["ann@home.test", "ann@outside.test"] },
      { address: "void@home.test", discard: true },
    ],
    machines: [{ login: "machine@home.test", senders: ["*@*.home.test", "root@home.test"] }],
  };
}
