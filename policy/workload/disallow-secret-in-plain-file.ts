/** A plain file is readable in the state, in previews, and by every user on the host. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { eachWorkload } from "../read/release.ts";
import { word } from "../read/values.ts";
import { secretIn } from "./secrets.ts";

interface Config {
  readonly harmless: readonly string[];
}

export const disallowSecretInPlainFile: ResourceValidationPolicy = {
  name: "disallow-secret-in-plain-file",
  description: "Private keys, passwords, hashes and tokens are in `secretFiles`, never in `files`.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      harmless: listOption("Files, as `workload/path`, that only look as if they held a secret."),
    },
  },
  remediationSteps: "Make the value a Pulumi secret; a text with one in it becomes a secret file by itself.",
  validateResource: eachWorkload(({ name, files }, report, _, args) => {
    const { harmless } = args.getConfig<Config>();
    for (const path of Object.keys(files).filter((one) => !harmless.includes(`${name}/${one}`))) {
      const kind = secretIn(word(files[path]));
      if (kind !== undefined) report(`its file ${path} holds ${kind}; move it to secretFiles.`);
    }
  }),
};
