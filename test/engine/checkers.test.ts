/**
 * Each daemon's own checker on the files that are rendered for it, in a container of its image without a network: every
 * file of a whole plan is taken, and a mistake in one is not.
 */
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSecret, resolveText, type Ref, type Text } from "../../components/plan/text.ts";
import type { GroupPlan, Plan } from "../../components/plan/types.ts";
import { CONF, type ImageName, type Workload } from "../../components/plan/workload.ts";
import { buildImages } from "../../tools/images/index.ts";
import { run } from "../../tools/offline/run.ts";
import { keyMaterial } from "../support/key-material.ts";
import { groupsOf, localPlan, MUCH, workloadOf } from "../unit/plan/plans.ts";

const MINUTES = 60_000;

interface Case {
  readonly plan: Plan;
  readonly group: GroupPlan;
  readonly workload: Workload;
}

const LOCAL = cases(localPlan());
/** Two sites, port 143, domains of all kinds: what differs from the local stack, at one of the sites. */
const MORE = cases(localPlan(MUCH)).filter(
  ({ group, workload }) =>
    group.name !== "bravo" && !LOCAL.some((other) => JSON.stringify(other.workload) === JSON.stringify(workload)),
);

/** What differs where names are proved over HTTP. */
const BY_HTTP = cases(localPlan({ acme: { proof: "http" } })).filter(
  ({ workload }) => !LOCAL.some((other) => JSON.stringify(other.workload) === JSON.stringify(workload)),
);

/** A file of a workload as its checkers must not take it. */
type Mistake = readonly [file: string, spoil: (text: string) => string];
const withEnd =
  (end: string) =>
  (text: string): string =>
    text + end;
const MISTAKES: Readonly<Record<string, readonly Mistake[]>> = {
  unbound: [["unbound.conf", withEnd("server:\n    no-such-option: yes\n")]],
  couchmail: [["directory.json", withEnd("}")]],
  valkey: [["valkey.conf", withEnd("no-such-directive yes\n")]],
  rspamd: [["rspamd.conf", withEnd('worker "normal" {\n')]],
  opendkim: [["opendkim.conf", withEnd("NoSuchOption yes\n")]],
  "opendkim-ed25519": [["opendkim.conf", withEnd("NoSuchOption yes\n")]],
  resolver: [["unbound.conf", withEnd("server:\n    no-such-option: yes\n")]],
  certs: [["csr.pem", (text) => text.slice(0, text.length / 2)]],
  dovecot: [
    ["dovecot.conf", withEnd("no_such_setting = yes\n")],
    ["directory.lua", withEnd("function unfinished(\n")],
    ["sieve/junk.sieve", withEnd("if nonsense {\n")],
  ],
  mx: [["main.cf", withEnd("no_such_parameter = 1\n")]],
  submission: [["master.cf", withEnd("nonsense inet n\n")]],
  edge: [
    ["haproxy.cfg", withEnd("listen nonsense\n    bund :1\n")],
    ["edge.lua", withEnd("function unfinished(\n")],
  ],
  knot: [["knot.conf", withEnd("no-such-section:\n")]],
  outside: [["smtpd.conf", withEnd("no such directive\n")]],
  postsrsd: [["secrets", () => "\n"]],
};

let images: Readonly<Partial<Record<ImageName, { readonly tag: string }>>>;
let folder: string;
const materials = new Map<Plan, (ref: Ref) => string>();

beforeAll(async () => {
  images = await buildImages();
  folder = await mkdtemp(join(tmpdir(), "mailkeep-checkers-"));
  for (const plan of new Set([...LOCAL, ...MORE, ...BY_HTTP].map((one) => one.plan)))
    materials.set(plan, await keyMaterial(plan));
}, 15 * MINUTES);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.concurrent.each([
  ["the local stack", LOCAL],
  ["two sites with all that there is", MORE],
  ["a site that proves its names over HTTP", BY_HTTP],
])("in %s", (_, all) => {
  it.each(all.map((one) => [one.group.name, one.workload.name, one] as const))(
    "%s: what is rendered for %s is taken",
    { timeout: 2 * MINUTES },
    async (__, ___, one) => {
      const conf = await release(one);
      expect(await keeperSays(one, `${JSON.stringify(one.workload.keeper, null, 2)}\n`)).toEqual({ code: 0, said: "" });
      for (const command of one.workload.keeper.check ?? []) {
        const { code, said } = await inContainer(one, conf, command);
        expect({ command, code, said }).toMatchObject({ command, code: 0 });
      }
    },
  );
});

