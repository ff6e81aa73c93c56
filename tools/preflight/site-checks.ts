/** What is looked at of one site. */
import { checkListing } from "./blocklists.ts";
import type { Means } from "./means.ts";
import { checkPort25, checkRelay } from "./port25.ts";
import { checkPortsIn } from "./ports-in.ts";
import { checkReverse } from "./reverse.ts";
import type { Subject, SubjectSite } from "./subject.ts";
import { type Check, judgeOf, knownAlready } from "./verdict.ts";

/** What is found out once for all sites. */
export interface Shared {
  /** Whether the resolver lies. */
  readonly lies: Promise<boolean>;
  /** Whether any server's port 25 answers from here. */
  readonly outOpen: () => Promise<boolean>;
}

/** @param shared what is found out once for all sites */
export function siteChecks(subject: Subject, site: SubjectSite, means: Means, shared: Shared): Check[] {
  const { name, addresses } = site;
  return [
    ...(addresses.length > 0 ? [] : [noAddress(site)]),
    ...addresses.flatMap((address): Check[] => [
      { check: "reverse DNS", where: `${name} ${address}`, look: () => checkReverse(site, address, means) },
      ...subject.blocklists.map((list) => ({
        check: "blocklist",
        where: `${address} ${list.name}`,
        look: () => checkListing(site, address, list, means, shared.lies),
      })),
    ]),
    ...waysIn(subject, site, means, shared),
    ...waysOut(subject, site, means),
  ];
}

function noAddress({ name }: SubjectSite): Check {
  const says = "Its machine is not there yet, and so no address to look at.";
  return knownAlready(judgeOf("addresses", name)("unknown", says, "Look again after `npm run up`."));
}

/** A site cannot see itself as others do: what it sends to its own addresses need not go out at all. */
function waysIn(subject: Subject, site: SubjectSite, means: Means, { outOpen }: Shared): Check[] {
  const { name, addresses, up } = site;
  const check = "ports in";
  if (addresses.length === 0) return [];
  const verdict = judgeOf(check, name);
  if (!up)
    return [knownAlready(verdict("unknown", "Nothing of it is on its machine yet.", "Look again after `npm run up`."))];
  if (subject.from === name) {
    const fix = `\`npm run mailkeep -- preflight ${subject.stack}\` from anywhere.`;
    return [knownAlready(verdict("unknown", "Whether it can be reached is seen from somewhere else.", fix))];
  }
  return addresses.map((address) => ({
    check,
    where: `${name} ${address}`,
    look: () => checkPortsIn(subject, site, address, means, outOpen),
  }));
}

/** What leaves a site can be tried from there alone. */
function waysOut({ stack, from, knockAt }: Subject, site: SubjectSite, means: Means): Check[] {
  const { name, sendsDirectly, relays } = site;
  const check = "port 25 out";
  if (from === name)
    return [
      ...(sendsDirectly ? [{ check, where: name, look: () => checkPort25(site, knockAt, means) }] : []),
      ...relays.map((relay) => ({
        check: "relay",
        where: `${name} ${relay.host}:${relay.port}`,
        look: () => checkRelay(site, relay, means),
      })),
    ];
  if (!sendsDirectly) return [];
  const fix = `When it is up: \`npm run mailkeep -- preflight ${stack} --from ${name}\`.`;
  return [knownAlready(judgeOf(check, name)("unknown", "Whether mail can leave is seen at the site itself.", fix))];
}
