/** A daemon that complains a lot must not fill the disk that mail lies on. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { eachWorkload } from "../read/release.ts";
import { fields, word } from "../read/values.ts";

interface Config {
  readonly drivers: readonly string[];
}

export const requireBoundedLog: ResourceValidationPolicy = {
  name: "require-bounded-log",
  description: "A workload's log on the host is bounded in size.",
  enforcementLevel: "mandatory",
  severity: "medium",
  configSchema: {
    properties: {
      drivers: listOption("Log drivers that bound a log by themselves, or keep none on the host.", [
        "local",
        "journald",
        "syslog",
      ]),
    },
  },
  remediationSteps: "Set `logging` to json-file with `max-size` and `max-file`.",
  validateResource: eachWorkload(({ service }, report, _, args) => {
    const logging = fields(service["logging"]);
    const driver = word(logging["driver"]) || "json-file";
    if (args.getConfig<Config>().drivers.includes(driver)) return;
    const options = fields(logging["options"]);
    const [size, files] = [word(options["max-size"]), word(options["max-file"])];
    if (driver !== "json-file" || !/^[1-9]\d*[kmg]$/.test(size) || !(Number(files) >= 1)) {
      report(
        `its log (${driver}, max-size ${size || "not set"}, max-file ${files || "not set"}) may grow without end; bound it.`,
      );
    }
  }),
};
