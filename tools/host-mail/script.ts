/** The script that gives a server its configuration. Pure, so that it can be read before it is run. */
import type { ClientFile, HostMailClient } from "../../components/host-mail/client.ts";
import { renderMsmtp } from "../../components/host-mail/msmtp.ts";
import { renderNullmailer } from "../../components/host-mail/nullmailer.ts";
import { renderPostfix } from "../../components/host-mail/postfix.ts";
import { literal } from "../../components/plan/text.ts";

/** What stands for a password that is not shown. */
export const PLACEHOLDER = "PUT-THE-PASSWORD-HERE";
const END = "END-OF-FILE";

interface Kind {
  readonly render: (client: HostMailClient) => readonly ClientFile[];
  readonly program: string;
  readonly packages: string;
  /** Lines that judge the files and have the daemon take them. */
  readonly take: readonly string[];
  readonly after: string;
}

const KINDS = {
  postfix: {
    render: renderPostfix,
    program: "postfix",
    packages: "postfix libsasl2-modules ca-certificates",
    take: ["postfix check", restart("postfix")],
    after: "What waits: mailq. What happened: journalctl -u postfix@-.",
  },
  nullmailer: {
    render: renderNullmailer,
    program: "nullmailer-send",
    packages: "nullmailer ca-certificates",
    take: [restart("nullmailer")],
    after:
      "What waits: mailq. What happened: journalctl -u nullmailer. What was refused lies in /var/spool/nullmailer/failed.",
  },
  msmtp: {
    render: renderMsmtp,
    program: "msmtp",
    packages: "msmtp msmtp-mta ca-certificates",
    take: ["msmtp --pretend < /dev/null > /dev/null"],
    after:
      "msmtp keeps no queue: what cannot be sent at once is an error of the program that sends it. Only root may send.",
  },
} as const satisfies Record<string, Kind>;

/** A program that hands a server's mail in. */
export type ClientKind = keyof typeof KINDS;
/** Names of those that there is a configuration for. */
export const CLIENTS: readonly string[] = Object.keys(KINDS);

/** Whether there is a configuration for a program of that name. */
export function isClient(text: string): text is ClientKind {
  return Object.hasOwn(KINDS, text);
}

/** What the script is made of. */
export interface ScriptArgs {
  readonly client: HostMailClient;
  readonly kind: ClientKind;
  /** Certificates of authorities that the server cannot know, PEM; put at the client's `caFile`. */
  readonly ca: string | undefined;
}

/** A shell script for root on the server; what is to be known beforehand is in its comments. */
export function hostMailScript({ client, kind, ca }: ScriptArgs): string {
  const { render, program, packages, take, after }: Kind = KINDS[kind];
  const files = [...(ca === undefined ? [] : [{ path: client.caFile, content: ca }]), ...render(client)];
  const hidden = client.password === PLACEHOLDER;
  return [
    "#!/bin/sh",
    `# Mail of ${client.host} by ${client.login}, for Debian 13. Run it as root on that server.`,
    ...(hidden ? [`# First put the password in place of ${PLACEHOLDER}; --show-password prints it there.`] : []),
    `# Its users send as ${client.sender.kind === "users" ? `<user>@${client.sender.domain}` : client.sender.address}; mail to them goes to ${client.to}.`,
    `# ${after}`,
    "# Then try: echo hello | sendmail root",
    "set -eu",
    `command -v ${program} > /dev/null || { echo "Install it first: apt-get install ${packages}" >&2; exit 1; }`,
    'put() { install -D -m "$2" -o "$3" /dev/stdin "$1"; }',
    ...files.flatMap(fileLines),
    ...take,
    "",
  ].join("\n");
}

function fileLines({ path, content, owner }: ClientFile): string[] {
  const text = literal(content);
  if (text.split("\n").includes(END)) throw new RangeError(`${path} has a line ${END} in it.`);
  return [`put ${path} ${owner === undefined ? "0644 root" : `0400 ${owner}`} <<'${END}'`, text.trimEnd(), END];
}

function restart(unit: string): string {
  return `if [ -d /run/systemd/system ]; then systemctl restart ${unit}; fi`;
}
