/** The root zone of that world, with the foreign domain in it. */
import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { reverseName } from "../../../components/dns/names.ts";
import { formatTxt } from "../../../components/dns/txt.ts";
import { AUTHORITY, FAR, hostnameOf, PEOPLE, PEOPLE6, SITES } from "./places.ts";

export const NAME_SERVER = "ns.root-servers.example";

/** What every zone has and no stack prints. */
export const HEAD = `@ 60 SOA ${NAME_SERVER}. hostmaster.${FAR.domain}. 1 60 60 86400 5
@ 60 NS ${NAME_SERVER}.
`;

export interface RootZoneArgs {
  /** File with the foreign server's key. */
  readonly dkimKey: string;
  /** NS and DS records of the zones below. */
  readonly delegations: readonly string[];
}

export async function rootZone({ dkimKey, delegations }: RootZoneArgs): Promise<string> {
  const key = createPublicKey(await readFile(dkimKey)).export({ type: "spki", format: "der" });
  const dkim = formatTxt(`v=DKIM1; k=rsa; p=${key.toString("base64")}`);
  // Whoever owns the addresses keeps their names.
  const pointers = SITES.flatMap((site) =>
    [PEOPLE[site], PEOPLE6[site]].map((address) => `${reverseName(address)}. PTR ${hostnameOf(site)}.`),
  );
  return `$ORIGIN .
$TTL 60
${HEAD}${NAME_SERVER}. A ${PEOPLE.nameServer}
${AUTHORITY.hostname}. A ${PEOPLE.authority}
${FAR.domain}. MX 10 ${FAR.hostname}.
${FAR.domain}. TXT "v=spf1 ip4:${PEOPLE.far} ip6:${PEOPLE6.far} -all"
${FAR.hostname}. A ${PEOPLE.far}
${FAR.domain6}. MX 10 ${FAR.domain6}.
${FAR.domain6}. AAAA ${PEOPLE6.far}
${FAR.selector}._domainkey.${FAR.domain}. TXT ${dkim}
_dmarc.${FAR.domain}. TXT "v=DMARC1; p=reject"
${reverseName(PEOPLE.far)}. PTR ${FAR.hostname}.
${reverseName(PEOPLE6.far)}. PTR ${FAR.hostname}.
; Whose port 25 a site knocks at.
gmail.com. MX 10 ${FAR.hostname}.
${[...pointers, ...delegations].join("\n")}
`;
}
