/** The only zone of that world: its root, with the records of everybody in it. */
import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { FAR, HOSTNAME, PEOPLE } from "./places.ts";

/** A character string of a TXT record holds so much, RFC 1035 section 3.3. */
const STRING_OCTETS = 255;

/** @param zoneFiles what stacks have printed @param dkimKey file with the foreign server's key */
export async function rootZone(zoneFiles: readonly string[], dkimKey: string): Promise<string> {
  const key = createPublicKey(await readFile(dkimKey)).export({ type: "spki", format: "der" });
  const dkim = txt(`v=DKIM1; k=rsa; p=${key.toString("base64")}`);
  return `$ORIGIN .
$TTL 60
@ SOA ns.root-servers.example. hostmaster.far.example. 1 60 60 86400 5
@ NS ns.root-servers.example.
ns.root-servers.example. A ${PEOPLE.nameServer}
${FAR.domain}. MX 10 ${FAR.hostname}.
${FAR.domain}. TXT "v=spf1 ip4:${PEOPLE.far} -all"
${FAR.hostname}. A ${PEOPLE.far}
${FAR.selector}._domainkey.${FAR.domain}. TXT ${dkim}
_dmarc.${FAR.domain}. TXT "v=DMARC1; p=reject"
${pointer(PEOPLE.far)} PTR ${FAR.hostname}.
${pointer(PEOPLE.machine)} PTR ${HOSTNAME}.
${zoneFiles.join("\n")}
`;
}

function txt(text: string): string {
  const parts = text.match(new RegExp(`.{1,${String(STRING_OCTETS)}}`, "g")) ?? [];
  return parts.map((part) => `"${part}"`).join(" ");
}

/** The name of an address in reverse DNS, RFC 1035 section 3.5. */
function pointer(address: string): string {
  return `${address.split(".").toReversed().join(".")}.in-addr.arpa.`;
}
