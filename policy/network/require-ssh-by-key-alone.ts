/** Who may reach SSH may try passwords there, unless it takes none. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { filesOf, MACHINE } from "../read/machine.ts";

/** The server reads them in the order of their names, and of each keyword the first value, sshd_config(5). */
const DROP_IN = /^\/etc\/ssh\/sshd_config\.d\/[^/]+\.conf$/;

/** What must be said: the server's own defaults let passwords in. */
const WANTED: ReadonlyMap<string, readonly string[]> = new Map([
  ["PasswordAuthentication", ["no"]],
  ["KbdInteractiveAuthentication", ["no"]],
  ["PermitEmptyPasswords", ["no"]],
  ["AuthenticationMethods", ["publickey"]],
  ["PermitRootLogin", ["no", "prohibit-password"]],
]);

/** What may be said besides; without a list, anything. */
const ALLOWED: ReadonlyMap<string, readonly string[] | undefined> = new Map<string, readonly string[] | undefined>([
  ...WANTED,
  ["AuthorizedKeysFile", ["/etc/ssh/mailkeep_authorized_keys"]],
  ["PubkeyAuthentication", ["yes"]],
  ["X11Forwarding", ["no"]],
  ["AllowAgentForwarding", ["no"]],
  ["AllowTcpForwarding", ["no"]],
  ["PermitTunnel", ["no"]],
  ["PermitUserEnvironment", ["no"]],
  ["Port", undefined],
  ["MaxAuthTries", undefined],
  ["LoginGraceTime", undefined],
  ["ClientAliveInterval", undefined],
]);

const BY_LOWER_CASE = new Map([...ALLOWED.keys()].map((name) => [name.toLowerCase(), name]));

export const requireSshByKeyAlone: ResourceValidationPolicy = {
  name: "require-ssh-by-key-alone",
  description: "The SSH server of each machine lets people in by keys that are named, and forwards nothing.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Let mailkeep write the server's settings, and add people's keys under `sshKeys`.",
  validateResource: (args, report) => {
    if (args.type !== MACHINE) return args.notApplicable("It is no machine.");
    const lines = filesOf(args.props)
      .filter(({ path }) => DROP_IN.test(path))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .flatMap(({ content }) => linesOf(content));
    for (const problem of [...lines.flatMap(unknown), ...unsaid(lines)])
      report(`the machine ${args.name}: its SSH server ${problem}.`);
  },
};

interface Line {
  readonly name: string;
  readonly value: string;
}

/** Keywords in any case, an equals sign or blanks, and quotes round a value. */
function linesOf(content: string): Line[] {
  return content
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, keyword = "", value = ""] = /^([^\s=]+)(?:\s*=\s*|\s+)?(.*)$/.exec(line) ?? [];
      return {
        name: BY_LOWER_CASE.get(keyword.toLowerCase()) ?? keyword,
        value: value.trim().replace(/^"(.*)"$/, "$1"),
      };
    });
}

/** Each line, for another one of the same keyword may count for somebody (`Match`). */
function unknown({ name, value }: Line): string[] {
  if (!ALLOWED.has(name)) return [`has "${name} ${value}", which is not among what is known here; take it out`];
  const values = ALLOWED.get(name);
  return values === undefined || values.includes(value)
    ? []
    : [`has "${name} ${value}"; make it ${values.join(" or ")}`];
}

function unsaid(lines: readonly Line[]): string[] {
  const said = new Set(lines.map(({ name }) => name));
  return [...WANTED]
    .filter(([name]) => !said.has(name))
    .map(([name, values]) => `is not told "${name} ${values.join(" or ")}", and its default is another; say so`);
}
