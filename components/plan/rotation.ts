/** Which keys follow one another, and how long each step of that takes. */
import { POLICY_TTL_SECONDS } from "../dns/ttl.ts";
import type { Settings } from "../settings/schema.ts";
import { type DkimKey, dkimLine, signingKeys, standbyKeys } from "./dkim.ts";
import { linkAuthority, linkKey, siteKeys } from "./keys.ts";
import { DEPLOY, deployKey, hostKeyName, isMade } from "./machine.ts";
import { SRS_LIFETIME_DAYS, srsSecret, srsSecrets } from "./srs.ts";
import type { KeyUse } from "./types.ts";

/** Others look keys up in DNS, and may remember for this long what was there before. */
const PUBLISHED = { announced: true, waitSeconds: POLICY_TTL_SECONDS } as const;
/** Every site knows once an update has ended. */
const SHARED = { announced: true, waitSeconds: 0 } as const;
/** Who meets it believes the authority behind it, and need not know the key itself. */
const VOUCHED = { announced: false, waitSeconds: 0, lingerSeconds: 0 } as const;

const DAY_SECONDS = 24 * 3600;

/** All keys that are changed in steps. */
export function keyUses(settings: Settings): readonly KeyUse[] {
  return [
    ...dkim(settings),
    ...tls(settings),
    ...link(settings),
    ...ssh(settings),
    ...deploy(settings),
    ...srs(settings),
  ];
}

/** Mail that a key has signed may stay in queues for as long as mail lives, and is verified after that. */
function dkim(settings: Settings): KeyUse[] {
  const times = { ...PUBLISHED, lingerSeconds: settings.queue.lifetimeMinutes * 60 };
  const use =
    (inUse: boolean) =>
    ({ key, domain, algorithm }: DkimKey) => ({
      name: key,
      line: dkimLine(domain, algorithm),
      inUse,
      ...times,
    });
  return [...signingKeys(settings).map(use(true)), ...standbyKeys(settings).map(use(false))];
}

/** No server shows the last key once the site's daemons have the next; the TTL is a time in which one can go back. */
function tls({ sites, tlsKeys }: Settings): KeyUse[] {
  const times = { ...PUBLISHED, lingerSeconds: POLICY_TTL_SECONDS };
  return sites.flatMap(({ name }) =>
    siteKeys(name, tlsKeys).map((key, index) => ({ name: key, line: `tls/${name}`, inUse: index === 0, ...times })),
  );
}

function link({ sites, rotation }: Settings): KeyUse[] {
  if (sites.length < 2) return [];
  const { signs, believed } = rotation.linkAuthority;
  const authorities = [signs, ...believed].map((number, index) => ({
    name: linkAuthority(number),
    line: "ca",
    inUse: index === 0,
    ...SHARED,
    lingerSeconds: 0,
  }));
  const keys = sites.map(({ name }) => ({
    name: linkKey(name, rotation.link[name]),
    line: `link/${name}`,
    inUse: true,
    ...VOUCHED,
  }));
  return [...authorities, ...keys];
}

/** Each machine lets the next one in before it is used; a machine of one's own does when its owner has seen to it. */
function deploy({ sites, rotation }: Settings): KeyUse[] {
  if (sites.every(({ platform }) => platform === "local")) return [];
  return [rotation.deploy.uses, ...rotation.deploy.letIn].map((number, index) => ({
    name: deployKey(number),
    line: DEPLOY,
    inUse: index === 0,
    ...SHARED,
    lingerSeconds: 0,
  }));
}

/** The machine gets the next one over a connection that the last one has verified. */
function ssh({ sites, rotation }: Settings): KeyUse[] {
  return sites.filter(isMade).map(({ name }) => ({
    name: hostKeyName(name, rotation.ssh[name]),
    line: `ssh/${name}`,
    inUse: true,
    ...VOUCHED,
  }));
}

/** Bounces come back to addresses that the last secret signed for as long as such addresses are believed. */
function srs({ rotation }: Settings): KeyUse[] {
  const times = { ...SHARED, lingerSeconds: SRS_LIFETIME_DAYS * DAY_SECONDS };
  return srsSecrets(rotation.srs, rotation.srsBelieveLast).map((name) => ({
    name,
    line: "srs",
    inUse: name === srsSecret(rotation.srs),
    ...times,
  }));
}
