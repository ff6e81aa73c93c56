/** What is in the environment shows in `docker inspect`, in every child process, and in many an error report. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload, fileOf } from "../read/release.ts";
import { fields, isFields, list, word, words } from "../read/values.ts";
import { isSecretName, isValue, secretIn } from "./secrets.ts";

export const disallowSecretInEnvironment: ResourceValidationPolicy = {
  name: "disallow-secret-in-environment",
  description: "No secret is in the environment, the command or a label of a workload.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Put it into `secretFiles`, and let the environment name the file.",
  validateResource: eachWorkload((workload, report) => {
    const { service } = workload;
    const keeper: unknown = JSON.parse(fileOf(workload, "keeper.json") ?? "{}");
    const variables = [
      ...pairs(service["environment"]),
      ...pairs(service["labels"]),
      ...pairs(fields(keeper)["environment"]),
    ];
    for (const [name, value] of variables) {
      const kind = secretIn(value) ?? (isSecretName(name) && isValue(value) ? "a value for it" : undefined);
      if (kind !== undefined)
        report(`${name} holds ${kind}, which everyone sees who lists processes; use a secret file.`);
    }
    for (const key of ["command", "entrypoint"] as const) {
      const text = [word(service[key]), ...words(service[key])].join(" ");
      const kind = secretIn(text) ?? (/--?(password|token|secret)[= ]\S/i.test(text) ? "a password" : undefined);
      if (kind !== undefined)
        report(`its ${key} holds ${kind}, which everyone sees who lists processes; use a secret file.`);
    }
  }),
};

/** A map, or a list of `NAME=value`. */
function pairs(value: unknown): [string, string][] {
  if (isFields(value)) return Object.keys(value).map((name) => [name, word(value[name])]);
  return list(value).map((one) => {
    const [name = "", ...rest] = word(one).split("=");
    return [name, rest.join("=")];
  });
}
