/** A tag can be moved to another image; a digest cannot, and neither can the id, which is the digest of an image on its host. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { eachWorkload } from "../read/release.ts";
import { isLocal, stackOf } from "../read/stack.ts";
import { word } from "../read/values.ts";

interface Config {
  readonly byTag: readonly string[];
}

export const requireImageDigest: ResourceValidationPolicy = {
  name: "require-image-digest",
  description: "Beyond local stacks a workload names its image by digest, or by id.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      byTag: listOption("Further stacks whose images are built where they run, so that a tag is enough."),
    },
  },
  remediationSteps: "Name the image as `<name>@sha256:<digest>`, or as `sha256:<id>` where it comes with the release.",
  validateResource: eachWorkload(({ service }, report, _, args) => {
    const stack = stackOf(args.urn);
    if (isLocal(stack) || args.getConfig<Config>().byTag.includes(stack)) return;
    const image = word(service["image"]);
    if (!/^([^@\s]+@)?sha256:[0-9a-f]{64}$/.test(image)) {
      report(
        `its image is ${image === "" ? "not named" : image}, which may change under its name; use name@sha256:… or sha256:….`,
      );
    }
  }),
};
