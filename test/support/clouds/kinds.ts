/** The resources of the clouds that the program makes: what a cloud would tell of each, and what makes it another one. */
import { createHash } from "node:crypto";
import type { Properties } from "../../../providers/stand-ins/protocol/values.ts";

export interface CloudKind {
  /** Inputs that cannot change in place. @default none */
  readonly replacing?: readonly string[];
  /** What is known once it is made. @param number the same for the same name, and for no other here */
  readonly outputs?: (inputs: Properties, number: number) => Properties;
  readonly id?: (number: number) => string;
}

/** By type token. Addresses are for documentation (RFC 5737, RFC 3849). */
export const CLOUD_KINDS: Readonly<Record<string, CloudKind>> = {
  "cloudflare:index/dnsRecord:DnsRecord": { replacing: ["zoneId", "type"] },
  "digitalocean:index/dnsRecord:DnsRecord": { replacing: ["domain", "type"] },
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
  "digitalocean:index/project:Project": {},
  "digitalocean:index/projectResources:ProjectResources": { replacing: ["project"] },
  "digitalocean:index/sshKey:SshKey": {
    replacing: ["publicKey"],
    outputs: (_, number) => ({ fingerprint: `aa:bb:${number}` }),
  },
  "digitalocean:index/tag:Tag": { replacing: ["name"] },
  "digitalocean:index/volume:Volume": {
    replacing: ["name", "region", "description", "initialFilesystemType", "initialFilesystemLabel"],
    outputs: (_, number) => ({ volumeUrn: `do:volume:${number}` }),
  },
  "digitalocean:index/volumeAttachment:VolumeAttachment": { replacing: ["dropletId", "volumeId"] },
  "digitalocean:index/vpc:Vpc": { replacing: ["region", "ipRange"] },
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
    outputs: ({ ipVersion }, number) => ({
      address:
        ipVersion === "IPV6"
          ? `2001:db8:33:${(number % 0xffff).toString(16)}:0:0:0:0`
          : `203.0.113.${(number % 250) + 1}`,
    }),
  },
  "gcp:compute/disk:Disk": {
    replacing: ["name", "project", "zone", "type"],
    outputs: ({ name }) => ({ selfLink: `https://cloud.test/disks/${String(name)}` }),
  },
  "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment": {
    replacing: ["disk", "name", "project", "zone"],
  },
  "gcp:compute/firewall:Firewall": { replacing: ["name", "project", "direction"] },
  "gcp:compute/instance:Instance": {
    replacing: ["name", "project", "zone", "hostname", "bootDisk"],
    outputs: (_, number) => ({ instanceId: String(number) }),
  },
  "gcp:compute/network:Network": { replacing: ["name", "project", "autoCreateSubnetworks"] },
  "gcp:compute/resourcePolicy:ResourcePolicy": { replacing: ["name", "project", "region"] },
  "gcp:compute/subnetwork:Subnetwork": { replacing: ["name", "project", "network", "region"] },
  "gcp:dns/managedZone:ManagedZone": {
    replacing: ["name", "project", "dnsName", "visibility"],
    outputs: () => ({ nameServers: ["ns1.dns.test.", "ns2.dns.test."] }),
  },
  "gcp:dns/recordSet:RecordSet": { replacing: ["managedZone", "name", "project"] },
};

/** A number of nine digits. */
export function numberOf(urn: string): number {
  return 100_000_000 + (createHash("sha256").update(urn).digest().readUInt32BE() % 900_000_000);
}
