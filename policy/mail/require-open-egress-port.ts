/** Clouds that let no mail out: what is sent directly from there waits in the queue until it goes back to its sender. */
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { list, word } from "../read/values.ts";
import { forSystem } from "./system.ts";

/** The tag of a droplet whose owner says that port 25 is open for the account. */
const CONFIRMED = "mailkeep-egress-port-25-confirmed";

interface Machine {
  readonly hostname: string;
  /** Why no mail leaves it directly, and what to do; undefined where it may. */
  readonly closed: string | undefined;
}

const READERS: Readonly<Record<string, (props: PolicyResource["props"]) => Machine>> = {
  "digitalocean:index/droplet:Droplet": ({ name, tags }) => ({
    hostname: word(name).toLowerCase(),
    closed: list(tags).some((tag) => word(tag) === CONFIRMED)
      ? undefined
      : "DigitalOcean keeps port 25 closed for new accounts; have it opened and say egressPort25: confirmed, or send by another way",
  }),
  "gcp:compute/instance:Instance": ({ hostname }) => ({
    hostname: word(hostname).toLowerCase(),
    closed: "Google Cloud never lets mail out on port 25; send by another site or by a relay",
  }),
};

export const requireOpenEgressPort: StackValidationPolicy = {
  name: "require-open-egress-port",
  description: "No site sends mail directly from a machine whose cloud has port 25 closed.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Give the site other ways out (`egress`): via another site, or a relay. At DigitalOcean port 25 can be opened: then set `egressPort25: confirmed`.",
  validateStack: forSystem(({ resources, hosts }, report) => {
    const machines = resources.flatMap(({ type, props }) => READERS[type]?.(props) ?? []);
    for (const { hostname } of hosts.filter(({ egress }) => egress.length > 0)) {
      const closed = machines.find((machine) => machine.hostname === hostname)?.closed;
      if (closed !== undefined) report(`${hostname} sends mail directly, and ${closed}.`);
    }
  }),
};
