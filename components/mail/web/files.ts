/** The files from which the edge answers HTTPS. */
import { createHash } from "node:crypto";
import { formatMtaStsPolicy, mtaStsPolicy, type MtaStsMode } from "../../dns/mta-sts.ts";
import type { WebContext } from "../../plan/context.ts";
import { CONF } from "../../plan/workload.ts";
import { appleProfile, autoconfigXml, autodiscoverXml, type MailServers } from "./mail-programs.ts";

/** Paths below the edge's configuration. */
export const WEB_FILE = {
  autoconfig: "web/autoconfig.xml",
  autodiscover: "web/autodiscover.xml",
  profile: "web/apple.mobileconfig",
  /** Each domain with the identifiers of its profile. */
  domains: "web/domains.map",
  /** Each domain that has an MTA-STS policy with the policy's mode. */
  policies: "web/mta-sts.map",
} as const;

/** The policy that domains of one mode share: their mail goes to the same hosts. */
export function policyFile(mode: MtaStsMode): string {
  return `web/mta-sts-${mode}.txt`;
}

/** Where HAProxy finds one of them. */
export function placeOf(file: string): string {
  return `${CONF}/${file}`;
}

/** Modes of the domains, each once. */
export function modesOf({ domains }: Pick<WebContext, "domains">): MtaStsMode[] {
  return [...new Set(domains.flatMap(({ mtaSts }) => mtaSts ?? []))].sort();
}

/** The files by their paths below `/run/conf`: policies, templates, and which domain has which. */
export function webFiles(web: WebContext, servers: MailServers): Readonly<Record<string, string>> {
  const { domains, exchanges } = web;
  return {
    [WEB_FILE.domains]: lines(domains.map(({ name }) => `${name} ${uuid(name, "profile")}:${uuid(name, "account")}`)),
    [WEB_FILE.policies]: lines(
      domains.flatMap(({ name, mtaSts }) => (mtaSts === undefined ? [] : `${name} ${mtaSts}`)),
    ),
    ...Object.fromEntries(
      modesOf(web).map((mode) => [policyFile(mode), formatMtaStsPolicy(mtaStsPolicy(mode, exchanges))]),
    ),
    [WEB_FILE.autoconfig]: autoconfigXml(servers),
    [WEB_FILE.autodiscover]: autodiscoverXml(servers),
    [WEB_FILE.profile]: appleProfile(servers),
  };
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");

/** The same for a domain at every site and time, so that a device knows a profile again; RFC 9562 section 5.8. */
function uuid(domain: string, use: string): string {
  const hex = createHash("sha256").update(`mailkeep ${use} ${domain}`).digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-").toUpperCase();
}