describe.concurrent("a mistake is not taken", () => {
  const checked = LOCAL.filter(({ workload }) => workload.keeper.check !== undefined);

  it("by any checker that there is", () => {
    expect(Object.keys(MISTAKES).sort()).toEqual(checked.map(({ workload }) => workload.name).sort());
  });

  const spoilt = checked.flatMap((one) => (MISTAKES[one.workload.name] ?? []).map((mistake) => ({ one, mistake })));

  it.each(spoilt.map(({ one, mistake }) => [one.workload.name, mistake[0], one, mistake] as const))(
    "by that of %s, in %s",
    { timeout: 2 * MINUTES },
    async (_name, _file, one, mistake) => {
      const conf = await release(one, mistake);
      const codes: number[] = [];
      for (const command of one.workload.keeper.check ?? []) {
        codes.push((await inContainer(one, conf, command)).code);
      }
      expect(codes.some((code) => code !== 0)).toBe(true);
    },
  );

  it("by the keeper", { timeout: MINUTES }, async () => {
    const [world] = groupsOf(localPlan());
    if (world === undefined) throw new Error("The local stack has no world.");
    const one = { plan: localPlan(), group: world, workload: workloadOf(world, "pebble") };
    expect((await keeperSays(one, '{"command": ["/usr/bin/pebble"], "colour": "blue"}')).code).toBe(1);
  });
});

function cases(plan: Plan): Case[] {
  return groupsOf(plan).flatMap((group) => group.workloads.map((workload) => ({ plan, group, workload })));
}

/** Lays the files of a workload as its keeper would. @param more what to add to the end of some */
async function release({ plan, group, workload }: Case, [spoilt, spoil]: Partial<Mistake> = []): Promise<string> {
  const resolve = materials.get(plan);
  if (resolve === undefined) throw new Error("There are no keys for this plan.");
  const conf = await mkdtemp(join(folder, `${group.name}-${workload.name}-`));
  const folders = new Set([conf]);
  for (const [path, text] of Object.entries(workload.files)) {
    const target = join(conf, path);
    await mkdir(dirname(target), { recursive: true });
    folders.add(dirname(target));
    const whole = resolveText(text, resolve);
    await writeFile(target, path === spoilt && spoil !== undefined ? spoil(whole) : whole);
    await chmod(target, modeOf(text));
    await chown(target, workload.uid, workload.uid);
  }
  for (const path of folders) {
    await chmod(path, 0o755);
    await chown(path, workload.uid, workload.uid);
  }
  return conf;
}

const modeOf = (text: Text): number => (isSecret(text) ? 0o400 : 0o444);

/** Runs a command as the workload would, but for the network and the volumes, which are empty folders in memory. */
async function inContainer(
  { group, workload }: Case,
  conf: string,
  [program = "", ...args]: readonly string[],
): Promise<{ code: number; said: string }> {
  const { uid } = workload;
  const folders = [
    { path: "/run", uid, mode: "0755" },
    { path: "/tmp", uid, mode: "1777" },
    ...workload.scratch,
    ...workload.volumes.map(({ volume, path }) => {
      const owner = group.volumes.find(({ name }) => name === volume);
      return { path, uid: owner?.uid ?? uid, mode: owner?.mode ?? "0755" };
    }),
  ];
  const { code, stdout, stderr } = await run("docker", [
    ...isolated(workload),
    ...folders.flatMap((one) => ["--tmpfs", `${one.path}:uid=${one.uid},gid=${one.uid},mode=${one.mode}`]),
    "--mount",
    `type=bind,source=${conf},target=${CONF},readonly`,
    "--entrypoint",
    program,
    imageOf(workload),
    ...args,
  ]);
  return { code, said: `${stdout}${stderr}` };
}

async function keeperSays({ workload }: Case, keeperJson: string): Promise<{ code: number; said: string }> {
  const command = ["--interactive", "--entrypoint", "/keeper", imageOf(workload), "verify"];
  const { code, stdout, stderr } = await run("docker", [...isolated(workload), ...command], { input: keeperJson });
  return { code, said: `${stdout}${stderr}` };
}

function isolated({ uid, capabilities }: Workload): string[] {
  return [
    ...["run", "--rm", "--label", "mailkeep.test=checkers", "--network=none", "--read-only", "--cap-drop=ALL"],
    ...capabilities.map((one) => `--cap-add=${one}`),
    ...["--security-opt=no-new-privileges", `--user=${uid}:${uid}`],
  ];
}

function imageOf({ image }: Workload): string {
  return images[image]?.tag ?? "";
}
