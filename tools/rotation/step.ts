/** Which step comes next for each line of keys, and from when on. Pure. */
import type { DkimAlgorithm } from "../../components/dns/dkim.ts";
import { dkimLine, signedDomains, signingAlgorithms } from "../../components/plan/dkim.ts";
import { linkAuthority, linkKey } from "../../components/plan/keys.ts";
import { DEPLOY, hostKeyName, isMade } from "../../components/plan/machine.ts";
import { srsSecret } from "../../components/plan/srs.ts";
import type { KeyName } from "../../components/plan/text.ts";
import type { Settings } from "../../components/settings/schema.ts";
import type { LedgerKeys } from "./ledger.ts";
import { deployStep } from "./deploy-step.ts";
import { dkimStep } from "./dkim-step.ts";
import { after } from "./times.ts";
import { tlsStep } from "./tls-step.ts";
import { waiting, without } from "./waiting.ts";

/** What the settings say once a step has been taken. */
export type Change =
  | {
      readonly kind: "dkim";
      readonly domain: string;
      readonly algorithm: DkimAlgorithm;
      readonly selector: string;
      readonly standby: readonly string[];
      readonly retired: readonly string[];
    }
  | { readonly kind: "tls"; readonly site: string; readonly serves: number; readonly standby: readonly number[] }
  | { readonly kind: "ca"; readonly signs: number; readonly believed: readonly number[] }
  | { readonly kind: "link"; readonly site: string; readonly number: number }
  | { readonly kind: "ssh"; readonly site: string; readonly number: number }
  | { readonly kind: "deploy"; readonly uses: number; readonly letIn: readonly number[] }
  | { readonly kind: "srs"; readonly generation: number; readonly believeLast: boolean };

/** One step, in words and in what it changes. */
export interface Step {
  /** As in "the next step: …". */
  readonly what: string;
  /** What is then so. */
  readonly done: string;
  /** When it may be taken; undefined: at any time. */
  readonly from: Date | undefined;
  /** What it must not overtake, as in "…, because …". */
  readonly because: string;
  readonly change: Change;
  /** A record that must be served before. */
  readonly served?: { readonly name: string; readonly form: "dkim" | "tlsa"; readonly key: string };
  /** A key that owners of machines are to let in before the next step. */
  readonly toLetIn?: KeyName;
  /** The site that must have a certificate for its next key before. */
  readonly certified?: string;
}

/** What kind of key a line is of, as `rotate` is told it. */
export type Kind = Change["kind"];

/** Keys that follow one another. */
export interface Line {
  readonly kind: Kind;
  /** Its name in the ledger. */
  readonly name: string;
  /** The domain or site whose keys they are; absent where there is one line of its kind. */
  readonly owner?: string;
  /** Of a domain's lines of DKIM keys. */
  readonly algorithm?: DkimAlgorithm;
  /** What the command is told to mean it. */
  readonly options: string;
  readonly step: Step;
}

/** Every line of a stack with its next step. */
export function linesOf(settings: Settings, keys: LedgerKeys): readonly Line[] {
  const linked = settings.sites.length > 1;
  return [
    ...signedDomains(settings).flatMap(({ name }) =>
      signingAlgorithms(settings).map((algorithm): Line => ({
        kind: "dkim",
        name: dkimLine(name, algorithm),
        owner: name,
        algorithm,
        options: `dkim --domain ${name}`,
        step: dkimStep(settings, name, algorithm, keys),
      })),
    ),
    ...settings.sites.map(({ name }): Line => ({
      kind: "tls",
      name: `tls/${name}`,
      owner: name,
      options: `tls --site ${name}`,
      step: tlsStep(settings, name, keys),
    })),
    ...(linked ? [{ kind: "ca" as const, name: "ca", options: "ca", step: authorityStep(settings, keys) }] : []),
    ...settings.sites.flatMap(({ name }): Line[] =>
      linked
        ? [
            {
              kind: "link",
              name: `link/${name}`,
              owner: name,
              options: `link --site ${name}`,
              step: linkStep(settings, name),
            },
          ]
        : [],
    ),
    ...settings.sites.filter(isMade).map(({ name }): Line => ({
      kind: "ssh",
      name: `ssh/${name}`,
      owner: name,
      options: `ssh --site ${name}`,
      step: hostKeyStep(settings, name),
    })),
    ...(settings.sites.every(({ platform }) => platform === "local")
      ? []
      : [{ kind: "deploy" as const, name: DEPLOY, options: "deploy", step: deployStep(settings, keys) }]),
    { kind: "srs", name: "srs", options: "srs", step: srsStep(settings, keys) },
  ];
}

function authorityStep({ rotation }: Settings, keys: LedgerKeys): Step {
  const { signs, believed } = rotation.linkAuthority;
  const { last, next } = waiting(believed, linkAuthority, keys);
  const same = { kind: "ca", signs, believed } as const;
  if (last !== undefined)
    return {
      what: `believe authority ${last.of} no more`,
      done: `The sites believe authority ${signs} of the link alone.`,
      from: last.from,
      because: "certificates of it are in use until then",
      change: { ...same, believed: without(believed, last.of) },
    };
  if (next !== undefined)
    return {
      what: `have authority ${next.of} vouch for the sites`,
      done: `The sites have certificates of authority ${next.of} of the link, and believe authority ${signs} as well.`,
      from: next.from,
      because: "not every site believes it until then",
      change: { ...same, signs: next.of, believed: [...without(believed, next.of), signs] },
    };
  const made = Math.max(signs, ...believed) + 1;
  return {
    what: `believe authority ${made} as well`,
    done: `The sites believe authority ${made} of the link, which vouches for nobody yet.`,
    from: undefined,
    because: "",
    change: { ...same, believed: [...believed, made] },
  };
}

/** Who meets the new key believes the authority that has vouched for it, so nobody need be told before. */
function linkStep({ rotation }: Settings, site: string): Step {
  const number = (rotation.link[site] ?? 1) + 1;
  return {
    what: `give ${site} the key ${linkKey(site, number)}`,
    done: `${site} proves itself to the other sites with a new key; sessions over the link went on.`,
    from: undefined,
    because: "",
    change: { kind: "link", site, number },
  };
}

/** The machine gets it over a connection that its last one has verified, so nobody has to be told before. */
function hostKeyStep({ rotation }: Settings, site: string): Step {
  const number = (rotation.ssh[site] ?? 1) + 1;
  return {
    what: `give ${site}'s machine the SSH host key ${hostKeyName(site, number)}`,
    done: `${site}'s machine has a new SSH host key. Who logs in there by hand is told of another key, once: take the last one out of known_hosts.`,
    from: undefined,
    because: "",
    change: { kind: "ssh", site, number },
  };
}

/** The secret that comes next is believed all along. */
function srsStep({ rotation }: Settings, keys: LedgerKeys): Step {
  const { srs: generation, srsBelieveLast: believeLast } = rotation;
  const last = believeLast && generation > 1 ? keys[srsSecret(generation - 1)] : undefined;
  if (last?.usedUntil !== undefined)
    return {
      what: `forget secret ${generation - 1}`,
      done: `Secret ${generation - 1} is gone: addresses that it signed are no longer believed.`,
      from: after(last.usedUntil, last.lingerSeconds),
      because: "bounces may come to addresses that it signed until then",
      change: { kind: "srs", generation, believeLast: false },
    };
  return {
    what: `sign with secret ${generation + 1}`,
    done: `Secret ${generation + 1} signs the senders of forwards, and secret ${generation} is still believed.`,
    from: undefined,
    because: "",
    change: { kind: "srs", generation: generation + 1, believeLast: true },
  };
}
