/** A tag can be moved to another image; a digest cannot. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { isLocal, stackOf } from "../read/stack.ts";
import { word } from "../read/values.ts";

interface Config {
  readonly byTag: readonly string[];
}

export const requireImageDigest: ResourceValidationPolicy = {
  name: "require-image-digest",
  description: "Beyond local stacks a workload names its image by digest.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      byTag: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Further stacks whose images are built where they run, so that a tag is enough.",
      },
    },
  },
  remediationSteps: "Name the image as `<name>@sha256:<digest>`.",
  validateResource: eachWorkload(({ service }, report, _, args) => {
    const stack = stackOf(args.urn);
    if (isLocal(stack) || args.getConfig<Config>().byTag.includes(stack)) return;
    const image = word(service["image"]);
    if (!/@sha256:[0-9a-f]{64}$/.test(image)) {
      report(`its image is ${image === "" ? "not named" : image}, which may change under its name; use name@sha256:….`);
    }
  }),
};
