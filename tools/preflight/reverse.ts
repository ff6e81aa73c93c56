/** Whether the world finds a site's name behind its addresses, and the addresses behind its name. */
import { reverseName } from "../../components/dns/names.ts";
import { isNone, type Means, type Seen, valuesOf } from "./means.ts";
import type { SubjectSite } from "./subject.ts";
import { judgeOf, type Verdict } from "./verdict.ts";

const CHECK = "reverse DNS";

/** What was seen of one address. */
export interface ReverseSeen {
  readonly site: SubjectSite;
  readonly address: string;
  /** PTR records of the address. */
  readonly pointer: Seen;
  /** Addresses of the site's name. */
  readonly forward: Seen;
}

/** Asks for the names of the address, and for the addresses of the site's name. */
export async function checkReverse(site: SubjectSite, address: string, means: Means): Promise<Verdict> {
  const [pointer, forward] = await Promise.all([
    means.resolve(reverseName(address), "PTR"),
    means.resolve(site.hostname, familyOf(address)),
  ]);
  return judgeReverse({ site, address, pointer, forward });
}

/** Pure. Large receivers refuse mail of an address whose PTR record and name do not lead to each other. */
export function judgeReverse({ site, address, pointer, forward }: ReverseSeen): Verdict {
  const { hostname } = site;
  const names = valuesOf(pointer, "PTR");
  const addresses = valuesOf(forward, familyOf(address));
  // A site that sends by others' addresses alone is not asked for its own.
  const wrong = site.sendsDirectly ? "problem" : "warning";
  const verdict = judgeOf(CHECK, `${site.name} ${address}`);
  if (isNone(pointer, "PTR")) return verdict(wrong, `${address} has no PTR record.`, howToSet(site));
  if (names.length === 0)
    return verdict("unknown", `The PTR record of ${address} cannot be looked up (${pointer.code}).`, LATER);
  if (!names.includes(hostname))
    return verdict(
      wrong,
      `The PTR record of ${address} says ${names.join(" and ")}, and the site says ${hostname}.`,
      howToSet(site),
    );
  if (names.length > 1)
    return verdict(
      "warning",
      `${address} has ${names.length} PTR records: ${names.join(", ")}.`,
      `Leave ${hostname} alone: receivers look at any of them.`,
    );
  if (addresses.includes(address)) return verdict("ok", `${address} and ${hostname} lead to each other.`);
  if (isNone(forward, familyOf(address)))
    return verdict(
      wrong,
      `The PTR record says ${hostname}, and that name has no ${familyOf(address)} record.`,
      FORWARD,
    );
  if (addresses.length === 0)
    return verdict("unknown", `The addresses of ${hostname} cannot be looked up (${forward.code}).`, LATER);
  return verdict(wrong, `The PTR record says ${hostname}, and that name leads to ${addresses.join(", ")}.`, FORWARD);
}

const LATER = "Look at the resolver and at the delegation, and try again.";
const FORWARD = "`npm run up` publishes the site's addresses; look whether the zone is the one that the world asks.";

function familyOf(address: string): "A" | "AAAA" {
  return address.includes(":") ? "AAAA" : "A";
}

function howToSet({ platform, hostname }: SubjectSite): string {
  switch (platform) {
    case "digitalocean-droplet":
      return `DigitalOcean makes it of the droplet's name and of no other: see that the droplet is called ${hostname}.`;
    case "gcp-instance":
      return `Prove to Google (Search Console) that the domain of ${hostname} is yours, with the service account that runs \`up\` among its owners, then run \`npm run up\` again.`;
    case "host":
      return `Ask whoever gave you the address to set its PTR record to ${hostname}.`;
    case "local":
      return "The local world's name server has it from the settings: run `npm run up`.";
  }
}
