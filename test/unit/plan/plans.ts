/** Plans of the local stack, and what is asked of every plan. */
import { plan as makePlan } from "../../../components/plan/plan.ts";
import type { GroupPlan, Plan, SitePlan } from "../../../components/plan/types.ts";
import type { Ref, Text } from "../../../components/plan/text.ts";
import type { Workload } from "../../../components/plan/workload.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import type { Settings } from "../../../components/settings/schema.ts";
import { localRaw } from "../settings/local.ts";

/** The local stack's settings with some keys changed. */
export function localSettings(changes: Readonly<Record<string, unknown>> = {}): Settings {
  return parseSettings({ ...localRaw(), ...changes });
}

export function localPlan(changes: Readonly<Record<string, unknown>> = {}): Plan {
  return makePlan("local", localSettings(changes));
}

export const ALPHA = {
  name: "alpha",
  platform: "local",
  roles: ["mx", "submission", "maildrop"],
  addresses: { v4: "198.51.100.11", v6: "2001:db8:100::11" },
  publishAddress: "127.0.1.1",
};

export const BRAVO = {
  ...ALPHA,
  name: "bravo",
  roles: ["mx", "submission"],
  addresses: { v4: "198.51.100.12", v6: "2001:db8:100::12" },
  publishAddress: "127.0.1.2",
};

/** A machine account, port 143, keys that change, ways out of all kinds, and a domain for each thing that a domain can be. */
export const MUCH = {
  imap143: true,
  blocklists: [
    { zone: "zen.dq.list.test", about: ["client"], answers: "127.0.0.[2..11]" },
    { zone: "dbl.list.test", about: ["sender", "helo", "reverseName"], answers: "127.0.1.[2..99]" },
  ],
  blocklistKeys: { "zen.dq.list.test": "akeythatnobodyhas" },
  tlsKeys: [{ site: "bravo", serves: 2, standby: [3] }],
  acme: { account: "https://acme.mailkeep.test:14000/my-account/1" },
  relays: [
    {
      name: "smart",
      host: "smtp.provider.example",
      user: "mailkeep",
      senders: { addresses: ["192.0.2.0/28"], includes: ["spf.provider.example"] },
    },
  ],
  relayPasswords: { smart: "a password that nobody has" },
  sites: [
    { ...ALPHA, egress: [{ relay: "smart" }, "direct", { via: "bravo" }] },
    { ...BRAVO, egress: [{ via: "alpha" }, "direct"] },
  ],
  domains: [
    { name: "home.test", dmarcPolicy: "reject" },
    { name: "club.test", dkimSelector: "autumn", dkimStandby: ["winter"], reportsTo: "reports@home.test" },
    { name: "old.test", aliasOf: "home.test" },
    { name: "lists.home.test", catchAll: ["ann@home.test"] },
    { name: "mailkeep.test", catchAll: ["ann@home.test"] },
  ],
};

const HOST_KEY = `ssh-ed25519 ${"A".repeat(68)}`;

/** A machine of each kind. */
export const MACHINES = [
  {
    name: "alpha",
    number: 1,
    platform: "host",
    roles: ["mx", "submission", "maildrop"],
    addresses: { v4: "203.0.113.11", v6: "2001:db8:7::11" },
    ssh: { hostKey: HOST_KEY },
  },
  {
    name: "bravo",
    number: 2,
    platform: "digitalocean-droplet",
    roles: ["mx"],
    region: "fra1",
    egressPort25: "confirmed",
  },
  {
    name: "charlie",
    number: 3,
    platform: "gcp-instance",
    roles: ["submission"],
    project: "mailkeep-test",
    zone: "europe-west3-a",
    egress: [{ via: "alpha" }],
  },
];

export const CLOUD = {
  sites: MACHINES,
  machines: [{ login: "hosts@home.test", senders: ["*@*.mailkeep.test"] }],
  acme: { directory: "https://acme.example/directory" },
  sshFrom: { v4: ["203.0.113.64/28"], v6: ["2001:db8:9::/48"] },
  dnsZones: [
    { name: "mailkeep.test", provider: "cloudflare", zoneId: "023e105f4ecef8ad9ca31a8372d0c353" },
    { name: "home.test", provider: "google", project: "mailkeep-test" },
    { name: "club.test", provider: "print" },
    { name: "parked.test", provider: "print" },
  ],
  dnsTokens: { "mailkeep.test": "atokenthatnobodyhas" },
};

/** The same, whose sites have no access to any zone. */
export const BY_HTTP = {
  ...CLOUD,
  dnsZones: CLOUD.dnsZones.map(({ name }) => ({ name, provider: "print" })),
  dnsTokens: {},
};

/** Certificates from the stack's own authority. */
export const PRIVATE = {
  domains: [
    { name: "home.test", mtaSts: "off" },
    { name: "club.test", mtaSts: "off" },
  ],
  acme: { directory: "private" },
};

/** The plans that every rule must hold for. */
export const PLANS: readonly (readonly [string, Plan])[] = [
  ["the local stack", localPlan()],
  ["two sites with all that there is", localPlan(MUCH)],
  ["a site without IPv6 and without publications", localPlan({ sites: [withoutIpv6()] })],
  ["machines of each kind", localPlan(CLOUD)],
  ["machines that prove their names over HTTP", localPlan(BY_HTTP)],
  ["certificates of an authority of its own", localPlan(PRIVATE)],
  ["certificates from elsewhere", localPlan({ acme: { directory: "https://acme.example/directory" } })],
];

function withoutIpv6(): object {
  const { name, platform, roles } = ALPHA;
  return { name, platform, roles, addresses: { v4: "198.51.100.11" } };
}

export function groupsOf(plan: Plan): readonly GroupPlan[] {
  return [...(plan.world === undefined ? [] : [plan.world]), ...plan.sites];
}

export function siteOf(plan: Plan, name: string): SitePlan {
  return found(
    plan.sites.find((site) => site.name === name),
    name,
  );
}

export function workloadOf(group: GroupPlan, name: string): Workload {
  return found(
    group.workloads.find((workload) => workload.name === name),
    name,
  );
}

export function refsIn(text: Text): readonly Ref[] {
  return typeof text === "string" ? [] : text.filter((part) => typeof part !== "string");
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The plan has no ${name}.`);
  return value;
}
