/** Without a word of the domain's, any authority may issue a certificate for its names to whoever deceives it. */
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { PRODUCTION, type Production } from "../read/stack.ts";
import { word } from "../read/values.ts";
import { askedNames } from "./certificates.ts";
import { forSystem, type Records } from "./system.ts";

interface Config extends Production {
  readonly without: readonly string[];
}

export const requireCaaRecord: StackValidationPolicy = {
  name: "require-caa-record",
  description:
    "For each name that a site asks a certificate for, CAA records say which authority may issue it (RFC 8659). A stack that is not " +
    "in production may have none at all.",
  enforcementLevel: "mandatory",
  severity: "medium",
  configSchema: {
    properties: {
      ...PRODUCTION,
      without: listOption("Zones whose provider cannot hold CAA records, besides those at DigitalOcean."),
    },
  },
  remediationSteps:
    'Publish `CAA 0 issue "<authority>"` at the name. Where mailkeep does not know what the authority calls itself, set `acme.issuer`.',
  validateStack: forSystem((system, report, args) => {
    const { production, without } = args.getConfig<Config>();
    const { records, releases, resources, stack } = system;
    const any = records.all.some(({ type }) => type === "CAA");
    if (!production.includes(stack) && !any) return;
    const exempt = [...without, ...zonesAtDigitalOcean(resources)];
    const isExempt = (name: string): boolean =>
      exempt.some((zone) => `.${aliased(name, records)}`.endsWith(`.${zone}`));
    const names = [...new Set(releases.flatMap((release) => askedNames(release, resources)))];
    const missing = names.filter((name) => closestCaa(name, records) === undefined && !isExempt(name));
    if (!any && missing.length > 0)
      report(`no CAA record of this stack says who may certify ${missing.join(", ")}; publish them.`);
    for (const name of any ? missing : []) report(`${name} is certified, and no CAA record says by whom; publish one.`);
    for (const name of names) {
      const found = closestCaa(name, records);
      if (found !== undefined && !found.properties.some((one) => /^\d+ issue [^\s;]/.test(one)))
        report(`${name} is certified, and the CAA records at ${found.owner} let no authority issue; name one.`);
    }
  }),
};

interface Caa {
  readonly owner: string;
  readonly properties: readonly string[];
}

/** The set that counts: that of the name itself, or of the closest name above it, RFC 8659 section 3. */
function closestCaa(name: string, records: Records): Caa | undefined {
  const labels = name.split(".");
  const owners = labels.slice(0, -1).map((_, index) => aliased(labels.slice(index).join("."), records));
  const owner = owners.find((one) => records.at(one, "CAA").length > 0);
  return owner === undefined ? undefined : { owner, properties: records.at(owner, "CAA") };
}

/** Who asks for records of an alias gets those of its target. */
function aliased(name: string, records: Records): string {
  return records.at(name, "CNAME")[0] ?? name;
}

function zonesAtDigitalOcean(resources: readonly PolicyResource[]): readonly string[] {
  const records = resources.filter(({ type }) => type === "digitalocean:index/dnsRecord:DnsRecord");
  return [...new Set(records.map(({ props }) => word(props["domain"]).toLowerCase()))];
}
