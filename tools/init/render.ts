/** A stack's file, made of the template `production` and of answers: what the template explains is explained there alone. */
import { stringify } from "yaml";
import { closestZone } from "../../components/dns/names.ts";
import { siteName, siteText } from "./sites.ts";
import type { Answers } from "./answers.ts";

/** Names in the template, all of them for documentation. */
const EXAMPLES = /dnsTokens\["mailkeep\.example"\]|mailkeep\.example|club\.example|\bann@|\bdmarcPolicy: reject\b/g;

const HEADER = (
  stack: string,
): string => `# The stack ${stack}, as \`npm run mailkeep -- init\` has written it: yours to change.
#
# Every key is described in docs/configuration.md. Secrets are kept here too, encrypted by \`pulumi config set --secret\`.
config:
`;

/** Pure. @param template the text of stacks/production.yaml */
export function renderStack(template: string, answers: Answers): string {
  const names: Readonly<Record<string, string>> = {
    'dnsTokens["mailkeep.example"]': `dnsTokens["${zoneOfSites(answers)}"]`,
    "mailkeep.example": answers.infrastructureDomain,
    "club.example": answers.domain,
    "ann@": `${answers.person}@`,
    // Whoever is new to a domain does not know yet who else sends for it.
    "dmarcPolicy: reject": "dmarcPolicy: quarantine",
  };
  const sections = sectionsOf(template.slice(template.indexOf("config:\n") + "config:\n".length));
  const own: Readonly<Record<string, string>> = {
    sshFrom: sshFromText(answers),
    sites: sitesText(answers),
    dnsZones: zonesText(answers),
    relays: relaysText(answers),
    tlsKeys: tlsKeysText(answers),
    acme: acmeText(answers),
  };
  const text = sections.map(({ key, lead, text: whole }) => {
    const made = own[key];
    if (made !== undefined) return `${lead}${made}`;
    const kept = key === "dkim" && hostsItsSites(answers) ? whole.replace(KEYS_OF_SITES, "") : whole;
    return kept.replace(EXAMPLES, (name) => names[name] ?? name);
  });
  return `${HEADER(answers.stack)}${text.join("").trimEnd()}\n`;
}

/** A hosted domain has its keys under `domains`. */
const KEYS_OF_SITES = /^ +#[^\n]*\n +infrastructure:\n.*/ms;

function hostsItsSites({ domain, infrastructureDomain }: Answers): boolean {
  return domain === infrastructureDomain;
}

interface Section {
  readonly key: string;
  /** Empty lines and comments before the key. */
  readonly lead: string;
  /** All of it. */
  readonly text: string;
}

/** A section is a key of the configuration with what stands before it. */
function sectionsOf(body: string): readonly Section[] {
  const sections: Section[] = [];
  let lead = "";
  for (const line of body.split("\n")) {
    const key = /^ {2}mailkeep:(\w+):/.exec(line)?.[1];
    const last = sections.at(-1);
    if (key !== undefined) sections.push({ key, lead, text: `${lead}${line}\n` });
    else if (last !== undefined && line.startsWith("    "))
      sections[sections.length - 1] = { ...last, text: `${last.text}${lead}${line}\n` };
    lead = key !== undefined || line.startsWith("    ") ? "" : `${lead}${line}\n`;
  }
  return sections;
}

function sshFromText({ sshFrom }: Answers): string {
  const v6 = sshFrom.filter((prefix) => prefix.includes(":"));
  const v4 = sshFrom.filter((prefix) => !prefix.includes(":"));
  return `  mailkeep:sshFrom:\n    v4: ${JSON.stringify(v4)}\n    v6: ${JSON.stringify(v6)}\n`;
}

function sitesText(answers: Answers): string {
  return `  mailkeep:sites:\n${answers.sites.map((_, index) => siteText(answers, index)).join("")}`;
}

/** The zone that has the sites' names: the domain's own, where they lie below it. */
function zoneOfSites({ domain, infrastructureDomain }: Pick<Answers, "domain" | "infrastructureDomain">): string {
  return closestZone(infrastructureDomain, [domain]) ?? infrastructureDomain;
}

function zonesText({ domain, infrastructureDomain, dns: { provider, zoneId, project } }: Answers): string {
  const zones = [...new Set([domain, zoneOfSites({ domain, infrastructureDomain })])].map((name) => ({
    name,
    provider,
    ...(zoneId !== undefined && { zoneId: name === domain ? zoneId : "the id of this zone" }),
    ...(project !== undefined && { project }),
    // It has no TLSA, takes a CAA record for a host name alone, and knows no dot as a target.
    ...(provider === "digitalocean" && { without: ["TLSA", "CAA", "nullMX", "nullSRV"] }),
  }));
  return indented("dnsZones", zones);
}

function relaysText({ relay }: Answers): string {
  if (relay === undefined) return "  mailkeep:relays: []\n";
  const { host, include, user } = relay;
  const one = { name: "relay", host, ...(user !== undefined && { user }), senders: { includes: [include] } };
  return indented("relays", [one]);
}

function tlsKeysText({ sites }: Answers): string {
  return indented(
    "tlsKeys",
    sites.map((_, index) => ({ site: siteName(index), serves: 1, standby: [2] })),
  );
}

function acmeText({ acme, person, domain }: Answers): string {
  const directory =
    acme === "production"
      ? "https://acme-v02.api.letsencrypt.org/directory"
      : "https://acme-staging-v02.api.letsencrypt.org/directory";
  const about =
    acme === "production"
      ? "Let's Encrypt."
      : "Let's Encrypt's authority to try with: nobody trusts it, and it is patient with mistakes. The real one: acme-v02.";
  return `  mailkeep:acme:
    # ${about}
    directory: ${directory}
    # Who is told of trouble with certificates.
    email: ${person}@${domain}
`;
}

function indented(key: string, value: unknown): string {
  const lines = stringify({ [`mailkeep:${key}`]: value }, { lineWidth: 0 })
    .trimEnd()
    .split("\n");
  return `${lines.map((line) => `  ${line}`).join("\n")}\n`;
}
