/** A machine as golden files and the real checkers know it. */
import { createHash } from "node:crypto";
import { PUBLIC_CA_FILE } from "../../../components/host-mail/client.ts";
import type { CloudInitArgs } from "../../../components/platforms/cloud-init.ts";
import type { Exposure } from "../../../components/platforms/exposure.ts";
import { machineFiles } from "../../../components/platforms/machine-files.ts";
import type { MachineFilesArgs } from "../../../components/platforms/machine-files.ts";

export const EXPOSURE: Exposure = {
  ssh: { port: 22, from: { v4: ["203.0.113.64/28", "198.51.100.7/32"], v6: ["2001:db8:9::/48"] } },
  worldPorts: [25, 465, 587, 993],
  link: { port: 4433, from: ["203.0.113.12", "203.0.113.13"] },
};

/** Of the form of a key pair; no key has it. */
const KEY = "A".repeat(68);

/** Whole ones, which the programs that judge them must be able to read; the private halves are nobody's. */
const AUTHORIZED_KEYS = [`ssh-ed25519 ${publicBlob("stack")}`, `ssh-ed25519 ${publicBlob("ann")} ann`];

/** RFC 8709 section 4: the kind, then 32 octets, each with its length before it. */
function publicBlob(name: string): string {
  const kind = Buffer.from("ssh-ed25519");
  const key = createHash("sha256").update(name).digest();
  return Buffer.concat([kind, key].flatMap((part) => [Buffer.from([0, 0, 0, part.length]), part])).toString("base64");
}

export const MACHINE: MachineFilesArgs = {
  exposure: EXPOSURE,
  user: "mailkeep",
  authorizedKeys: AUTHORIZED_KEYS,
  mailFolder: "/srv/mail",
  rebootAt: "02:30",
  hostMail: {
    host: "alpha.mailkeep.test",
    servers: ["alpha.mailkeep.test", "bravo.mailkeep.test"],
    login: "hosts@home.test",
    password: [{ ref: "password", password: "machine/hosts@home.test" }],
    sender: { kind: "users", domain: "alpha.mailkeep.test" },
    to: "postmaster@home.test",
    caFile: PUBLIC_CA_FILE,
  },
};

export const FILES = machineFiles(MACHINE);

export const CLOUD_INIT: CloudInitArgs = {
  hostname: "alpha.mailkeep.test",
  user: "mailkeep",
  authorizedKeys: AUTHORIZED_KEYS,
  firstHostKey: {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${KEY}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `ssh-ed25519 ${KEY}`,
  },
  // No other machine is known yet.
  files: machineFiles({ ...MACHINE, exposure: { ...EXPOSURE, link: undefined }, hostMail: undefined }),
};
