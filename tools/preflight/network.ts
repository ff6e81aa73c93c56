/** All checks that look at the network, side by side, each with a deadline. They run here or at a site. */
import { checkListing } from "./blocklists.ts";
import { checkDelegation } from "./delegation.ts";
import { checkDnssec } from "./dnssec.ts";
import type { Means } from "./means.ts";
import { checkPort25, checkRelay } from "./port25.ts";
import { isLie, judgeResolver, seeResolver } from "./resolver.ts";
import { checkPortsIn, seeOutOpen } from "./ports-in.ts";
import { checkReverse } from "./reverse.ts";
import type { Subject, SubjectSite } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

/** One thing to look at. */
export interface Check {
  readonly check: string;
  readonly where: string;
  readonly look: () => Promise<Verdict | readonly Verdict[]>;
}

/** Longer than the slowest of them takes when everything is silent but nothing hangs. */
const DEADLINE_MS = 45_000;

export function networkChecks(subject: Subject, means: Means): Check[] {
  const seen = seeResolver(means);
  const lies = seen.then(isLie);
  const outOpen = once(() => seeOutOpen(subject, means));
  const where = subject.resolvers.map(({ address }) => address).join(" ");
  return [
    { check: "resolver", where, look: async () => judgeResolver(where, await seen) },
    ...subject.zones.flatMap((zone): Check[] => [
      { check: "delegation", where: zone.name, look: () => checkDelegation(zone, means) },
      { check: "DNSSEC", where: zone.name, look: () => checkDnssec(zone, means) },
    ]),
    ...subject.sites.flatMap((site) => siteChecks(subject, site, means, { lies, outOpen })),
  ];
}

/** What is found out once for all sites. */
interface Shared {
  /** Whether the resolver lies. */
  readonly lies: Promise<boolean>;
  readonly outOpen: () => Promise<boolean>;
}

function siteChecks(subject: Subject, site: SubjectSite, means: Means, { lies, outOpen }: Shared): Check[] {
  const { name, addresses } = site;
  const notYet: Check[] =
    addresses.length > 0
      ? []
      : [
          {
            check: "addresses",
            where: name,
            look: () =>
              Promise.resolve({
                check: "addresses",
                where: name,
                level: "unknown",
                says: "Its machine is not there yet, and so no address to look at.",
                fix: "Look again after `npm run up`.",
              }),
          },
        ];
  return [
    ...notYet,
    ...addresses.flatMap((address): Check[] => [
      { check: "reverse DNS", where: `${name} ${address}`, look: () => checkReverse(site, address, means) },
      ...subject.blocklists.map((list) => ({
        check: "blocklist",
        where: `${address} ${list.name}`,
        look: () => checkListing(site, address, list, means, lies),
      })),
    ]),
    ...waysIn(subject, site, means, outOpen),
    ...waysOut(subject, site, means),
  ];
}

/** A site cannot see itself as others do: what it sends to its own addresses need not go out at all. */
function waysIn(subject: Subject, site: SubjectSite, means: Means, outOpen: Shared["outOpen"]): Check[] {
  const { name, addresses } = site;
  const check = "ports in";
  if (subject.from !== name && site.up) {
    return addresses.map((address) => ({
      check,
      where: `${name} ${address}`,
      look: () => checkPortsIn(subject, site, address, means, outOpen),
    }));
  }
  if (addresses.length === 0) return [];
  const verdict: Verdict = site.up
    ? {
        ...{ check, where: name, level: "unknown", says: "Whether it can be reached is seen from somewhere else." },
        fix: `\`npm run mailkeep -- preflight ${subject.stack}\` from anywhere.`,
      }
    : {
        ...{ check, where: name, level: "unknown", says: "Nothing of it is on its machine yet." },
        fix: "Look again after `npm run up`.",
      };
  return [{ check, where: name, look: () => Promise.resolve(verdict) }];
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work());
}

/** What leaves a site can be tried from there alone. */
function waysOut({ stack, from, knockAt }: Subject, site: SubjectSite, means: Means): Check[] {
  const { name, sendsDirectly, relays } = site;
  if (from === name)
    return [
      ...(sendsDirectly ? [{ check: "port 25 out", where: name, look: () => checkPort25(site, knockAt, means) }] : []),
      ...relays.map((relay) => ({
        check: "relay",
        where: `${name} ${relay.host}:${relay.port}`,
        look: () => checkRelay(site, relay, means),
      })),
    ];
  if (!sendsDirectly) return [];
  const says = "Whether mail can leave is seen at the site itself.";
  const fix = `When it is up: \`npm run mailkeep -- preflight ${stack} --from ${name}\`.`;
  const verdict = { check: "port 25 out", where: name, level: "unknown", says, fix } as const;
  return [{ check: "port 25 out", where: name, look: () => Promise.resolve(verdict) }];
}

/** Runs checks side by side. One that takes too long, or goes wrong, cannot be told. */
export async function runChecks(
  checks: readonly Check[],
  told: (verdicts: readonly Verdict[]) => void = () => undefined,
  deadlineMs = DEADLINE_MS,
): Promise<Verdict[]> {
  const found = await Promise.all(
    checks.map(async ({ check, where, look }) => {
      const late = unknown(check, where, `It took longer than ${deadlineMs / 1000} s.`);
      const verdicts = await withDeadline(look(), deadlineMs, late).catch((error: unknown) =>
        unknown(check, where, `It went wrong: ${error instanceof Error ? error.message : String(error)}`),
      );
      const list = [verdicts].flat();
      told(list);
      return list;
    }),
  );
  return found.flat();
}

function unknown(check: string, where: string, says: string): Verdict {
  return { check, where, level: "unknown", says, fix: "Try again; if it stays so, look at the network from here." };
}

async function withDeadline<T>(work: Promise<T>, milliseconds: number, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(late);
    }, milliseconds);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
