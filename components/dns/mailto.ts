/** Mail addresses as URIs in DNS records, RFC 6068. */

/** Characters that a list of report URIs gives a meaning of its own (RFC 9989 section 4.7, RFC 8460 section 3). */
const RESERVED = /[!,;%?#&]/g;

/** A mailto: URI (RFC 6068). */
export function formatMailto(address: string): string {
  return `mailto:${address.replaceAll(RESERVED, (character) => encodeURIComponent(character).replace("!", "%21"))}`;
}

/** @throws SyntaxError for a URI of another kind, and for a list of several */
export function parseMailto(uri: string): string {
  const [, address] = /^mailto:([^!,;?#& ]+@[^!,;?#& ]+)$/.exec(uri) ?? [];
  if (address === undefined) throw new SyntaxError(`"${uri}" is not one mailto: URI.`);
  return decodeURIComponent(address);
}
