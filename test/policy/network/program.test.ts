/** The local stack as it is first made, and what would become of it with a slip in the plan. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import { resolveText } from "../../../components/plan/text.ts";
import type { GroupPlan } from "../../../components/plan/types.ts";
import type { Workload } from "../../../components/plan/workload.ts";
import { projectName } from "../../../components/release/names.ts";
import { composeNetworks } from "../../../components/release/networks.ts";
import { composeService } from "../../../components/release/service.ts";
import { readSettings } from "../../../components/settings/read.ts";
import { fields } from "../../../policy/read/values.ts";
import { rules } from "../../../policy/network/rules.ts";
import { type FakeResource, violations } from "../../support/policy.ts";

const STACK = "local";

/** SHA512-CRYPT of no password at all: the rules never see it. */
const HASH = `{SHA512-CRYPT}$6$${"s".repeat(16)}$${"h".repeat(86)}`;

function localPlan() {
  const file: unknown = parse(readFileSync(new URL("../../../stacks/local.yaml", import.meta.url), "utf8"));
  const entries = Object.entries(fields(fields(file)["config"]));
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const settings = Object.fromEntries(entries.map(([key, value]) => [key, text(value)]));
  const addresses = [...(settings["mailkeep:mailboxes"] ?? "").matchAll(/"address":"([^"]+)"/g)].map(
    ([, one]) => one ?? "",
  );
  const passwordHashes = Object.fromEntries(addresses.map((address) => [address, HASH] as const));
  return makePlan(STACK, readSettings({ ...settings, "mailkeep:passwordHashes": JSON.stringify(passwordHashes) }));
}

function releaseOf(group: GroupPlan): FakeResource {
  const workloads = group.workloads.map((workload) => {
    const service = composeService(workload, { stack: STACK, group: group.name, image: workload.image });
    const files = Object.entries(workload.files).map(
      ([path, content]) => [path, resolveText(content, ({ ref }) => ref)] as const,
    );
    return [workload.name, { service, uid: workload.uid, files: Object.fromEntries(files), secretFiles: {} }] as const;
  });
  return {
    type: "compose:index:Release",
    name: group.name,
    props: {
      project: projectName(STACK, group.name),
      networks: composeNetworks(group, STACK),
      workloads: Object.fromEntries(workloads),
    },
  };
}

const plan = localPlan();
const groups = [...plan.sites, ...(plan.world === undefined ? [] : [plan.world])];

/** Messages of the whole pack by rule, for the first site with one workload changed. */
async function slip(name: string, change: (workload: Workload) => Workload): Promise<Record<string, string[]>> {
  const [site] = plan.sites;
  if (site === undefined) throw new Error("The local stack has no site.");
  const workloads = site.workloads.map((workload) => (workload.name === name ? change(workload) : workload));
  const found = await Promise.all(
    rules.map(async (rule) => [rule.name, await violations(rule, releaseOf({ ...site, workloads }))] as const),
  );
  return Object.fromEntries(found.filter(([, messages]) => messages.length > 0));
}

const replaced = (workload: Workload, file: string, from: string, to: string): Workload => {
  const text = workload.files[file];
  if (typeof text !== "string" || !text.includes(from)) throw new Error(`${file} has no ${from}.`);
  return { ...workload, files: { ...workload.files, [file]: text.replace(from, to) } };
};

describe("the local stack", () => {
  it.each(groups.map((group) => [group.name, group] as const))("passes the whole pack: %s", async (_, group) => {
    for (const rule of rules) expect(await violations(rule, releaseOf(group))).toEqual([]);
  });

  it.each([
    ["publishes rspamd", { hostAddress: "127.0.1.1", port: 11332 }, "disallow-unlisted-published-port"],
    ["publishes SMTP to everyone", { hostAddress: "0.0.0.0", port: 25 }, "disallow-publish-on-all-addresses"],
  ])("is refused when net %s", async (_, publication, rule) => {
    const found = await slip("net", (net) => ({ ...net, publish: [{ ...publication, protocol: "tcp" }] }));
    expect(Object.keys(found)).toEqual([rule]);
  });

  it("is refused when the mailbox store is put on the network of the world", async () => {
    const found = await slip("dovecot", (dovecot) => {
      if (dovecot.network.kind !== "own") throw new Error("dovecot shares a network.");
      const attachment = { network: "internet", address: "198.51.100.99", address6: undefined };
      return { ...dovecot, network: { ...dovecot.network, attach: [...dovecot.network.attach, attachment] } };
    });
    expect(Object.keys(found)).toEqual(["disallow-direct-internal-workload-on-internet-network"]);
  });

  it("is refused when a daemon may change the network", async () => {
    const found = await slip("edge", (edge) => ({ ...edge, capabilities: ["NET_ADMIN"] }));
    expect(Object.keys(found)).toEqual(["disallow-privileged-workload"]);
  });

  it("is refused when anyone may speak the PROXY protocol to Postfix", async () => {
    const found = await slip("mx", (mx) => replaced(mx, "master.cf", "127.0.0.1:10025", "10025"));
    expect(Object.keys(found)).toEqual(["require-proxy-listeners-on-loopback"]);
  });

  it("is refused when the edge opens another port", async () => {
    const found = await slip("edge", (edge) => replaced(edge, "haproxy.cfg", ":25\n", ":2525\n"));
    expect(Object.keys(found)).toEqual(["require-listed-proxy-binds"]);
  });
});
