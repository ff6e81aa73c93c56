/** What a host needs to know to send its own mail by submission with a machine account. */
import type { Text } from "../plan/text.ts";
import type { HostSender } from "./sender.ts";

/** A host, and how its mail leaves. */
export interface HostMailClient {
  /** Fully qualified. */
  readonly host: string;
  /** Names of submission servers, in the order in which they are tried. Their certificates have these names. */
  readonly servers: readonly string[];
  readonly login: string;
  readonly password: Text;
  readonly sender: HostSender;
  /** Who reads mail to root and to everybody else of the host. */
  readonly to: string;
  /** Certificates of the authorities that vouch for the servers, PEM. */
  readonly caFile: string;
  /** What that file holds, where the servers' authority is the stack's own. @default it is the system's file */
  readonly ca?: Text;
}

/** A file of a client's configuration. */
export interface ClientFile {
  readonly path: string;
  readonly content: Text;
  /** User that the file belongs to and who alone may read it, where it has the password in it. */
  readonly owner?: string;
}

/** Where the authority of a stack lies that has one of its own. */
export const PRIVATE_CA_FILE = "/etc/ssl/mailkeep-ca.pem";
/** Where Debian keeps the authorities that everybody believes. */
export const PUBLIC_CA_FILE = "/etc/ssl/certs/ca-certificates.crt";
