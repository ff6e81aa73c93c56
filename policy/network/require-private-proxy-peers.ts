/** Whoever Dovecot believes a PROXY header from can claim any address, and is told so without a login. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isLoopbackNetwork, isPrivateNetwork } from "../read/address.ts";
import { dovecotSettings } from "../read/dovecot.ts";
import { eachWorkload, fileOf } from "../read/release.ts";

export const requirePrivateProxyPeers: ResourceValidationPolicy = {
  name: "require-private-proxy-peers",
  description: "Dovecot believes PROXY headers and forwarded logins from the site's own network alone.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Set `haproxy_trusted_networks` to the site's own network.",
  validateResource: eachWorkload((workload, report) => {
    const text = fileOf(workload, "dovecot.conf");
    if (text === undefined) return;
    for (const setting of ["haproxy_trusted_networks", "login_trusted_networks"] as const) {
      const networks = dovecotSettings(text, setting).flatMap(({ value }) => value.split(/[\s,]+/));
      for (const network of networks.filter((one) => one !== "" && !isLoopbackNetwork(one) && !isPrivateNetwork(one))) {
        report(
          `Dovecot's ${setting} has ${network}, from where anyone can claim any address; name the site's own network.`,
        );
      }
    }
  }),
};
