/** One site: its context for the daemons, and the group of workloads that follows from its roles. */
import { certsWorkload } from "../mail/certs/workload.ts";
import { couchmailWorkload } from "../mail/couchmail/workload.ts";
import { dovecotWorkload } from "../mail/dovecot/workload.ts";
import { edgeWorkload } from "../mail/edge/workload.ts";
import { netWorkload } from "../mail/net/workload.ts";
import { opendkimWorkloads } from "../mail/opendkim/workload.ts";
import { mxWorkload, submissionWorkload } from "../mail/postfix/workload.ts";
import { postsrsdWorkload, rewritesSenders } from "../mail/postsrsd/workload.ts";
import { rspamdWorkload } from "../mail/rspamd/workload.ts";
import { unboundWorkload } from "../mail/unbound/workload.ts";
import { valkeyWorkload } from "../mail/valkey/workload.ts";
import type { SiteContext } from "./context.ts";
import { UID } from "./ids.ts";
import type { Network, SitePlan } from "./types.ts";
import type { Volume, Workload } from "./workload.ts";

/**
 * The workloads of one site.
 *
 * @param networks the site's own, and that towards the world
 */
export function sitePlan(site: SiteContext, networks: readonly Network[]): Omit<SitePlan, "named" | "machine"> {
  const workloads = siteWorkloads(site);
  return {
    name: site.site,
    roles: site.roles,
    hostname: site.hostname,
    ingress: site.publicAddresses,
    egress: site.publicAddresses,
    waysOut: site.waysOut,
    networks,
    volumes: usedVolumes(workloads),
    workloads,
  };
}

/** Every site has resolver, directory, filter, signer and certificates of its own, so that it works when cut off. */
function siteWorkloads(site: SiteContext): Workload[] {
  const has = (role: SiteContext["roles"][number]): boolean => site.roles.includes(role);
  return [
    unboundWorkload(site),
    couchmailWorkload(site),
    valkeyWorkload(site),
    rspamdWorkload(site),
    ...opendkimWorkloads(site),
    ...(rewritesSenders(site) ? [postsrsdWorkload(site)] : []),
    certsWorkload(site),
    dovecotWorkload(site),
    netWorkload(site),
    ...(has("mx") ? [mxWorkload(site)] : []),
    ...(has("submission") ? [submissionWorkload(site)] : []),
    edgeWorkload(site),
  ];
}

/**
 * Kind `mail` is what cannot be made again: mail, queues and users.
 */
const VOLUMES: readonly Volume[] = [
  { name: "mail", kind: "mail", uid: UID.vmail, mode: "0700" },
  { name: "queue-mx", kind: "mail", uid: UID.root, mode: "0755" },
  { name: "queue-submission", kind: "mail", uid: UID.root, mode: "0755" },
  { name: "directory", kind: "mail", uid: UID.couchmail, mode: "0700" },
  { name: "certs", kind: "state", uid: UID.certs, mode: "0755" },
  { name: "web-certs", kind: "state", uid: UID.certs, mode: "0755" },
  { name: "lego", kind: "state", uid: UID.certs, mode: "0700" },
  { name: "rspamd", kind: "state", uid: UID.rspamd, mode: "0700" },
  { name: "valkey", kind: "state", uid: UID.valkey, mode: "0700" },
  { name: "milter-rspamd", kind: "memory", uid: UID.rspamd, mode: "0755" },
  { name: "milter-opendkim", kind: "memory", uid: UID.opendkim, mode: "0755" },
  { name: "milter-opendkim-ed25519", kind: "memory", uid: UID.opendkim, mode: "0755" },
];

function usedVolumes(workloads: readonly Workload[]): Volume[] {
  const used = new Set(workloads.flatMap((workload) => workload.volumes.map(({ volume }) => volume)));
  const unknown = [...used].filter((name) => !VOLUMES.some((volume) => volume.name === name));
  if (unknown.length > 0)
    throw new RangeError(`No kind is known of the volumes ${unknown.join(", ")}: add them to VOLUMES.`);
  return VOLUMES.filter(({ name }) => used.has(name));
}
