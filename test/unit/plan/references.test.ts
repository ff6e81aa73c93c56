/** Every reference to a key leads to something planned, and no secret is in a plan by itself. */
import { describe, expect, it } from "vitest";
import { recordTexts } from "../../../components/dns/record-data.ts";
import type { MachinePlan } from "../../../components/plan/machine.ts";
import type { Ref, Text } from "../../../components/plan/text.ts";
import { isSecret } from "../../../components/plan/text.ts";
import type { Plan } from "../../../components/plan/types.ts";
import { HASH } from "../settings/local.ts";
import { groupsOf, localPlan, PLANS, refsIn, siteOf, workloadOf } from "./plans.ts";

const ACCOUNTS = ["ann@home.test", "ben@home.test", "cat@club.test"];

/** What a reference names, and the list that it must be in. */
function target(plan: Plan, ref: Ref): readonly [string, readonly string[]] {
  const { keys, certificates, requests, passwords } = plan.keys;
  const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name);
  switch (ref.ref) {
    case "privateKeyPem":
    case "privateKeyTraditional":
    case "privateKeyOpenssh":
    case "publicKeyOpenssh":
    case "dkimPublicKey":
    case "spkiSha256":
    case "dnskey":
    case "jwkThumbprint":
      return [ref.key, names(keys)];
    case "certificatePem":
      return [ref.certificate, names(certificates)];
    case "requestPem":
      return [ref.request, names(requests)];
    case "password":
    case "passwordSha256":
    case "passwordCrypt":
      return [ref.password, names(passwords)];
    case "passwordHash":
      return [ref.address, ACCOUNTS];
    case "blocklistKey":
      return [ref.zone, ["zen.dq.list.test"]];
    case "dnsToken":
      return [ref.zone, ["mailkeep.test"]];
    case "relayPassword":
      return [ref.relay, ["smart"]];
    case "zoneFile":
      return [ref.zone, names(plan.zones)];
    case "siteAddress":
      return [ref.site, names(plan.sites.filter(({ machine }) => machine?.made !== undefined))];
  }
}

function allRefs(plan: Plan): readonly Ref[] {
  const files = groupsOf(plan).flatMap(({ workloads }) => workloads.flatMap(({ files }) => Object.values(files)));
  const records = [...plan.zones, ...plan.published.zones].flatMap(({ records }) => records.flatMap(recordTexts));
  const machines = plan.sites.flatMap(({ machine }) => (machine === undefined ? [] : machineTexts(machine)));
  return [...files, ...records, ...machines].flatMap(refsIn);
}

function machineTexts({ connection, files }: MachinePlan): Text[] {
  return [connection.address, connection.hostKey, connection.identity, ...files.map(({ content }) => content)];
}

describe.each(PLANS)("in the plan of %s", (_, plan) => {
  it("every reference leads to something planned", () => {
    const refs = allRefs(plan);
    expect(refs.length).toBeGreaterThan(10);
    for (const ref of refs) {
      const [name, list] = target(plan, ref);
      expect(list).toContain(name);
    }
  });

  it("every key, certificate, request and password is used", () => {
    const { keys, certificates, requests, passwords } = plan.keys;
    const used = new Set(allRefs(plan).map((ref) => ("password" in ref ? "password" : ref.ref) + target(plan, ref)[0]));
    const signing = plan.zones.map(({ signingKey }) => signingKey);
    const standby = ["dkim/home.test/s2", "dkim/home.test/e2", "dkim/club.test/winter", "site/bravo/3"].filter(
      (name) => used.has(`dkimPublicKey${name}`) || used.has(`spkiSha256${name}`),
    );
    const first = plan.sites.flatMap(({ machine }) => (machine?.made === undefined ? [] : [machine.made.keys.first]));
    const ofKeys = new Set([...[...certificates, ...requests].map(({ key }) => key), ...first]);
    for (const { name } of keys)
      expect(
        ofKeys.has(name) ||
          signing.includes(name) ||
          used.has(`privateKeyPem${name}`) ||
          used.has(`privateKeyOpenssh${name}`) ||
          used.has(`publicKeyOpenssh${name}`) ||
          used.has(`privateKeyTraditional${name}`) ||
          // Published before it is used, or after.
          standby.includes(name),
      ).toBe(true);
    for (const { name } of requests) expect(used).toContain(`requestPem${name}`);
    for (const { name } of passwords) expect(used, name).toContain(`password${name}`);
  });

  it("every certificate and every request has its key", () => {
    const names = plan.keys.keys.map(({ name }) => name);
    for (const { key } of [...plan.keys.certificates, ...plan.keys.requests]) expect(names).toContain(key);
  });

  it("no name is planned twice", () => {
    const { keys, certificates, requests, passwords } = plan.keys;
    for (const list of [keys, certificates, requests, passwords]) {
      const names = list.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("no secret is in it by itself", () => {
    const text = JSON.stringify(plan);
    expect(text).not.toContain(HASH);
    expect(text).not.toMatch(/PRIVATE KEY|\$6\$|\$argon2id\$/);
  });

  it("a private key is in the files of those alone who need it", () => {
    const holders = groupsOf(plan).flatMap(({ name, workloads }) =>
      workloads.flatMap((workload) =>
        Object.values(workload.files)
          .flatMap(refsIn)
          .filter((ref) => ref.ref === "privateKeyPem" || ref.ref === "privateKeyTraditional")
          .map(
            (ref) => `${ref.key.split("/")[0] ?? ""} of ${name === "world" ? "the world" : "a site"}: ${workload.name}`,
          ),
      ),
    );
    const world = [
      "dkim of the world: outside",
      "fickle of the world: fickle",
      "outside of the world: outside",
      "pebble of the world: pebble",
      "zone of the world: knot",
    ];
    const twice = plan.keys.keys.some(({ name }) => name.startsWith("dkim/") && name.endsWith("/e1"));
    const shared = plan.keys.keys.some(({ name }) => name === "acme-account");
    const expected = [
      ...(shared ? ["acme-account of a site: certs"] : []),
      "dkim of a site: opendkim",
      ...(twice ? ["dkim of a site: opendkim-ed25519"] : []),
      "dkim of a site: rspamd",
      ...(plan.sites.length > 1 ? ["link of a site: edge"] : []),
      "site of a site: dovecot",
      "site of a site: mx",
      "site of a site: submission",
      "web of a site: edge",
      ...(plan.world === undefined ? [] : world),
    ];
    expect([...new Set(holders)].sort()).toEqual(expected.toSorted());
  });
});

it("what holds users' hashes is a secret", () => {
  const { files } = workloadOf(siteOf(localPlan(), "alpha"), "couchmail");
  expect(isSecret(files["directory.json"] ?? "")).toBe(true);
  expect(refsIn(files["directory.json"] ?? "")).toEqual([
    ...ACCOUNTS.map((address) => ({ ref: "passwordHash", address })),
    { ref: "passwordCrypt", password: "machine/hosts@home.test" },
  ]);
});
