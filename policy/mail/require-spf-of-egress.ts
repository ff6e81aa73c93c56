/** SPF must name just the addresses that mail leaves from: one that is missing is refused, one too many may forge. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { canonicalAddress } from "../read/address.ts";
import { meaningOf, spfTexts } from "./spf.ts";
import { forSystem } from "./system.ts";

interface Config {
  readonly otherSenders: readonly string[];
}

export const requireSpfOfEgress: StackValidationPolicy = {
  name: "require-spf-of-egress",
  description:
    "The SPF record of each domain and HELO name has the addresses that its mail leaves from, and no others but for relays.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      otherSenders: listOption(
        "Addresses, networks and included names that may send for the domains besides the sites.",
      ),
    },
  },
  remediationSteps: "Make the SPF record of `smtp_bind_address` and `smtp_bind_address6` of the sites that send.",
  validateStack: forSystem(({ domains, hosts, records }, report, args) => {
    const others = args.getConfig<Config>().otherSenders.map(canonicalAddress);
    for (const { hostname, unbound } of hosts) {
      for (const name of unbound)
        report(
          `${hostname} sends from whatever address its machine chooses, for ${name} is not set; set it to one that SPF names.`,
        );
    }
    const everywhere = [...new Set(hosts.flatMap(({ egress }) => egress))];
    const relays = [...new Set(hosts.flatMap((host) => host.relays))];
    const wanted = [
      ...domains.map((name) => ({ name, egress: everywhere, relays })),
      ...hosts
        .filter(({ hostname }) => !domains.includes(hostname))
        // A relay says its own name.
        .map(({ hostname, egress }) => ({ name: hostname, egress, relays: [] })),
    ];
    for (const { name, egress, relays: through } of wanted.filter((one) => spfTexts(records, one.name).length > 0)) {
      const { senders, elsewhere } = meaningOf(records, name);
      for (const address of egress.filter((one) => !senders.includes(one))) {
        report(`the SPF record of ${name} lacks ${address}, which its mail leaves from; add it.`);
      }
      const strange = [...senders, ...elsewhere].filter((one) => !egress.includes(one) && !others.includes(one));
      if (through.length > 0) {
        // Where a relay sends from is known to its operator alone.
        if (strange.length > 0) continue;
        report(
          `the SPF record of ${name} has nothing for mail that leaves by ${through.join(", ")}; add what it sends from.`,
        );
      }
      for (const sender of new Set(strange)) {
        report(
          `the SPF record of ${name} lets ${sender} send, which no site does; take it out, or list it as otherSenders.`,
        );
      }
    }
  }),
};
