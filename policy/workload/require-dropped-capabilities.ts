/** Root of a container without capabilities can do little; with Docker's defaults it can do much. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { eachWorkload } from "../read/release.ts";
import { word, words } from "../read/values.ts";

interface Config {
  readonly capabilities: readonly string[];
}

export const requireDroppedCapabilities: ResourceValidationPolicy = {
  name: "require-dropped-capabilities",
  description: "A workload drops all capabilities, and a workload that is not root adds none back.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      capabilities: listOption("What a workload that does not start as root may keep.", ["NET_BIND_SERVICE"]),
    },
  },
  remediationSteps: "Set `cap_drop: [ALL]`, and add capabilities only to a workload that starts as root.",
  validateResource: eachWorkload(({ service }, report, _, args) => {
    const dropped = words(service["cap_drop"]).map(capability);
    if (!dropped.includes("ALL")) report("it keeps Docker's default capabilities; set cap_drop to [ALL].");
    const { capabilities } = args.getConfig<Config>();
    const isRoot = /^0+(:|$)/.test(word(service["user"]));
    const added = words(service["cap_add"])
      .map(capability)
      .filter((one) => !capabilities.includes(one));
    if (!isRoot && added.length > 0) {
      report(`it does not start as root and yet adds ${added.join(", ")}; take it out of cap_add.`);
    }
  }),
};

/** Docker takes a capability with or without its prefix, in either case. */
function capability(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, "");
}
