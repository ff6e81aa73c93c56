/** OpenDKIM's configuration: it signs what leaves, RFC 6376, and verifies nothing (rspamd does). */
import type { DkimAlgorithm } from "../../dns/dkim.ts";
import { type DkimKey, SIGNER } from "../../plan/dkim.ts";
import type { Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";
import { signerSocket } from "../shared-paths.ts";

/** What one signer is told. */
export interface OpendkimArgs {
  /** Where Postfix reaches the signer. OpenDKIM listens at one place only, so it is one or the other. */
  readonly transport: "unix" | "tcp";
  /** The one kind of keys that this signer knows. */
  readonly algorithm: DkimAlgorithm;
  /** Keys of that kind, one a domain. */
  readonly signing: readonly SigningKey[];
}

/** A key, whose kind is the signer's. */
export type SigningKey = Omit<DkimKey, "algorithm">;

/** The address of the signer in the words of libmilter. */
function socket({ transport, algorithm }: OpendkimArgs): string {
  return transport === "unix" ? `local:${signerSocket(algorithm).file}` : `inet:${SIGNER[algorithm].port}`;
}

/** All files of the signer. The keys are secrets. */
export function renderOpendkim(args: OpendkimArgs): Readonly<Record<string, Text>> {
  return {
    "opendkim.conf": configuration(args),
    keytable: args.signing
      .map((key) => `${keyId(key)} ${key.domain}:${key.selector}:${CONF}/${keyFile(key)}\n`)
      .join(""),
    signingtable: signingTable(args.signing),
    ...Object.fromEntries(args.signing.map((key) => [keyFile(key), [{ ref: "privateKeyPem", key: key.key }]] as const)),
  };
}

const keyId = (key: SigningKey): string => `${key.selector}._domainkey.${key.domain}`;
const keyFile = (key: SigningKey): string => `keys/${key.domain}.${key.selector}.pem`;

/**
 * Which key signs for which From address. The first line that fits wins, so each domain's own line stands before every
 * line for subdomains, and `*@*.a.b.c` before `*@*.b.c`.
 */
function signingTable(keys: readonly SigningKey[]): string {
  const labels = (key: SigningKey): number => key.domain.split(".").length;
  const deepestFirst = [...keys].sort((a, b) => labels(b) - labels(a) || a.domain.localeCompare(b.domain, "en"));
  return [
    ...deepestFirst.map((key) => `*@${key.domain} ${keyId(key)}\n`),
    ...deepestFirst.map((key) => `*@*.${key.domain} ${keyId(key)}\n`),
  ].join("");
}

function configuration(args: OpendkimArgs): string {
  return `# OpenDKIM signs; it verifies nothing.
Mode                    s
Socket                  ${socket(args)}
# Postfix runs as another user in another container, so the socket is open to all who see its folder: the mail daemons only.
UMask                   000

# Every sender is "internal": the signer is reached only by our own Postfix, which asks it only about mail that a user
# logged in for or that it made itself. Nothing else may be asked about, or a stranger's mail would be signed.
InternalHosts           csl:0.0.0.0/0,::/0
# Macros, the sender's address or its authentication make no difference either: the From field alone picks the key.
SigningTable            refile:${CONF}/signingtable
KeyTable                file:${CONF}/keytable
# One signature a message, with the one kind of keys that this process knows: with a key of the other kind it would put a
# signature on that nobody can verify, or refuse the message.
MultipleSignatures      no
SignatureAlgorithm      ${args.algorithm}-sha256
RequireSafeKeys         yes

# "relaxed" for both, since relays on the way fold headers anew and trim line ends; neither changes the text.
Canonicalization        relaxed/relaxed
# Besides what RFC 6376 section 5.4.1 recommends: what decides how the text is shown, and its name.
SignHeaders             *,+Message-ID,+MIME-Version,+Content-Type
# Signed once more than they occur, so that nobody can add a second one to a message that still verifies, RFC 6376
# section 8.15.
OversignHeaders         From,Reply-To,Subject,Date,Message-ID,To,Cc

# Whatever goes wrong, the sender is told to try again: a message never leaves unsigned because the signer failed.
# A From field that no line of the table fits is passed on unsigned all the same; the rule in rspamd stops that.
On-Default              tempfail

# No name is looked up when signing.
Syslog                  yes
SyslogSuccess           yes
LogWhy                  no
`;
}
