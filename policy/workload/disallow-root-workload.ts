/** What breaks out of a daemon should not be root, not even root of its container. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { eachWorkload } from "../read/release.ts";
import { word, words } from "../read/values.ts";

/** Each starts as root and gives its processes away: the master has to become several users. */
const EXCEPTIONS = {
  mx: "Postfix's master runs each service as the user it needs",
  submission: "Postfix's master runs each service as the user it needs",
  dovecot: "Dovecot's master runs logins, mail and its own processes as three users",
  outside: "OpenSMTPD, the foreign server of a local stack, delivers as another user",
} as const satisfies Readonly<Record<string, string>>;

interface Config {
  readonly exceptions: readonly string[];
}

export const disallowRootWorkload: ResourceValidationPolicy = {
  name: "disallow-root-workload",
  description: "A workload runs as a numeric user that is not root, but for the few that must start as root.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      exceptions: listOption("Workloads that may start as root.", Object.keys(EXCEPTIONS)),
    },
  },
  remediationSteps: "Give the workload a `uid` of its own in the plan's list of users.",
  validateResource: eachWorkload(({ name, service }, report, _, args) => {
    const { exceptions } = args.getConfig<Config>();
    const [user = "", group = user] = word(service["user"]).split(":");
    if (user === "") report("it names no user, so the image chooses, often root; set user to a number.");
    else if (!/^\d+$/.test(user) || !/^\d+$/.test(group))
      report(`its user is ${word(service["user"])}, a name that only the image knows; use a number.`);
    else if ((Number(user) === 0 || Number(group) === 0) && !exceptions.includes(name)) {
      report(`its user is ${word(service["user"])}, which is root; only ${exceptions.join(", ")} may start so.`);
    }
    const added = words(service["group_add"]).filter((one) => one === "0" || one === "root" || one === "docker");
    if (added.length > 0) report(`group_add has ${added.join(", ")}, a group with power; take it out.`);
  }),
};
