/** A volume of kind `state` goes with its release; mail must not. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { forRelease } from "../read/release.ts";

interface Config {
  readonly volumes: readonly string[];
}

export const requireProtectedMailVolume: ResourceValidationPolicy = {
  name: "require-protected-mail-volume",
  description: "Volumes of mail, queues and the directory are of kind `mail`, which outlives the release.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      volumes: listOption("Names of volumes that hold what cannot be made again; `*` stands for anything.", [
        "mail",
        "queue-*",
        "directory",
      ]),
    },
  },
  remediationSteps: "Give the volume the kind `mail`.",
  validateResource: forRelease(({ project, volumes }, report, args) => {
    const forms = args.getConfig<Config>().volumes.map((name) => new RegExp(`^${name.replaceAll("*", ".*")}$`));
    for (const [name, kind] of volumes) {
      if (kind !== "mail" && forms.some((form) => form.test(name))) {
        report(`${project}: the volume ${name} is of kind ${kind}, which goes with the release; make it mail.`);
      }
    }
  }),
};
