/** Docker's daemon gives root to whoever reaches it, and its settings say where it listens and what containers may do. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { filesOf, MACHINE } from "../read/machine.ts";
import { isFields } from "../read/values.ts";

const PATH = "/etc/docker/daemon.json";

/** They open nothing. `iptables` and `ip6tables` are Docker's own part of the firewall. */
const SETTINGS: ReadonlySet<string> = new Set([
  "bridge",
  "experimental",
  "live-restore",
  "log-driver",
  "log-level",
  "log-opts",
  "userland-proxy",
]);
const MUST_BE_ON: ReadonlySet<string> = new Set(["iptables", "ip6tables"]);

export const disallowUnknownDockerSetting: ResourceValidationPolicy = {
  name: "disallow-unknown-docker-setting",
  description: "Docker on a machine listens to nobody but the machine itself, and guards its containers' networks.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Let mailkeep write the daemon's settings, and take out what was added to them.",
  validateResource: (args, report) => {
    if (args.type !== MACHINE) return args.notApplicable("It is no machine.");
    for (const { content } of filesOf(args.props).filter(({ path }) => path === PATH))
      for (const problem of problemsOf(content)) report(`the machine ${args.name}: ${PATH} ${problem}.`);
  },
};

function problemsOf(content: string): string[] {
  const settings = parsed(content);
  if (!isFields(settings)) return ["is no group of settings in JSON; write it as mailkeep renders it"];
  return Object.entries(settings).flatMap(([name, value]) => {
    if (SETTINGS.has(name)) return [];
    const said = `has "${name}": ${JSON.stringify(value)}`;
    if (!MUST_BE_ON.has(name)) return [`${said}, which is not among what is known here; take it out`];
    return value === true ? [] : [`${said}, so that Docker guards no network; make it true`];
  });
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
