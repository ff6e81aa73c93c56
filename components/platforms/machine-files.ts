/** The files that make a Debian 13 machine a safe place for a site. Pure: the same for a new machine and one that is there. */
import type { HostMailClient } from "../host-mail/client.ts";
import { renderNullmailer } from "../host-mail/nullmailer.ts";
import type { Text } from "../plan/text.ts";
import { authorizedKeysFiles } from "./authorized-keys.ts";
import { dockerFiles } from "./docker-files.ts";
import type { Exposure } from "./exposure.ts";
import { HEAD, type MachineFile } from "./machine-file.ts";
import { mailDiskFiles } from "./mail-disk-files.ts";
import { renderNftables } from "./nftables.ts";
import { troubleMail } from "./trouble-mail.ts";

/** What a machine's files follow from. */
export interface MachineFilesArgs {
  /** What of it may be reached: its own firewall, and where SSH listens. */
  readonly exposure: Exposure;
  /** User that mailkeep logs in as. */
  readonly user: string;
  /** Public keys that open it, each in one line of OpenSSH's form; undefined where its owner sees to that. */
  readonly authorizedKeys?: readonly Text[] | undefined;
  /** Folder where the disk for mail belongs; undefined where there is none. */
  readonly mailFolder: string | undefined;
  /** Time of day when an upgrade that needs it restarts the machine, such as `02:30`. Sites differ in it. */
  readonly rebootAt: string;
  /** How its own mail leaves; without it mail to root stays on the machine. */
  readonly hostMail?: HostMailClient | undefined;
}

/**
 * Debian's unit flushes all rules when it stops, Docker's among them, and an upgrade of its package restarts it: nobody would
 * reach a container any more. The file that it loads replaces its own table and nothing else.
 */
const NFTABLES_UNIT = `${HEAD}[Service]
ExecStop=
`;

const NO_SOCKET =
  "if systemctl --quiet is-active ssh.socket; then systemctl disable --now ssh.socket && systemctl enable ssh; fi && ";

/** In the order in which they are put: the firewall before anything is opened, Docker when the rest is in place. */
export function machineFiles(args: MachineFilesArgs): readonly MachineFile[] {
  return [
    {
      path: "/etc/systemd/system/nftables.service.d/mailkeep.conf",
      content: NFTABLES_UNIT,
      apply: ["systemctl", "daemon-reload"],
    },
    {
      path: "/etc/nftables.conf",
      content: renderNftables(args.exposure),
      check: ["nft", "--check", "--file", "/etc/nftables.conf"],
      apply: ["sh", "-c", "systemctl enable --now nftables && systemctl reload nftables"],
    },
    {
      path: "/etc/ssh/sshd_config.d/00-mailkeep.conf",
      content: sshd(args),
      check: ["sh", "-c", "mkdir -p /run/sshd && sshd -t"],
      // Where systemd listens for it (ssh.socket), the port would be that of a file of systemd's, and a reload would fail.
      apply: ["sh", "-c", `${NO_SOCKET}systemctl reload-or-restart ssh`],
    },
    ...(args.authorizedKeys === undefined ? [] : authorizedKeysFiles(args.authorizedKeys)),
    { path: "/etc/sysctl.d/60-mailkeep.conf", content: SYSCTL, apply: ["sysctl", "--quiet", "--system"] },
    {
      path: "/etc/systemd/journald.conf.d/mailkeep.conf",
      content: JOURNALD,
      apply: ["systemctl", "restart", "systemd-journald"],
    },
    { path: "/etc/apt/apt.conf.d/60mailkeep", content: upgrades(args), apply: ["true"] },
    ...(args.hostMail === undefined ? [] : [...hostMailFiles(args.hostMail), ...troubleMail()]),
    ...(args.mailFolder === undefined ? [] : mailDiskFiles(args.mailFolder)),
    ...dockerFiles(),
  ];
}

function sshd({ user, exposure }: MachineFilesArgs): string {
  return `${HEAD}Port ${exposure.ssh.port}
PubkeyAuthentication yes
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin ${user === "root" ? "prohibit-password" : "no"}
PermitEmptyPasswords no
X11Forwarding no
AllowAgentForwarding no
AllowTcpForwarding no
PermitTunnel no
PermitUserEnvironment no
MaxAuthTries 3
LoginGraceTime 30
ClientAliveInterval 60
`;
}

/** Forwarding is what Docker needs. Addresses by router advertisement must go on being taken with it. */
const SYSCTL = `${HEAD}net.ipv4.ip_forward = 1
net.ipv6.conf.all.forwarding = 1
net.ipv6.conf.all.accept_ra = 2
net.ipv6.conf.default.accept_ra = 2

net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv4.tcp_syncookies = 1
net.core.somaxconn = 1024

kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
kernel.unprivileged_bpf_disabled = 1
kernel.yama.ptrace_scope = 1
fs.protected_fifos = 2
fs.protected_regular = 2
fs.suid_dumpable = 0

# A mail server that swaps is worse than one that is started again.
vm.swappiness = 10
`;

const JOURNALD = `${HEAD}[Journal]
Storage=persistent
SystemMaxUse=500M
SystemKeepFree=1G
MaxRetentionSec=1month
`;

/** Its sender reads them all at its start. systemd refuses a sixth start within ten seconds unless it is told to forget. */
function hostMailFiles(client: HostMailClient): MachineFile[] {
  const steps = ["enable --quiet nullmailer", "reset-failed nullmailer", "restart nullmailer"];
  const apply = ["sh", "-c", steps.map((step) => `systemctl ${step}`).join(" && ")];
  const authority = client.ca === undefined ? [] : [{ path: client.caFile, content: client.ca }];
  return [...authority, ...renderNullmailer(client)].map((file) => ({ ...file, apply }));
}

function upgrades({ rebootAt, hostMail }: MachineFilesArgs): string {
  const slashes = HEAD.replace("#", "//");
  return `${slashes}APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
Unattended-Upgrade::Origins-Pattern {
    "origin=Debian,codename=\${distro_codename},label=Debian";
    "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security";
};
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
// For a new kernel. Each site has a time of its own, so that two are never away at once.
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "${rebootAt}";
${hostMail === undefined ? "" : MAIL_OF_UPGRADES}`;
}

const MAIL_OF_UPGRADES = `// Somebody is told of what was changed, and of what could not be.
Unattended-Upgrade::Mail "root";
Unattended-Upgrade::MailReport "on-change";
`;
