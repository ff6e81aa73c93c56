/** What the pack cannot read may open anything, and no other rule would say so. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";

interface Config {
  readonly types: readonly string[];
}

/** Types of clouds that rules read, or that open nothing. */
const KNOWN: ReadonlySet<string> = new Set([
  "cloudflare:index/dnsRecord:DnsRecord",
  "digitalocean:index/dnsRecord:DnsRecord",
  "digitalocean:index/droplet:Droplet",
  "digitalocean:index/firewall:Firewall",
  "digitalocean:index/project:Project",
  "digitalocean:index/projectResources:ProjectResources",
  "digitalocean:index/sshKey:SshKey",
  "digitalocean:index/tag:Tag",
  "digitalocean:index/volume:Volume",
  "digitalocean:index/volumeAttachment:VolumeAttachment",
  "digitalocean:index/vpc:Vpc",
  "gcp:compute/address:Address",
  "gcp:compute/disk:Disk",
  "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
  "gcp:compute/firewall:Firewall",
  "gcp:compute/instance:Instance",
  "gcp:compute/network:Network",
  "gcp:compute/resourcePolicy:ResourcePolicy",
  "gcp:compute/subnetwork:Subnetwork",
  "gcp:dns/managedZone:ManagedZone",
  "gcp:dns/recordSet:RecordSet",
]);

/**
 * Packages without a network, and our own, which other rules read. No list of names tells what of all others opens something: a
 * container of Docker's, a command, a resource that a program defines for itself.
 */
const INSIDE: ReadonlySet<string> = new Set(["pulumi", "mailkeep", "compose", "ledger", "random", "tls"]);

export const disallowUnknownExposure: ResourceValidationPolicy = {
  name: "disallow-unknown-exposure",
  description: "Whatever a stack makes is of a type whose openings these rules can read, or that opens nothing.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      types: listOption(
        "Further types that somebody has looked at, such as `gcp:storage/bucket:Bucket`; `*` stands for anything.",
      ),
    },
  },
  remediationSteps:
    "Take the resource out, or see for yourself what it opens and name its type under `types` of this rule.",
  validateResource: (args, report) => {
    const { type, name } = args;
    if (KNOWN.has(type) || INSIDE.has(type.split(":")[0] ?? "")) return;
    if (args.getConfig<Config>().types.some((one) => formOf(one).test(type))) return;
    report(
      `${name} is of the type ${type}, and no rule here can read what that opens; take it out, or look and list the type.`,
    );
  },
};

function formOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
