/** Daemons that the world talks to have no power over the host. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { CAPABILITIES } from "./allowed.ts";
import { eachWorkload } from "../read/release.ts";
import { list, word } from "../read/values.ts";

export const disallowPrivilegedWorkload: ResourceValidationPolicy = {
  name: "disallow-privileged-workload",
  description: "A workload is not privileged, drops all capabilities but listed ones, and keeps Docker's confinement.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Drop ALL capabilities and name only those of the plan's `Capability`; remove `privileged` and devices.",
  validateResource: eachWorkload(({ service }, report) => {
    const privileged = service["privileged"];
    // Compose takes texts such as "yes" for true.
    if (privileged !== undefined && privileged !== false)
      report(`privileged is ${JSON.stringify(privileged)}, which makes it root on the host; remove it.`);
    const dropped = list(service["cap_drop"]).map(capability);
    if (!dropped.includes("ALL")) report("it keeps Docker's default capabilities; set cap_drop to [ALL].");
    for (const added of list(service["cap_add"])
      .map(capability)
      .filter((name) => !CAPABILITIES.has(name))) {
      report(`cap_add has ${added}; only ${[...CAPABILITIES].join(", ")} may be kept.`);
    }
    for (const option of list(service["security_opt"])
      .map(word)
      .filter((text) => !text.startsWith("no-new-privileges"))) {
      // A profile of one's own allows what it likes, and `label:disable` leaves none.
      report(`security_opt has ${option}, which switches a protection off or puts another in its place; remove it.`);
    }
    if (list(service["devices"]).length > 0) report("it is given devices of the host; remove them.");
  }),
};

/** Docker takes a capability with or without its prefix, in either case. */
function capability(value: unknown): string {
  return word(value).toUpperCase().replace(/^CAP_/, "");
}
