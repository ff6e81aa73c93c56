/** TLS reporting records, RFC 8460: where other servers report that they could not reach a domain securely. */
import { formatMailto, parseMailto } from "./mailto.ts";

/** Where a domain says who gets reports about TLS (RFC 8460 section 3). */
export function tlsRptName(domain: string): string {
  return `_smtp._tls.${domain}`;
}

/** The record's text, RFC 8460 section 3. */
export function formatTlsRpt(reportsTo: string): string {
  return `v=TLSRPTv1; rua=${formatMailto(reportsTo)}`;
}

/** The mailbox in a record of the form of {@link formatTlsRpt}. @throws SyntaxError for any other */
export function parseTlsRpt(text: string): string {
  const [, uri] = /^v=TLSRPTv1; rua=(\S+)$/.exec(text) ?? [];
  if (uri === undefined) throw new SyntaxError(`"${text}" is not "v=TLSRPTv1; rua=" and one URI.`);
  return parseMailto(uri);
}
