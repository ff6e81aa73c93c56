/** A sender needs an address, and one that speaks only IPv6 needs that. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { canonicalAddress } from "../read/address.ts";
import { ownAddresses } from "../read/own-addresses.ts";
import { forSystem, type Records } from "./system.ts";

interface Config {
  readonly elsewhere: readonly string[];
}

export const requireMxTargetAddress: StackValidationPolicy = {
  name: "require-mx-target-address",
  description:
    "Each MX target has an A record, and an AAAA record where its site sends by IPv6, with addresses of sites alone.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      elsewhere: listOption("MX targets whose addresses are in zones that this stack does not hold."),
    },
  },
  remediationSteps: "Add the missing A or AAAA record to the zone of the host.",
  validateStack: forSystem(({ domains, hosts, records, resources }, report, args) => {
    const { elsewhere } = args.getConfig<Config>();
    const own = new Set([...hosts.flatMap(({ addresses }) => addresses), ...ownAddresses(resources)]);
    const targets = new Set(domains.flatMap((domain) => records.at(domain, "MX")));
    for (const target of [...targets].filter((one) => !elsewhere.includes(one))) {
      const egress = hosts.filter(({ hostname }) => hostname === target).flatMap((host) => host.egress);
      if (records.at(target, "A").length === 0) report(`the MX target ${target} has no A record; add one.`);
      const wanted = egress.filter((address) => address.includes(":"));
      for (const address of foreign(target, own, records))
        report(
          `the MX target ${target} has the address ${address}, which is no site's, so mail goes there too; take it out.`,
        );
      if (wanted.length > 0 && records.at(target, "AAAA").length === 0) {
        report(`the MX target ${target} has no AAAA record, though its site sends from ${wanted.join(", ")}; add one.`);
      }
    }
  }),
};

/** Addresses of a name that no machine of this stack has. */
function foreign(name: string, own: ReadonlySet<string>, { at }: Records): readonly string[] {
  return [...at(name, "A"), ...at(name, "AAAA")].filter((address) => !own.has(canonicalAddress(address)));
}
