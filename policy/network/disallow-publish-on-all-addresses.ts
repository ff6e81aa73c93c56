/** A published port names its address; otherwise Docker opens it on every interface, past the host's firewall. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isEveryAddress, publications } from "../read/publication.ts";
import { eachWorkload } from "../read/release.ts";

export const disallowPublishOnAllAddresses: ResourceValidationPolicy = {
  name: "disallow-publish-on-all-addresses",
  description: "A release publishes a port on a named address, never on all addresses of the host.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Give the publication a `hostAddress` of its own, such as 127.0.1.1.",
  validateResource: eachWorkload((workload, report) => {
    for (const { address, text } of publications(workload).filter(({ address }) => isEveryAddress(address))) {
      const where = address === "" ? "without an address" : `on ${address}`;
      report(`it publishes ${text} ${where}, which opens it on every interface; name one address, such as 127.0.1.1.`);
    }
  }),
};
