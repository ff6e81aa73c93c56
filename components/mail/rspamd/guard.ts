/** What the guard (`images/rspamd/rootfs/etc/rspamd/lua.local.d/guard.lua`) needs to know of the site. */
import { PORT } from "../../plan/ports.ts";
import type { RspamdArgs } from "./render.ts";
import { list } from "./ucl.ts";

type GuardArgs = Pick<RspamdArgs, "directory" | "signedDomains" | "signatures" | "dmarc">;

/** `guard.conf`. */
export function guard({ directory, signedDomains, signatures, dmarc }: GuardArgs): string {
  return `# The last guard: fails closed, see its rules in lua.local.d/guard.lua.
mailkeep_guard {
  # Asked which From addresses a login may use.
  policy_url = "http://${directory}:${PORT.directoryHttp}/policy/from";
  policy_timeout = 1.0;
  # Any answer will do; the resolver gives it without asking anybody, RFC 6761 section 6.3.
  resolver_question = "guard.localhost";
  # Mail from these and from names below them leaves signed or not at all.
  signed_domains = ${list(signedDomains)};
  # What DNS says of our own domains (DMARC): mail from elsewhere that is not theirs is refused, or marked.
  refused_domains = ${list(dmarc.reject)};
  marked_domains = ${list(dmarc.quarantine)};
  # A signature of each kind, or none of it leaves.
  signatures = ${list(signatures.map((algorithm) => `${algorithm}-sha256`))};
}
`;
}
