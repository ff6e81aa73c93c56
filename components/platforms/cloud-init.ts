/**
 * User data for the first start of a machine, cloud-init's `#cloud-config`. Pure.
 *
 * Whatever runs on a machine can read its user data, and so can whoever may look at the cloud's project. So the one private
 * key in it is worth something only until the first contact: see {@link CloudInitArgs.firstHostKey}.
 */
import { stringify } from "yaml";
import { literal } from "../plan/text.ts";
import type { MachineFile } from "./machine-file.ts";
import { MAIL_LABEL } from "./mail-disk-files.ts";
import { PACKAGES } from "./machine-packages.ts";

/** A machine that is made, at its first start. */
export interface CloudInitArgs {
  /** The site's name, fully qualified. */
  readonly hostname: string;
  /** User that mailkeep logs in as, with sudo and without a password. */
  readonly user: string;
  /** Public keys of those who may log in until the SSH server knows of the file that names them. */
  readonly authorizedKeys: readonly string[];
  /**
   * Key pair that the machine shows at the first contact, which is thereby verified. mailkeep replaces it then, over that
   * connection, by one that was never in user data, and knows the machine by that one alone from then on.
   */
  readonly firstHostKey: { readonly privateKey: string; readonly publicKey: string };
  /** Without anything that is known only when machines are made. */
  readonly files: readonly MachineFile[];
  /** Disk that is given a file system for mail when it has none. @default the cloud does that */
  readonly emptyMailDisk?: string;
}

/** The whole user data. It has a private key in it: a secret. */
export function renderCloudInit(args: CloudInitArgs): string {
  const { hostname, user, files, firstHostKey } = args;
  const config = {
    hostname: hostname.split(".")[0],
    fqdn: hostname,
    prefer_fqdn_over_hostname: false,
    manage_etc_hosts: true,
    timezone: "Etc/UTC",
    ntp: { enabled: true },
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: firstHostKey.privateKey, ed25519_public: firstHostKey.publicKey },
    users: [
      {
        name: user,
        gecos: "mailkeep",
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: [...args.authorizedKeys],
      },
    ],
    ...(args.emptyMailDisk !== undefined && {
      // "auto" looks at what is there, and makes a file system on an empty disk alone. With "none" cloud-init looks at nothing,
      // whatever `overwrite` says: a machine that is made anew would begin by deleting all mail (cc_disk_setup.py, mkfs).
      fs_setup: [
        { label: MAIL_LABEL, filesystem: "ext4", device: args.emptyMailDisk, partition: "auto", overwrite: false },
      ],
    }),
    // Before the packages: so the firewall stands before anything listens, and Docker starts as it is to be.
    write_files: files.map(({ path, content }) => ({
      path,
      content: literal(content),
      owner: "root:root",
      permissions: "0644",
    })),
    package_update: true,
    package_upgrade: true,
    packages: [...PACKAGES],
    // Each is checked first: a file that is refused must not keep the others from being taken.
    runcmd: files.map(({ check, apply }) => [
      "sh",
      "-c",
      [...(check === undefined ? [] : [check]), apply].map(shell).join(" && "),
    ]),
  };
  // Python's reader knows YAML 1.1, where a site that is called `no` would be false and times are numbers.
  const text = stringify(config, { lineWidth: 0, version: "1.1" });
  return `#cloud-config\n# Written by mailkeep, for the first start of ${hostname} alone.\n${text}`;
}

/** A command as one line for a shell. */
function shell(words: readonly string[]): string {
  return words.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
