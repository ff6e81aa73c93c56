/** The template `production` with more domains beside it. Pure. */
import type { Config } from "../../test/engine/production-stack.ts";

/** Lists for a file of their own: in the stack's there is no room for hundreds of domains. */
export interface Lists {
  readonly domains: readonly unknown[];
  readonly dnsZones: readonly unknown[];
  readonly aliases: readonly unknown[];
}

/** The file that `withDomains` includes. */
export const DOMAINS_FILE = "domains.yaml";

/** The stack's settings with the file named. */
export function withDomains(config: Config): Config {
  return { ...config, "mailkeep:include": [DOMAINS_FILE] };
}

/** So many domains less the template's own, each with a zone at Cloudflare and the addresses that a domain must have. */
export function moreDomains(count: number): Lists {
  const names = Array.from({ length: count - 1 }, (_, index) => `d${String(index + 2).padStart(3, "0")}.example`);
  return {
    domains: names.map((name) => ({ name })),
    dnsZones: names.map((name) => ({ name, provider: "cloudflare", zoneId: "9a7806061c88ada191ed06f989cc3dac" })),
    aliases: names.flatMap((name) =>
      ["postmaster", "hostmaster", "abuse"].map((local) => ({
        address: `${local}@${name}`,
        targets: ["ann@club.example"],
      })),
    ),
  };
}
