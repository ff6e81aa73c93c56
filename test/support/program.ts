/** The resources that the whole program registers, as policy packs see them: made once, with real keys. */
import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { formatZone } from "../../components/dns/zone-file.ts";
import { Keys } from "../../components/keys/keys.ts";
import { plan as makePlan } from "../../components/plan/plan.ts";
import type { GroupPlan } from "../../components/plan/types.ts";
import { ReleaseGroup } from "../../components/release/site-release.ts";
import { parseSettings } from "../../components/settings/read.ts";
import { fields, word } from "../../policy/read/values.ts";
import { localRaw } from "../unit/settings/local.ts";
import { deploy, type MockOptions, type Seen } from "./mocks.ts";
import type { FakeResource } from "./policy.ts";

/** The local stack with two sites, so that what production demands of a stack can be had. */
export async function programResources(stack = "local"): Promise<FakeResource[]> {
  const settings = parseSettings({ ...localRaw(), sites: [site("alpha", 11), site("bravo", 12)] });
  const plan = makePlan(stack, settings);
  const { resources } = await deploy(
    () => {
      const keys = new Keys("keys", {
        plan: plan.keys,
        zones: plan.zones,
        renderZone: formatZone,
        passwordHashes: settings.passwordHashes,
      });
      const groups: readonly GroupPlan[] = [...(plan.world === undefined ? [] : [plan.world]), ...plan.sites];
      return groups.map(
        (group) =>
          new ReleaseGroup(group.name, {
            stack,
            group,
            directory: "/srv/mailkeep",
            images: (image) => `registry.test/${image}@sha256:${"0".repeat(64)}`,
            resolve: (ref) => keys.resolve(ref),
          }),
      );
    },
    { outputs: OUTPUTS },
  );
  return resources.map((seen) => ({
    type: seen.type,
    name: seen.name,
    props: { ...seen.inputs, ...OUTPUTS[seen.type]?.(seen) },
  }));
}

function site(name: string, host: number): object {
  return {
    name,
    platform: "local",
    roles: ["mx", "submission", "maildrop"],
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
      : generateKeyPairSync("ec", { namedCurve: "P-256" }));
  PAIRS.set(name, made);
  return made;
}

const OUTPUTS: NonNullable<MockOptions["outputs"]> = {
  "tls:index/privateKey:PrivateKey": (seen) => {
    const { privateKey, publicKey } = pairOf(seen);
    const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" });
    return {
      privateKeyPem: pkcs8,
      privateKeyPemPkcs8: pkcs8,
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
    };
  },
  "tls:index/certRequest:CertRequest": ({ name }) => ({ certRequestPem: `request ${name}` }),
  "tls:index/selfSignedCert:SelfSignedCert": ({ name }) => ({ certPem: `certificate ${name}` }),
  "tls:index/locallySignedCert:LocallySignedCert": ({ name }) => ({ certPem: `certificate ${name}` }),
  "random:index/randomPassword:RandomPassword": () => ({ result: "x".repeat(48) }),
};

// ---- changes to what was recorded ---------------------------------------------------------------------------------

export type Change = (resources: readonly FakeResource[]) => readonly FakeResource[];

/** Changes the properties of each resource of a type and, if given, of a name. */
export function inResource(
  type: string,
  name: string | undefined,
  change: (props: FakeResource["props"]) => FakeResource["props"],
): Change {
  return (resources) =>
    changedSomething(resources, (resource) =>
      resource.type === type && (name === undefined || resource.name === name)
        ? { ...resource, props: change(resource.props) }
        : resource,
    );
}

const RELEASE = "compose:index:Release";

/** Changes a workload of a release. */
export function inWorkload(
  release: string,
  workload: string,
  change: (inputs: FakeResource["props"]) => FakeResource["props"],
): Change {
  return inResource(RELEASE, release, (props) => {
    const workloads = fields(props["workloads"]);
    if (!(workload in workloads)) throw new Error(`The release ${release} has no workload ${workload}.`);
    return { ...props, workloads: { ...workloads, [workload]: change(fields(workloads[workload])) } };
  });
}

export function inService(release: string, workload: string, service: Readonly<Record<string, unknown>>): Change {
  return inWorkload(release, workload, (inputs) => ({
    ...inputs,
    service: { ...fields(inputs["service"]), ...service },
  }));
}

/** Puts one text in place of another, wherever it is in a file. */
export function inFile(release: string, workload: string, path: string, from: string | RegExp, to: string): Change {
  return inWorkload(release, workload, (inputs) => {
    const kind = path in fields(inputs["secretFiles"]) ? "secretFiles" : "files";
    const files = fields(inputs[kind]);
    const text = word(files[path]);
    const changed = text.replaceAll(typeof from === "string" ? from : new RegExp(from, "gm"), to);
    if (changed === text) throw new Error(`${path} of ${workload} has no ${String(from)}.`);
    return { ...inputs, [kind]: { ...files, [path]: changed } };
  });
}

export function withFile(release: string, workload: string, path: string, text: string): Change {
  return inWorkload(release, workload, (inputs) => ({
    ...inputs,
    files: { ...fields(inputs["files"]), [path]: text },
  }));
}

export function withResource(resource: FakeResource): Change {
  return (resources) => [...resources, resource];
}

export function withoutResource(name: string): Change {
  return (resources) => {
    const rest = resources.filter((one) => one.type !== RELEASE || one.name !== name);
    if (rest.length === resources.length) throw new Error(`There is no release ${name}.`);
    return rest;
  };
}

function changedSomething(
  resources: readonly FakeResource[],
  change: (resource: FakeResource) => FakeResource,
): readonly FakeResource[] {
  const changed = resources.map(change);
  if (changed.every((one, index) => one === resources[index])) throw new Error("The change found nothing to change.");
  return changed;
}
