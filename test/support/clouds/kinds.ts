/** The resources of the clouds that the program makes: what a cloud would tell of each, and what makes it another one. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Properties } from "../../../providers/stand-ins/protocol/values.ts";
import { cloudflareRecord, digitalOceanRecord, googleRecordSet, sameIpv6 } from "./normal.ts";

export interface CloudKind {
  /** Inputs that cannot change in place. @default none */
  readonly replacing?: readonly string[];
  /** Further ones that cannot change so. @throws Error for a change that the plugin refuses */
  readonly replacingFor?: (olds: Properties, news: Properties) => readonly string[];
  /** Whether an account has a name once. @default false */
  readonly unique?: boolean;
  /** Inputs that the cloud tells in a spelling of its own, once it was given them. @default as they were given */
  readonly told?: (inputs: Properties) => Properties;
  /** What is known once it is made. @param number the same for the same name, and for no other here */
  readonly outputs?: (inputs: Properties, number: number) => Properties;
  readonly id?: (number: number) => string;
}

/** By type token. Addresses are for documentation (RFC 5737, RFC 3849). */
export const CLOUD_KINDS: Readonly<Record<string, CloudKind>> = {
  "cloudflare:index/dnsRecord:DnsRecord": { replacing: ["zoneId", "type"], told: cloudflareRecord },
  "digitalocean:index/dnsRecord:DnsRecord": { replacing: ["domain", "type"], told: digitalOceanRecord },
  "digitalocean:index/droplet:Droplet": {
    replacing: ["image", "region", "userData", "sshKeys", "vpcUuid", "monitoring", "dropletAgent"],
    id: String,
    outputs: (_, number) => ({
      ipv4Address: `192.0.2.${(number % 250) + 1}`,
      ipv6Address: `2001:0DB8:0022:0000:0000:0000:0000:${(number % 0xffff).toString(16).toUpperCase().padStart(4, "0")}`,
      dropletUrn: `do:droplet:${number}`,
      status: "active",
    }),
  },
  "digitalocean:index/firewall:Firewall": {},
  "digitalocean:index/project:Project": { unique: true },
  "digitalocean:index/projectResources:ProjectResources": { replacing: ["project"] },
  "digitalocean:index/sshKey:SshKey": {
    replacing: ["publicKey"],
    outputs: (_, number) => ({ fingerprint: `aa:bb:${number}` }),
  },
  "digitalocean:index/tag:Tag": { replacing: ["name"] },
  "digitalocean:index/volume:Volume": {
    replacing: ["name", "region", "description", "initialFilesystemType", "initialFilesystemLabel"],
    unique: true,
    replacingFor: (olds, news) => {
      if (isSmaller(news, olds)) throw new Error("volumes `size` can only be expanded and not shrunk");
      return [];
    },
    outputs: (_, number) => ({ volumeUrn: `do:volume:${number}` }),
  },
  "digitalocean:index/volumeAttachment:VolumeAttachment": { replacing: ["dropletId", "volumeId"] },
  "digitalocean:index/vpc:Vpc": { replacing: ["region", "ipRange"], unique: true },
  "gcp:compute/address:Address": {
    replacing: [
      "name",
      "project",
      "region",
      "subnetwork",
      "addressType",
      "ipVersion",
      "ipv6EndpointType",
      "networkTier",
    ],
    unique: true,
    outputs: ({ ipVersion }, number) => ({
      address:
        ipVersion === "IPV6"
          ? `2001:db8:33:${(number % 0xffff).toString(16)}:0:0:0:0`
          : `203.0.113.${(number % 250) + 1}`,
    }),
  },
  "gcp:compute/disk:Disk": {
    replacing: ["name", "project", "zone", "type"],
    unique: true,
    replacingFor: (olds, news) => (isSmaller(news, olds) ? ["size"] : []),
    outputs: ({ name }) => ({ selfLink: `https://cloud.test/disks/${String(name)}` }),
  },
  "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment": {
    replacing: ["disk", "name", "project", "zone"],
  },
  "gcp:compute/firewall:Firewall": { replacing: ["name", "project", "direction"], unique: true },
  "gcp:compute/instance:Instance": {
    replacing: ["name", "project", "zone", "hostname", "bootDisk"],
    unique: true,
    // Of its interfaces all but these change in place.
    replacingFor: (olds, news) => {
      const [before, after] = [olds, news].map(externalIpv6);
      return before === undefined || after === undefined || sameIpv6(before, after) ? [] : ["networkInterfaces"];
    },
    outputs: (_, number) => ({ instanceId: String(number) }),
  },
  "gcp:compute/network:Network": { replacing: ["name", "project", "autoCreateSubnetworks"], unique: true },
  "gcp:compute/resourcePolicy:ResourcePolicy": { replacing: ["name", "project", "region"], unique: true },
  // Another range is another subnet, unless the new one has the old one in it.
  "gcp:compute/subnetwork:Subnetwork": {
    replacing: ["name", "project", "network", "region", "ipCidrRange"],
    unique: true,
  },
  "gcp:dns/managedZone:ManagedZone": {
    replacing: ["name", "project", "dnsName", "visibility"],
    outputs: () => ({ nameServers: ["ns1.dns.test.", "ns2.dns.test."] }),
  },
  "gcp:dns/recordSet:RecordSet": { replacing: ["managedZone", "name", "project"], told: googleRecordSet },
};

const interfacesSchema = z.array(
  z.looseObject({ ipv6AccessConfigs: z.array(z.looseObject({ externalIpv6: z.unknown() })).optional() }),
);

function externalIpv6({ networkInterfaces }: Properties): unknown {
  return interfacesSchema.safeParse(networkInterfaces).data?.[0]?.ipv6AccessConfigs?.[0]?.externalIpv6;
}

function isSmaller({ size }: Properties, { size: than }: Properties): boolean {
  return typeof size === "number" && typeof than === "number" && size < than;
}

/** A number of nine digits. */
export function numberOf(urn: string): number {
  return 100_000_000 + (createHash("sha256").update(urn).digest().readUInt32BE() % 900_000_000);
}
