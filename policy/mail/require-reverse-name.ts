/** Many receivers refuse a server whose address does not lead back to its name. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { canonicalAddress, reverseName } from "../read/address.ts";
import { postfixOf } from "../read/postfix.ts";
import { reportOf } from "../read/release.ts";
import { forSystem } from "./system.ts";

interface Config {
  readonly keptByHand: readonly string[];
}

export const requireReverseName: StackValidationPolicy = {
  name: "require-reverse-name",
  description: "Each address that mail leaves from has one PTR record with the HELO name, which leads back to it.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      keptByHand: listOption("Addresses whose PTR record is kept outside of this stack."),
    },
  },
  remediationSteps:
    "Set the PTR record of the address to the HELO name (`myhostname`), and the name's A or AAAA to it. Where it is set at whoever gave you the address, do it there and name the address under `keptByHand` of this rule.",
  validateStack: forSystem(({ hosts, records, releases }, report, args) => {
    for (const release of releases) {
      for (const workload of release.workloads) {
        const parameter = postfixOf(workload)?.parameter ?? (() => "none");
        if ((parameter("smtp_helo_name") ?? parameter("myhostname")) === undefined)
          reportOf(
            workload,
            release,
            report,
          )("main.cf has no myhostname, so HELO says what the container is called; set it.");
      }
    }
    const byHand = args.getConfig<Config>().keptByHand.map(canonicalAddress);
    for (const { hostname, egress } of hosts) {
      for (const address of egress) {
        const names = records.at(reverseName(address), "PTR");
        if (!byHand.includes(address) && (names.length !== 1 || names[0] !== hostname)) {
          const found = names.length === 0 ? "no PTR record" : `the PTR record ${names.join(", ")}`;
          report(`${address} has ${found}, but the site says HELO ${hostname}; set it to that.`);
        }
        const type = address.includes(":") ? "AAAA" : "A";
        if (!records.at(hostname, type).map(canonicalAddress).includes(address)) {
          report(`${hostname} sends from ${address}, but has no ${type} record with it; add one.`);
        }
      }
    }
  }),
};
