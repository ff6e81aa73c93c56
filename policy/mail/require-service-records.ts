/** Mail programs that know an address alone find its servers by these records. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { forSystem, type Records } from "./system.ts";

interface Config {
  readonly elsewhere: readonly string[];
}

/** What each hosted domain offers, and the port that is for it: RFC 8314 section 3, RFC 6409. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ["_imaps._tcp", "993"],
  ["_submissions._tcp", "465"],
  ["_submission._tcp", "587"],
]);

export const requireServiceRecords: StackValidationPolicy = {
  name: "require-service-records",
  description:
    "Each hosted domain has SRV records for IMAP and submission that lead to a host with an address, at the ports that are for " +
    "them (RFC 6186, RFC 8314 section 5.1).",
  enforcementLevel: "mandatory",
  severity: "medium",
  configSchema: {
    properties: {
      elsewhere: listOption("Hosts whose addresses are in zones that this stack does not hold."),
    },
  },
  remediationSteps: "Publish SRV records at `_imaps._tcp`, `_submissions._tcp` and `_submission._tcp` of the domain.",
  validateStack: forSystem(({ domains, records }, report, args) => {
    const { elsewhere } = args.getConfig<Config>();
    for (const domain of domains) {
      for (const [service, port] of SERVICES) {
        const name = `${service}.${domain}`;
        const targets = records.at(name, "SRV");
        if (targets.length === 0) report(`${name} has no SRV record; publish one with the port ${port}.`);
        for (const target of targets) {
          const problem = problemOf(target, port, records, elsewhere);
          if (problem !== undefined) report(`the SRV record ${name} ${problem}.`);
        }
      }
    }
  }),
};

/** Data of an SRV record: priority, weight, port and target, RFC 2782. */
function problemOf(data: string, wanted: string, records: Records, elsewhere: readonly string[]): string | undefined {
  const [, , port = "", host = ""] = data.split(" ");
  if (host === "") return "says that the service is not there, and it is; name the host";
  if (port !== wanted) return `names port ${port}; use ${wanted}`;
  if (records.at(host, "CNAME").length > 0) return `leads to ${host}, which is an alias; name a host with addresses`;
  const known = records.at(host, "A").length > 0 || elsewhere.includes(host);
  return known ? undefined : `leads to ${host}, which has no A record; add one`;
}
