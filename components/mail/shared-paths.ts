/** What several containers of a site see, each at the same place: volumes that they share, and what lies there. */
import type { DkimAlgorithm } from "../dns/dkim.ts";
import { SIGNER } from "../plan/dkim.ts";

/** Folder that the certificate client keeps, and other containers see read-only. */
export const CERTIFICATES = "/certs";

/** The certificate in use: leaf first, then its chain (RFC 8446 section 4.4.2). */
export const SITE_CERTIFICATE = `${CERTIFICATES}/site.pem`;

/** Certificates for what is served over HTTPS, apart: mail daemons need not notice when one of them changes. */
export const WEB_CERTIFICATES = "/web-certs";

/** Where the volume with all mail is mounted. The directory says below which folder each mailbox lives. */
export const MAIL_ROOT = "/srv/mail";

/** Where Postfix's containers reach a milter: a socket in a volume that holds nothing else. */
export interface MilterSocket {
  readonly volume: string;
  readonly folder: string;
  /** The socket's whole path. */
  readonly file: string;
}

/** The filter's socket. */
export const RSPAMD_SOCKET = milterSocket("rspamd", "rspamd.sock");

/** The socket of the signer with one kind of keys. */
export function signerSocket(algorithm: DkimAlgorithm): MilterSocket {
  return milterSocket(SIGNER[algorithm].workload, "opendkim.sock");
}

function milterSocket(workload: string, file: string): MilterSocket {
  const folder = `/run/milter/${workload}`;
  return { volume: `milter-${workload}`, folder, file: `${folder}/${file}` };
}
