/** The template `production` with more domains in it. Pure. */
import { listOf, type Config } from "../../test/engine/production-stack.ts";

/** Each domain with a zone at Cloudflare and the addresses that a domain must have; the template's own is one of them. */
export function withDomains(config: Config, count: number): Config {
  const names = Array.from({ length: count - 1 }, (_, index) => `d${String(index + 2).padStart(3, "0")}.example`);
  const added = (key: string, entries: readonly unknown[]): Config => ({
    [key]: [...listOf(config[key]), ...entries],
  });
  return {
    ...config,
    ...added(
      "mailkeep:domains",
      names.map((name) => ({ name })),
    ),
    ...added(
      "mailkeep:dnsZones",
      names.map((name) => ({ name, provider: "cloudflare", zoneId: "9a7806061c88ada191ed06f989cc3dac" })),
    ),
    ...added(
      "mailkeep:aliases",
      names.flatMap((name) =>
        ["postmaster", "hostmaster", "abuse"].map((local) => ({
          address: `${local}@${name}`,
          targets: ["ann@club.example"],
        })),
      ),
    ),
  };
}
