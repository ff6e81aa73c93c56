/** All checks that look at the network, side by side, each with a deadline. They run here or at a site. */
import { checkDelegation } from "./delegation.ts";
import { checkDnssec } from "./dnssec.ts";
import { checkForeign } from "./foreign.ts";
import type { Means } from "./means.ts";
import { isLie, judgeResolver, seeResolver } from "./resolver.ts";
import { seeOutOpen } from "./ports-in.ts";
import { siteChecks } from "./site-checks.ts";
import type { Subject } from "./subject.ts";
import type { Check, Verdict } from "./verdict.ts";

/** Longer than the slowest of them takes when everything is silent but nothing hangs. */
const DEADLINE_MS = 45_000;

/** What is asked by several of them is asked once. */
export function networkChecks(subject: Subject, means: Means): Check[] {
  const seen = seeResolver(means);
  const lies = seen.then(isLie);
  const outOpen = once(() => seeOutOpen(subject, means));
  const where = subject.resolvers.map(({ address }) => address).join(" ");
  const hosts = subject.sites.map(({ hostname }) => hostname);
  const up = subject.sites.some((site) => site.up);
  return [
    { check: "resolver", where, look: async () => judgeResolver(where, await seen) },
    ...subject.zones.flatMap((zone): Check[] => [
      { check: "delegation", where: zone.name, look: () => checkDelegation(zone, means) },
      { check: "DNSSEC", where: zone.name, look: () => checkDnssec(zone, means) },
    ]),
    ...subject.domains.map((domain): Check => ({
      check: "records",
      where: domain,
      look: () => checkForeign({ domain, hosts, up }, means),
    })),
    ...subject.sites.flatMap((site) => siteChecks(subject, site, means, { lies, outOpen })),
  ];
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work());
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
