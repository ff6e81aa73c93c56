/** What the machine of a site on platform `host` would get at its first start, and what clouds have besides: keys and a disk for mail. */
import { plan } from "../../components/plan/plan.ts";
import { literal } from "../../components/plan/text.ts";
import { renderCloudInit } from "../../components/platforms/cloud-init.ts";
import { authorizedKeysFiles } from "../../components/platforms/authorized-keys.ts";
import { mailDiskFiles } from "../../components/platforms/mail-disk-files.ts";
import { parseSettings } from "../../components/settings/read.ts";
import { hashPassword } from "../../components/directory/hash.ts";
import { USER, type KeyPair } from "../support/vm/machine.ts";
import { ADMIN, SSH_PORT, WORLD } from "../support/vm/network.ts";

const HOSTNAME = "alpha.machine.test";
const ANN = "ann@home.test";

/** Where the disk for mail belongs. */
export const MAIL_FOLDER = "/srv/mail";

/**
 * @param address where SSH reaches it
 * @param emptyMailDisk the device of a disk without anything on it
 */
export function userData(
  address: string,
  keys: Readonly<Record<"first" | "host" | "deploy", KeyPair>>,
  emptyMailDisk: string,
): string {
  const [site] = plan("machine", parseSettings(settings(address, keys.host.publicKey))).sites;
  const own = [...authorizedKeysFiles([keys.deploy.publicKey]), ...mailDiskFiles(MAIL_FOLDER)];
  const files = [...(site?.machine?.files ?? []), ...own];
  return renderCloudInit({
    hostname: HOSTNAME,
    user: USER,
    authorizedKeys: [keys.deploy.publicKey],
    firstHostKey: keys.first,
    emptyMailDisk,
    files: files.map((file) => ({ ...file, content: literal(file.content) })),
  });
}

function settings(address: string, hostKey: string): Readonly<Record<string, unknown>> {
  return {
    infrastructureDomain: "machine.test",
    sshFrom: { v4: [`${ADMIN.others}/32`], v6: [] },
    sites: [
      {
        name: "alpha",
        number: 1,
        platform: "host",
        roles: ["mx", "submission", "maildrop"],
        addresses: { v4: WORLD.machine },
        ssh: { address, port: SSH_PORT, user: USER, hostKey },
      },
    ],
    domains: [{ name: "home.test" }],
    dnsZones: ["machine.test", "home.test"].map((name) => ({ name, provider: "print" })),
    mailboxes: [{ address: ANN }],
    aliases: ["postmaster", "hostmaster", "abuse"].map((role) => ({ address: `${role}@home.test`, targets: [ANN] })),
    passwordHashes: { [ANN]: hashPassword("a-password-of-a-test") },
    acme: { directory: "https://acme.machine.test/directory", email: ANN },
  };
}
