/** The keys of sites that are machines of their own: any host by SSH, and what the clouds make. */
import { z } from "zod";
import { written } from "./forms.ts";
import { canonicalIpv6 } from "./ipv6.ts";
import { canonicalPrefix } from "./prefix.ts";

const sshPublicKey = written(
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,}={0,2}( [^\n]*)?$/,
  "an SSH public key in one line, such as ssh-ed25519 AAAA…",
);
/** Without a comment, for it is compared and written into files of another form. */
export const sshHostKey = written(
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,}={0,2}$/,
  "an SSH public key without a comment, such as ssh-ed25519 AAAA…",
);
const sshUser = written(/^[a-z_][a-z0-9_-]{0,31}$/, "a user name: lower-case letters, digits, _ or -");
const sshAddress = written(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/, "an address or a host name");
const slug = written(/^[a-z0-9][a-z0-9._-]{0,62}$/, "a name of the provider's: lower-case letters, digits, -, _ or .");
/** Where a droplet is made. */
export const region = written(/^[a-z]{3}[1-9][0-9]*$/, "a region of DigitalOcean, such as fra1");
/** Where an instance is made. */
export const zone = written(/^[a-z]+-[a-z]+[0-9]+-[a-z]$/, "a zone of Google Cloud, such as europe-west3-a");
/** Whose an instance is. */
export const project = written(
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  "a project of Google Cloud: 6 to 30 letters, digits or hyphens",
);
const image = written(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/, "the name of an image of Debian 13");

const diskGiB = z.int().min(10).max(16_000).default(20);
const DISK = "Size of the disk for mail, in GiB. It is protected, and outlives the machine.";

const number = z
  .int()
  .min(1)
  .max(50)
  .describe(
    "Number of the site, which no other one has; it keeps it for life, since its inner networks follow from it.",
  );

/** Groups of keys for each platform, with the keys that every site has. */
export function platformSchemas<Common extends z.ZodRawShape>(common: Common) {
  return [
    z.strictObject({
      ...common,
      platform: z.literal("host").describe("`host`: any machine with Debian 13 that is reached by SSH."),
      number,
      addresses: z
        .strictObject({
          v4: z.ipv4("an IPv4 address, such as 198.51.100.11").describe("IPv4 address."),
          v6: z
            .ipv6("an IPv6 address, such as 2001:db8:100::11")
            .overwrite(canonicalIpv6)
            .optional()
            .describe("IPv6 address; without it the site does no IPv6."),
        })
        .describe("The addresses that the world knows the machine by. It must have them on an interface."),
      ssh: z
        .strictObject({
          address: sshAddress.optional().describe("Where SSH is reached. Without it: `addresses.v4`."),
          port: z.int().min(1).max(65_535).default(22).describe("Port of SSH."),
          user: sshUser
            .default("root")
            .describe("User to log in as: root, or one who may use sudo without a password."),
          hostKey: sshHostKey.describe(
            "The machine's public host key, as `cat /etc/ssh/ssh_host_ed25519_key.pub` shows it there.",
          ),
        })
        .describe("How the machine is reached. The first `up` says which key has to open it."),
    }),
    z.strictObject({
      ...common,
      platform: z
        .literal("digitalocean-droplet")
        .describe("`digitalocean-droplet`: a virtual machine of DigitalOcean."),
      number,
      region: region.describe("Region, such as fra1."),
      size: slug.default("s-1vcpu-2gb").describe("Size of the droplet."),
      image: image
        .default("debian-13-x64")
        .describe("Image that it is made from; a change does not touch one that is there."),
      mailDiskGiB: diskGiB.describe(
        `${DISK} DigitalOcean makes no snapshots of it by a schedule: make them in its control panel, before what you are afraid of.`,
      ),
      egressPort25: z
        .literal("confirmed")
        .optional()
        .describe(
          "`confirmed`: DigitalOcean has opened port 25 for the account, so that mail can leave directly. It is closed for new ones, " +
            "and opened when support is asked. `npm run mailkeep -- preflight` tries it.",
        ),
    }),
    z.strictObject({
      ...common,
      platform: z.literal("gcp-instance").describe("`gcp-instance`: a virtual machine of Google Cloud."),
      number,
      project: project.describe("Project of Google Cloud."),
      zone: zone.describe("Zone, such as europe-west3-a."),
      machineType: slug.default("e2-small").describe("Type of the machine."),
      image: image
        .default("debian-cloud/debian-13")
        .describe("Image that it is made from; a change does not touch one that is there."),
      mailDiskGiB: diskGiB.describe(`${DISK} A snapshot is made every night, and kept for two weeks.`),
    }),
  ] as const;
}

/** A network by IPv4. */
export const prefix4 = z
  .cidrv4("an IPv4 prefix, such as 203.0.113.0/28")
  .overwrite(canonicalPrefix)
  .meta({ allowed: "IPv4 prefixes" });
/** A network by IPv6. */
export const prefix6 = z
  .cidrv6("an IPv6 prefix, such as 2001:db8:1::/48")
  .overwrite(canonicalPrefix)
  .meta({ allowed: "IPv6 prefixes" });

/** The settings' `sshFrom`. */
export const sshFromSchema = z.strictObject({
  v4: z.array(prefix4).default([]).describe("IPv4 prefixes."),
  v6: z.array(prefix6).default([]).describe("IPv6 prefixes."),
});

/** The settings' `sshKeys`. */
export const sshKeysSchema = z.array(sshPublicKey).default([]);
