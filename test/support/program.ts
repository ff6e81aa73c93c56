/** The resources that the whole program registers, as policy packs see them: made once, with real keys. */
import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { formatZone } from "../../components/dns/zone-file.ts";
import { Keys } from "../../components/keys/keys.ts";
import { KeyLedger } from "../../components/keys/ledger.ts";
import { plan as makePlan } from "../../components/plan/plan.ts";
import type { GroupPlan, Role } from "../../components/plan/types.ts";
import { ReleaseGroup } from "../../components/release/site-release.ts";
import { parseSettings } from "../../components/settings/read.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { word } from "../../policy/read/values.ts";
import { publishZones } from "../../components/dns/publish.ts";
import { Machines } from "../../components/platforms/machines.ts";
import type { Ref } from "../../components/plan/text.ts";
import { templateSettings } from "../unit/settings/template.ts";
import { localRaw, threeSitesRaw } from "../unit/settings/local.ts";
import { advance } from "../../providers/ledger/ledger.ts";
import { readWanted } from "../../providers/ledger/read.ts";
import { deploy, type MockOptions, type Seen } from "./mocks.ts";
import type { FakeResource } from "./policy.ts";

/** The local stack with two sites that have every role, so that what production demands of a stack can be had. */
export function programResources(stack = "local"): Promise<FakeResource[]> {
  const parsed = parseSettings({ ...localRaw(), sites: [site("alpha", 11), site("bravo", 12)] });
  // The settings take one site with mailboxes until mailboxes are replicated; the plan can do more already.
  return resourcesOf(stack, { ...parsed, sites: parsed.sites.map((one) => ({ ...one, roles: ROLES })) });
}

/** The local stack as it is first made. */
export function localResources(): Promise<FakeResource[]> {
  return resourcesOf("local", parseSettings(threeSitesRaw()));
}

async function resourcesOf(stack: string, settings: Settings): Promise<FakeResource[]> {
  const plan = makePlan(stack, settings);
  const { resources } = await deploy(
    () => {
      new KeyLedger("keys", { uses: plan.keyUses, hurried: [] });
      const keys = new Keys("keys", {
        plan: plan.keys,
        zones: plan.zones,
        renderZone: formatZone,
        passwordHashes: settings.passwordHashes,
        siteAddress: ({ family }) => pulumi.output(family === "v4" ? "192.0.2.33" : "2001:db8:33::1"),
      });
      const groups: readonly GroupPlan[] = [...(plan.world === undefined ? [] : [plan.world]), ...plan.sites];
      return groups.map(
        (group) =>
          new ReleaseGroup(group.name, {
            stack,
            group,
            directory: "/srv/mailkeep",
            images: imageByDigest,
            resolve: (ref) => keys.resolve(ref),
          }),
      );
    },
    { outputs: OUTPUTS },
  );
  return asPolicyResources(resources);
}

function asPolicyResources(resources: readonly Seen[]): FakeResource[] {
  return resources.map((seen) => ({
    type: seen.type,
    name: seen.name,
    props: { ...seen.inputs, ...OUTPUTS[seen.type]?.(seen) },
    protect: seen.protect,
    sources: seen.sources,
  }));
}

const imageByDigest = (image: string): string => `registry.test/${image}@sha256:${"0".repeat(64)}`;

/** The template `production` with all that it makes in the clouds. Its sites have every role, as production demands. */
export function cloudResources(): Promise<FakeResource[]> {
  const settings = templateSettings("production");
  const sites = settings.sites.map((site) => ({ ...site, roles: ROLES }));
  return machineResources("production", { ...settings, sites });
}

/** The template `staging`, as it is. */
export function stagingResources(): Promise<FakeResource[]> {
  return machineResources("staging", templateSettings("staging"));
}

async function machineResources(stack: string, settings: Settings): Promise<FakeResource[]> {
  const plan = makePlan(stack, settings);
  const { resources } = await deploy(
    () => {
      new KeyLedger("keys", { uses: plan.keyUses, hurried: [] });
      const keys: Keys = new Keys("keys", {
        plan: plan.keys,
        zones: plan.zones,
        renderZone: formatZone,
        passwordHashes: settings.passwordHashes,
        dnsTokens: settings.dnsTokens,
        siteAddress: ({ site, family }) => machines.address(site, family),
      });
      const resolve = (ref: Ref): pulumi.Output<string> => keys.resolve(ref);
      const machines = new Machines(plan.sites, { stack, resolve });
      publishZones({ published: plan.published, resolve });
      const common = { stack, images: imageByDigest, resolve };
      for (const group of plan.sites)
        new ReleaseGroup(group.name, { directory: "/srv", ...common, group, ...machines.releaseArgs(group.name) });
    },
    { outputs: OUTPUTS },
  );
  return asPolicyResources(resources);
}

const ROLES = ["mx", "submission", "maildrop"] satisfies Role[];

function site(name: string, host: number): object {
  return {
    name,
    platform: "local",
    roles: name === "alpha" ? ROLES : ["mx", "submission"],
    addresses: { v4: `198.51.100.${host}`, v6: `2001:db8:100::${host}` },
    publishAddress: `127.0.1.${host - 10}`,
  };
}

const PAIRS = new Map<string, KeyPairKeyObjectResult>();

/** One pair for each name, RSA where the program asks for it. */
function pairOf({ name, inputs }: Seen): KeyPairKeyObjectResult {
  const made =
    PAIRS.get(name) ??
    (word(inputs["algorithm"]) === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: Number(inputs["rsaBits"]) })
      : word(inputs["algorithm"]) === "ED25519"
        ? generateKeyPairSync("ed25519")
        : generateKeyPairSync("ec", { namedCurve: "P-256" }));
  PAIRS.set(name, made);
  return made;
}

/** When the program's first update begins. */
const BEGIN = "2026-05-01T12:00:00.000Z";

const OUTPUTS: NonNullable<MockOptions["outputs"]> = {
  "ledger:index:KeyLedger": ({ inputs }) => ({ ...advance(undefined, readWanted(inputs["keys"]), BEGIN), asOf: BEGIN }),
  "tls:index/privateKey:PrivateKey": (seen) => {
    const { privateKey, publicKey } = pairOf(seen);
    const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" });
    return {
      privateKeyPem: pkcs8,
      privateKeyPemPkcs8: pkcs8,
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
      publicKeyOpenssh: `ssh-ed25519 ${"A".repeat(68)}`,
      privateKeyOpenssh: `openssh key ${seen.name}`,
    };
  },
  "digitalocean:index/droplet:Droplet": ({ name }) => ({
    ipv4Address: `192.0.2.${name.length}`,
    ipv6Address: `2001:0DB8:22::${name.length}`,
  }),
  "gcp:compute/address:Address": ({ inputs }) => ({
    address: inputs["ipVersion"] === "IPV6" ? "2001:db8:33:0:0:0:0:1" : "192.0.2.133",
  }),
  "tls:index/certRequest:CertRequest": ({ name }) => ({ certRequestPem: `request ${name}` }),
  "tls:index/selfSignedCert:SelfSignedCert": ({ name }) => ({ certPem: `certificate ${name}` }),
  "tls:index/locallySignedCert:LocallySignedCert": ({ name }) => ({ certPem: `certificate ${name}` }),
  "random:index/randomPassword:RandomPassword": () => ({ result: "x".repeat(48) }),
};
