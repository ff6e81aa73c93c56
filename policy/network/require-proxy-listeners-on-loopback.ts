/** Who may speak the PROXY protocol to Postfix chooses the client's address, so only the edge next door may. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hostOf, mainParameter, type MasterService, parseMasterCf } from "../read/postfix.ts";
import { isLoopback } from "../read/publication.ts";
import { eachWorkload, fileOf } from "../read/release.ts";

/** Parameters that make a listener believe a PROXY header, by the command that reads them. */
const PROXY_PARAMETERS = {
  smtpd: "smtpd_upstream_proxy_protocol",
  postscreen: "postscreen_upstream_proxy_protocol",
} as const;

export const requireProxyListenersOnLoopback: ResourceValidationPolicy = {
  name: "require-proxy-listeners-on-loopback",
  description: "Postfix expects the PROXY protocol only on loopback addresses, where the edge alone can speak it.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Name the listener 127.0.0.1:<port> in master.cf, and let the edge reach it over the shared network stack.",
  validateResource: eachWorkload((workload, report) => {
    const master = fileOf(workload, "master.cf");
    if (master === undefined) return;
    const main = fileOf(workload, "main.cf") ?? "";
    for (const service of parseMasterCf(master).filter((one) => one.type === "inet" && expectsProxy(one, main))) {
      if (!isLoopback(hostOf(service.name))) {
        report(
          `master.cf has ${service.name} with the PROXY protocol, so anyone who reaches it can claim any address; ` +
            `name it 127.0.0.1:${service.name.slice(service.name.lastIndexOf(":") + 1)}.`,
        );
      }
    }
  }),
};

function expectsProxy({ command, options }: MasterService, main: string): boolean {
  const parameter = command === "smtpd" || command === "postscreen" ? PROXY_PARAMETERS[command] : undefined;
  if (parameter === undefined) return false;
  return (options.get(parameter) ?? mainParameter(main, parameter) ?? "") !== "";
}
