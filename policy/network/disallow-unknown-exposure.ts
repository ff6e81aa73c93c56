/** What the pack cannot read may open anything, and no other rule would say so. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { fields, list, word } from "../read/values.ts";

interface Config {
  readonly types: readonly string[];
}

/** Of these clouds all is known that may be made: rules read what it opens, or it opens nothing. */
const CLOUDS: ReadonlySet<string> = new Set(["cloudflare", "digitalocean", "gcp"]);
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

/** Packages without a network, and our own, which other rules read. */
const INSIDE: ReadonlySet<string> = new Set(["pulumi", "mailkeep", "compose", "ledger", "random", "tls"]);

/** Of others, by which names they call what lets connections in, and what takes them. */
const EXPOSES =
  /firewall|security(group|list|rule)|acl(rule)?$|load_?balancer|(^|[a-z])lb$|forwarding|target(tcp|ssl|http|pool|instance)|listener|ingress|gateway|route$|tunnel|peering|vpn|(eip|ip|ipv4|ipv6)$|ipaddress|^(instance|server|droplet)$|virtualmachine/i;

const SERVICES: ReadonlySet<string> = new Set(["kubernetes:core/v1:Service", "kubernetes:core/v1:ServicePatch"]);

export const disallowUnknownExposure: ResourceValidationPolicy = {
  name: "disallow-unknown-exposure",
  description:
    "Whatever may let connections in is of a type whose openings these rules can read, and no Service of Kubernetes is open beyond " +
    "its cluster.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      types: listOption("Further types that somebody has looked at, such as `gcp:storage/bucket:Bucket`."),
    },
  },
  remediationSteps:
    "Take the resource out, or see for yourself what it opens and name its type under `types` of this rule.",
  validateResource: (args, report) => {
    const { type, name, props } = args;
    if (args.getConfig<Config>().types.includes(type)) return;
    if (isUnknown(type))
      report(
        `${name} is of the type ${type}, and no rule here can read what that opens; take it out, or look and list the type.`,
      );
    for (const open of SERVICES.has(type) ? openOf(fields(props["spec"])) : [])
      report(`the Service ${name} ${open}, and no rule here can read to whom; keep it inside the cluster (ClusterIP).`);
  },
};

/** `gcp:compute/firewall:Firewall` is package, module and kind. */
function isUnknown(type: string): boolean {
  const [from = "", , kind = ""] = type.split(":");
  if (INSIDE.has(from)) return false;
  // A chart of Helm's may have anything in it.
  return CLOUDS.has(from) ? !KNOWN.has(type) : EXPOSES.test(kind) || type.startsWith("kubernetes:helm");
}

function openOf({ type, externalIPs }: ReturnType<typeof fields>): string[] {
  const kind = word(type);
  return [
    ...(kind === "LoadBalancer" || kind === "NodePort" ? [`is a ${kind}`] : []),
    ...(list(externalIPs).length > 0 ? ["has addresses outside of its cluster (externalIPs)"] : []),
  ];
}
