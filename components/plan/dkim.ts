/** Which DKIM keys a system has, and which of them sign. */
import { DKIM_ALGORITHMS, type DkimAlgorithm } from "../dns/dkim.ts";
import type { DkimKeys } from "../settings/dkim-schema.ts";
import type { Settings } from "../settings/schema.ts";
import { PORT } from "./ports.ts";
import type { KeyName } from "./text.ts";

/** What the settings say of one domain's keys of one kind. */
export interface Selectors {
  /** The one that signs. */
  readonly selector: string;
  readonly standby: readonly string[];
  readonly retired: readonly string[];
}

/** A selector of a domain (RFC 6376 section 3.1), whether its key is there or was revoked. */
export interface DkimSelector {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: DkimAlgorithm;
}

/** A key of a domain, for its mail and that of its subdomains. */
export interface DkimKey extends DkimSelector {
  readonly key: KeyName;
}

/** Who signs with each kind of key: one OpenDKIM knows one kind, and would make bad signatures with another's key. */
export const SIGNER = {
  rsa: { workload: "opendkim", port: PORT.opendkimMilter },
  ed25519: { workload: "opendkim-ed25519", port: PORT.opendkimEd25519Milter },
} as const satisfies Readonly<Record<DkimAlgorithm, { readonly workload: string; readonly port: number }>>;

type Parts = Pick<Settings, "domains" | "dkim" | "infrastructureDomain">;

/** What the settings say of the keys of one kind. */
export function selectorsOf(keys: DkimKeys, algorithm: DkimAlgorithm): Selectors {
  return algorithm === "rsa"
    ? { selector: keys.dkimSelector, standby: keys.dkimStandby, retired: keys.dkimRetired }
    : { selector: keys.ed25519Selector, standby: keys.ed25519Standby, retired: keys.ed25519Retired };
}

/** Every domain that mail is signed for: those that are hosted, and the sites' own, from which bounces come. */
export function signedDomains({
  domains,
  dkim,
  infrastructureDomain,
}: Parts): readonly (DkimKeys & { name: string })[] {
  const hosted = domains.some(({ name }) => name === infrastructureDomain);
  return hosted ? domains : [...domains, { ...dkim.infrastructure, name: infrastructureDomain }];
}

/** The kinds of keys that sign each message. */
export function signingAlgorithms({ dkim }: Pick<Settings, "dkim">): readonly DkimAlgorithm[] {
  return DKIM_ALGORITHMS.filter((algorithm) => algorithm === "rsa" || dkim.ed25519);
}

/** Keys that sign: one of each kind for every domain that mail is signed for. */
export function signingKeys(settings: Parts): DkimKey[] {
  return eachKind(settings, signingAlgorithms(settings), ({ selector }) => [selector]).map(withKey);
}

/** Keys that are published and do not sign. */
export function standbyKeys(settings: Parts): DkimKey[] {
  return eachKind(settings, signingAlgorithms(settings), ({ standby }) => standby).map(withKey);
}

/** Selectors whose keys were revoked. */
export function retiredSelectors(settings: Parts): DkimSelector[] {
  return eachKind(settings, DKIM_ALGORITHMS, ({ retired }) => retired);
}

/** Name of a key pair. */
export function dkimKeyName(domain: string, selector: string): KeyName {
  return `dkim/${domain}/${selector}`;
}

/** What the keys of a domain that follow one another are called in the ledger. */
export function dkimLine(domain: string, algorithm: DkimAlgorithm): string {
  return algorithm === "rsa" ? `dkim/${domain}` : `dkim-${algorithm}/${domain}`;
}

function eachKind(
  settings: Parts,
  algorithms: readonly DkimAlgorithm[],
  choose: (selectors: Selectors) => readonly string[],
): DkimSelector[] {
  return algorithms.flatMap((algorithm) =>
    signedDomains(settings).flatMap((one) =>
      choose(selectorsOf(one, algorithm)).map((selector) => ({ domain: one.name, selector, algorithm })),
    ),
  );
}

const withKey = (one: DkimSelector): DkimKey => ({ ...one, key: dkimKeyName(one.domain, one.selector) });
