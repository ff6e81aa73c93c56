/** A file that no rule looks at may open a machine to anybody, and so may the command by which it is taken. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { filesOf, MACHINE, type MachineFile } from "../read/machine.ts";

interface Config {
  readonly paths: readonly string[];
}

const UNITS = "/etc/systemd/system";
const MAIL = "/etc/nullmailer";

/** What rules of these packs read, and what gives nobody anything. */
const FILES: ReadonlySet<string> = new Set([
  "/etc/nftables.conf",
  "/etc/ssh/sshd_config.d/00-mailkeep.conf",
  "/etc/ssh/sshd_config.d/01-mailkeep-keys.conf",
  "/etc/ssh/mailkeep_authorized_keys",
  "/etc/sysctl.d/60-mailkeep.conf",
  "/etc/systemd/journald.conf.d/mailkeep.conf",
  "/etc/apt/apt.conf.d/60mailkeep",
  "/etc/docker/daemon.json",
  "/etc/mailname",
  "/etc/ssl/mailkeep-ca.pem",
  ...["adminaddr", "defaultdomain", "defaulthost", "maxpause", "pausetime", "remotes", "sendtimeout"].map(
    (name) => `${MAIL}/${name}`,
  ),
  ...["mailkeep-containers.service", "mailkeep-grow.service", "mailkeep-grow.timer", "mailkeep-tell@.service"].map(
    (name) => `${UNITS}/${name}`,
  ),
  ...["docker", "containerd", "nftables"].map((name) => `${UNITS}/${name}.service.d/mailkeep-tell.conf`),
  `${UNITS}/nftables.service.d/mailkeep.conf`,
]);

/** Where the disk for mail belongs is in the unit's name. */
const MOUNT = /^\/etc\/systemd\/system\/([\w\\-]+\.mount)$/;

/** They have a service read its file again, and do nothing else. */
const COMMANDS: ReadonlySet<string> = new Set([
  "true",
  "sysctl --quiet --system",
  "systemctl daemon-reload",
  "systemctl restart systemd-journald",
  "systemctl reload-or-restart ssh",
  "sh -c systemctl enable --now nftables && systemctl reload nftables",
  "sh -c if systemctl --quiet is-active ssh.socket; then systemctl disable --now ssh.socket && systemctl enable ssh; fi && systemctl reload-or-restart ssh",
  "sh -c systemctl enable --quiet nullmailer && systemctl reset-failed nullmailer && systemctl restart nullmailer",
  "sh -c systemctl enable docker && systemctl restart docker",
  "sh -c systemctl daemon-reload && systemctl enable --now mailkeep-grow.timer",
  "sh -c systemctl daemon-reload && systemctl enable --now mailkeep-containers.service",
]);

const mountCommand = (unit: string): string =>
  `sh -c systemctl daemon-reload && systemctl enable ${unit} && { ! [ -e /dev/disk/by-label/mailkeep-mail ] || systemctl start ${unit}; }`;

export const disallowUnknownMachineFile: ResourceValidationPolicy = {
  name: "disallow-unknown-machine-file",
  description: "A machine is given no file, and runs no command to take one, that nobody has looked at.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: { paths: listOption("Further files that somebody has looked at, with their commands.") },
  },
  remediationSteps:
    "Take the file out, or see for yourself what it and its command do and name it under `paths` of this rule.",
  validateResource: (args, report) => {
    if (args.type !== MACHINE) return args.notApplicable("It is no machine.");
    const { paths } = args.getConfig<Config>();
    for (const file of filesOf(args.props)) {
      const problem = paths.includes(file.path) ? undefined : problemOf(file);
      if (problem !== undefined)
        report(`the machine ${args.name}: ${problem}; take it out, or look and list the file.`);
    }
  },
};

function problemOf({ path, apply }: MachineFile): string | undefined {
  const mount = MOUNT.exec(path)?.[1];
  if (mount === undefined && !FILES.has(path)) return `${path} is a file that no rule here reads`;
  const known = COMMANDS.has(apply) || (mount !== undefined && apply === mountCommand(mount));
  return known ? undefined : `${path} is taken by "${apply}", which is no command that is known here`;
}
