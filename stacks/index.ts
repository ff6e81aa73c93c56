/** The program: settings, plan, keys, then every group of workloads. What exists is decided in `components/plan`. */
import * as pulumi from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime/config.js";
import { requireCloudNames } from "../components/platforms/cloud-names.ts";
import { requireCredentials } from "../components/platforms/credentials.ts";
import { publishZones } from "../components/dns/publish.ts";
import { formatZone } from "../components/dns/zone-file.ts";
import { Keys } from "../components/keys/keys.ts";
import { KeyLedger } from "../components/keys/ledger.ts";
import { Machines } from "../components/platforms/machines.ts";
import { machinePassword, madeUpAccounts } from "../components/plan/machine-accounts.ts";
import { plan as makePlan } from "../components/plan/plan.ts";
import type { Ref } from "../components/plan/text.ts";
import { ReleaseGroup } from "../components/release/site-release.ts";
import { placesOf } from "../components/settings/place.ts";
import { readSettings } from "../components/settings/read.ts";
import { stackImages } from "./images.ts";

const stack = pulumi.getStack();
const settings = readSettings(allConfig(), `${pulumi.getRootDirectory()}/stacks`);
// Sites that `npm run up` is adding: up first, named in MX and the like by a second run.
const joining = process.env["MAILKEEP_JOINING"]?.split(",") ?? [];
const plan = makePlan(stack, settings, joining);
requireCredentials(plan, process.env, allConfig());
requireCloudNames(stack, plan.sites);

// With each resource the state has all calls that led to it, which a file backend writes anew with every other one. Behind an
// `await` there are none but the program's own (docs/decisions.md, 125).
await Promise.resolve();

// First of all: what a policy refuses about the order of keys is not begun.
const hurried = process.env["MAILKEEP_HURRIED"]?.split(",") ?? [];
const ledger = new KeyLedger("keys", { uses: plan.keyUses, hurried });
const dependsOn = [ledger];

const keys = new Keys("keys", {
  plan: plan.keys,
  zones: plan.zones,
  renderZone: formatZone,
  passwordHashes: secrets(settings.passwordHashes),
  blocklistKeys: secrets(settings.blocklistKeys),
  dnsTokens: secrets(settings.dnsTokens),
  siteAddress: ({ site, family }) => machines.address(site, family),
  relayPasswords: secrets(settings.relayPasswords),
});

const resolve = (ref: Ref): pulumi.Output<string> => keys.resolve(ref);
const machines = new Machines(plan.sites, { stack, resolve });

const directory = `${pulumi.getRootDirectory()}/.mailkeep/${stack}`;
const common = { stack, directory, ...stackImages(pulumi.getRootDirectory(), stack, settings), resolve };

// The world first: a site asks its name server and its certificate authority as soon as it starts.
const world =
  plan.world === undefined ? [] : [new ReleaseGroup(plan.world.name, { ...common, group: plan.world }, { dependsOn })];
const sites = plan.sites.map(
  (group) =>
    new ReleaseGroup(
      group.name,
      { ...common, group, ...machines.releaseArgs(group.name) },
      { dependsOn: [...world, ledger, ...machines.of(group.name)] },
    ),
);
// Not after the sites, so that DNS can change while one of them is lost; but for what says that a policy is another.
const zones = publishZones({ published: plan.published, resolve, dependsOn, policyServers: sites });

/** In the order of the settings. */
export const siteNames = plan.sites.map(({ name }) => name);
/** Sites that take nothing in any more. */
export const closedSites = settings.sites.filter(({ state }) => state === "closed").map(({ name }) => name);
/** Where the mailboxes are. */
export const maildrops = settings.sites.filter(({ roles }) => roles.includes("maildrop")).map(({ name }) => name);
/** Their addresses. */
export const mailboxes = settings.mailboxes.map(({ address }) => address);
/** What each site does, by its name. */
export const siteRoles = Object.fromEntries(settings.sites.map(({ name, roles }) => [name, roles]));
/** The SSH host key of each site that is a machine of somebody's own: by it one is told from another. */
export const siteMachines = Object.fromEntries(
  settings.sites.flatMap((site) => (site.platform === "host" ? [[site.name, site.ssh.hostKey]] : [])),
);
/** Where clouds have the sites that they make: neither a machine with its addresses nor a disk with mail moves. */
export const sitePlaces = placesOf(settings.sites);
/** Of each site, the hashes of its workloads' configurations. */
export const releases = pulumi.all(sites.map(({ hashes }) => hashes));
/** Certificate (PEM) of the authority behind the sites' interim certificates. */
export const privateCa = keys.resolve({ ref: "certificatePem", certificate: "ca" });
/** Zones to copy by hand, servers to delegate zones to, and records that others are to publish. */
export const dns = zones;
/** What opens the directory's REST interface. */
export const directoryToken = pulumi.secret(keys.resolve({ ref: "password", password: "directory-token" }));
/** Made-up passwords of machine accounts, by login. */
export const machinePasswords = secrets(
  Object.fromEntries(
    madeUpAccounts(settings).map((machine) => [
      machine.login,
      keys.resolve({ ref: "password", password: machinePassword(machine) }),
    ]),
  ),
);
/** The public key that lets mailkeep in to the sites' machines; null in a stack of local sites, which has none. */
export const deployKey = machines.deployKey ?? null;

function secrets(values: Readonly<Record<string, pulumi.Input<string>>>): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, pulumi.secret(value)]));
}
