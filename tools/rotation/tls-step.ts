/** The next step of a site's TLS key. Pure. */
import { tlsaName } from "../../components/dns/tlsa.ts";
import { siteKey } from "../../components/plan/keys.ts";
import { sitePorts } from "../../components/plan/ports.ts";
import { siteHostname } from "../../components/plan/zones-args.ts";
import type { Settings } from "../../components/settings/schema.ts";
import type { LedgerKeys } from "./ledger.ts";
import type { Step } from "./step.ts";
import { waiting, without } from "./waiting.ts";

/** A key is in TLSA before it serves, and stays there after it for as long as the site can go back to it. */
export function tlsStep(settings: Settings, site: string, keys: LedgerKeys): Step {
  const { serves, standby } = settings.tlsKeys.find((one) => one.site === site) ?? { serves: 1, standby: [] };
  const { last, next } = waiting(standby, (number) => siteKey(site, number), keys);
  const same = { kind: "tls", site, serves, standby } as const;
  if (last !== undefined)
    return {
      what: `take key ${last.of} out of TLSA`,
      done: `Key ${last.of} of ${site} is gone, and TLSA names key ${serves} alone.`,
      from: last.from,
      because: "the site can go back to it until then",
      change: { ...same, standby: without(standby, last.of) },
    };
  if (next !== undefined)
    return {
      what: `serve with key ${next.of}`,
      done: `${site} serves with key ${next.of}, and key ${serves} is in TLSA as well.`,
      from: next.from,
      because: `name servers may remember the TLSA records without key ${next.of} until then`,
      change: { ...same, serves: next.of, standby: [...without(standby, next.of), serves] },
      served: { name: tlsaOf(settings, site), form: "tlsa", key: siteKey(site, next.of) },
      certified: site,
    };
  const made = Math.max(serves, ...standby) + 1;
  return {
    what: `publish key ${made} in TLSA`,
    done: `TLSA names key ${made} of ${site} as well, which serves nobody yet.`,
    from: undefined,
    because: "",
    change: { ...same, standby: [...standby, made] },
  };
}

/** One of the site's TLSA records: its keys are at all of them. */
function tlsaOf(settings: Settings, name: string): string {
  const site = settings.sites.find((one) => one.name === name);
  const [port = 25] = Object.values(sitePorts(site?.roles ?? [], settings.imap143));
  return tlsaName(port, siteHostname({ name }, settings));
}
