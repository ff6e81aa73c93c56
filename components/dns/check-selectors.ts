/** What must hold for the selectors of DKIM keys: a name has one record, and so one key. */
import { isDeepStrictEqual } from "node:util";
import type { DkimKeys } from "../settings/dkim-schema.ts";
import type { Problem } from "../settings/problem.ts";
import { dkimSchema } from "../settings/dkim-schema.ts";
import type { Settings } from "../settings/schema.ts";

/** Problems with selectors, of hosted domains and of the sites' own. */
export function checkSelectors(settings: Settings): Problem[] {
  const { domains, dkim } = settings;
  return [
    ...domains.flatMap((domain, index) => ofDomain(domain, `domains[${index}]`, dkim.ed25519)),
    ...ofDomain(dkim.infrastructure, "dkim.infrastructure", dkim.ed25519),
    ...keysOfHosted(settings),
  ];
}

interface Named {
  readonly path: string;
  readonly selector: string;
  readonly signs: boolean;
}

function ofDomain(keys: DkimKeys, owner: string, ed25519: boolean): Problem[] {
  const signing = (key: "dkimSelector" | "ed25519Selector"): Named => ({
    path: `${owner}.${key}`,
    selector: keys[key],
    signs: true,
  });
  const listed = (key: Exclude<keyof DkimKeys, "dkimSelector" | "ed25519Selector">): Named[] =>
    keys[key].map((selector, index) => ({ path: `${owner}.${key}[${index}]`, selector, signs: false }));
  const all = [
    signing("dkimSelector"),
    // Without Ed25519 its selector is a name that nobody uses.
    ...(ed25519 ? [signing("ed25519Selector"), ...listed("ed25519Standby")] : []),
    ...listed("dkimStandby"),
    ...listed("dkimRetired"),
    ...listed("ed25519Retired"),
  ];
  return [...repeated(all), ...(ed25519 ? [] : unused(listed("ed25519Standby")))];
}

function repeated(all: readonly Named[]): Problem[] {
  return all.flatMap(({ path, selector }, at) => {
    const first = all.find((one) => one.selector === selector);
    if (first === undefined || first === all[at]) return [];
    return [
      {
        path,
        got: `${selector}, which ${first.signs ? "signs" : "is listed before"}`,
        wanted: "selectors other than the one that signs, each once",
        fix: "take it out, or choose another",
      },
    ];
  });
}

function unused(standby: readonly Named[]): Problem[] {
  return standby.map(({ path, selector }) => ({
    path,
    got: selector,
    wanted: "nothing, for dkim.ed25519 is off",
    fix: "take it out, or set dkim.ed25519",
  }));
}

/** The entry under `domains` is the one that counts. */
function keysOfHosted({ domains, dkim, infrastructureDomain }: Settings): Problem[] {
  const index = domains.findIndex(({ name }) => name === infrastructureDomain);
  if (index < 0 || isDeepStrictEqual(dkim.infrastructure, dkimSchema.parse({}).infrastructure)) return [];
  return [
    {
      path: "dkim.infrastructure",
      got: "keys",
      wanted: `nothing, for ${infrastructureDomain} is hosted`,
      fix: `write them to domains[${index}]`,
    },
  ];
}
