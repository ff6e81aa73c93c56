import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Host } from "../../../providers/compose/host.ts";
import type { Reach } from "../../../providers/compose/reach.ts";
import { PartialFailure } from "../../../providers/compose/protocol.ts";
import { releaseProviderOn } from "../../../providers/compose/release.ts";
import { release } from "./inputs.fixture.ts";

// Nobody waits between two tries.
vi.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

/** A host that answers each command by the first word pair it knows, and runs nothing. */
function fakeHost(answers: Readonly<Record<string, { code: number; stderr?: string; stdout?: string }>>): Host {
  return {
    name: "this machine",
    docker: ["docker"],
    compose: ["docker", "compose"],
    run: (command) => {
      const known = Object.entries(answers).find(([start]) => command.join(" ").startsWith(start))?.[1];
      return Promise.resolve({ stdout: "", stderr: "", ...(known ?? { code: 0 }) });
    },
    putTree: () => Promise.resolve(),
    readFiles: () => Promise.resolve(new Map()),
  };
}

/** Every connection leads to one host. */
function on(host: Host): Reach {
  return (_, __, work) => work(host);
}

const said: string[] = [];
const log = { status() {}, info() {}, warn: (message: string) => said.push(message) };
const root = { "id -u": { code: 0, stdout: "0\n" } };

test("a host that is lost is not asked twice: what was there is taken to be gone, which is told", async () => {
  const lost: Reach = () => Promise.reject(new Error("The machine at 203.0.113.7 does not answer."));
  const provider = releaseProviderOn(lost);
  await expect(provider.delete({ ...release }, log)).rejects.toThrow("does not answer");
  vi.stubEnv("MAILKEEP_LOST", "mailkeep-local-bravo,mailkeep-local-alpha");
  await expect(provider.delete({ ...release }, log)).resolves.toBeUndefined();
  expect(said.join()).toContain(
    "mailkeep-local-alpha is taken to be gone with its host. The machine at 203.0.113.7 does not answer.",
  );
  vi.stubEnv("MAILKEEP_LOST", "mailkeep-local-bravo");
  await expect(provider.delete({ ...release }, log)).rejects.toThrow("does not answer");
  vi.unstubAllEnvs();
});

test.each([
  ["who is not root", { "id -u": { code: 0, stdout: "1000\n" } }, "needs the rights of root"],
  ["without Docker", { ...root, docker: { code: 127 } }, "The program docker is not on this machine: install it"],
  [
    "whose Docker is down",
    { ...root, "docker version": { code: 1, stderr: "Cannot connect to the Docker daemon at unix:///x" } },
    "Docker does not answer on this machine.",
  ],
  [
    "without Compose",
    { ...root, "docker compose": { code: 1, stderr: "docker: 'compose' is not a docker command." } },
    "Docker on this machine has no Compose.",
  ],
  [
    "without an image",
    { ...root, "docker image": { code: 1 } },
    "The images keeper:1, postfix:1 are not on this machine. Build the images first",
  ],
])("a host %s is told of before anything is changed", async (_, answers, sentence) => {
  const created = releaseProviderOn(on(fakeHost(answers))).create(release, log);
  await expect(created).rejects.toThrow(sentence);
  await expect(created).rejects.not.toBeInstanceOf(PartialFailure);
});

test("a host that cannot be asked is shown as it was last known", async () => {
  const down = { docker: { code: 1 }, "sh -ec": { code: 1, stderr: "Cannot connect to the Docker daemon" } };
  const outputs = { ...release, hashes: { mx: "1" }, services: { mx: "running" } };
  const found = await releaseProviderOn(on(fakeHost(down))).read(outputs, log);
  expect(found).toMatchObject({ hashes: { mx: "1" }, services: { mx: "running" } });
  expect(said.join()).toContain("Could not compare mailkeep-local-alpha with what runs");
});

test("a host with nothing left of a release has no such resource", async () => {
  const empty = { "sh -ec": { code: 0, stdout: "" } };
  const host = fakeHost(empty);
  const run: Host["run"] = async (command) =>
    command.join(" ").includes("inspect $ids") ? { code: 0, stdout: "[]", stderr: "" } : await host.run(command);
  expect(await releaseProviderOn(on({ ...host, run })).read({ ...release }, log)).toBeUndefined();
});

test("images that another machine lacks are carried there, and only those", async () => {
  const carried: string[][] = [];
  const host = fakeHost({
    ...root,
    "docker image inspect --format {{.Id}} postfix:1": { code: 0, stdout: "id" },
    "docker image": { code: 1 },
  });
  const far: Host = { ...host, carryImages: (images) => Promise.resolve(void carried.push([...images])) };
  // What follows fails, for this host runs nothing.
  await expect(releaseProviderOn(on(far)).create(release, log)).rejects.toThrow();
  expect(carried).toEqual([["keeper:1"]]);
});

test("the disk for mail has everything written to it when nothing writes there any more, for it may be taken away next", async () => {
  const host = fakeHost({});
  const done: string[] = [];
  const run: Host["run"] = async (command) => {
    done.push(command.join(" "));
    return await host.run(command);
  };
  const places = [{ ...release, mailFolder: "/srv/mail" }, release];
  const seen = [];
  for (const one of places) {
    done.length = 0;
    await releaseProviderOn(on({ ...host, run })).delete({ ...one }, log);
    const [gone, written] = ["docker ps --all", "sync --file-system"].map((what) =>
      done.findIndex((command) => command.includes(what)),
    );
    seen.push({ gone, written });
  }
  expect(seen[0]?.written).toBeGreaterThan(seen[0]?.gone ?? Number.POSITIVE_INFINITY);
  expect(done.some((command) => command.includes("sync"))).toBe(false);
});

describe("a network that Docker holds on to", () => {
  const busy = { code: 1, stdout: "", stderr: "error while removing network: network x id 1 has active endpoints" };
  const fine = { code: 0, stdout: "", stderr: "" };
  const readFiles: Host["readFiles"] = (paths) => Promise.resolve(new Map(paths.map((path) => [path, "{}"])));

  /** A host where the network can be removed at the n-th try, and which has containers on it until then. */
  function holding(tries: number, holders: string): { readonly host: Host; readonly removed: string[] } {
    const host = fakeHost({});
    const removed: string[] = [];
    const run: Host["run"] = async (command) => {
      const text = command.join(" ");
      if (text.includes(" down ")) return busy;
      if (text.startsWith("docker network ls")) return { ...fine, stdout: removed.length < tries ? "site\n" : "" };
      if (text.startsWith("docker network inspect")) return { ...fine, stdout: holders };
      if (!text.startsWith("docker network rm")) return await host.run(command);
      removed.push(text);
      return removed.length < tries ? busy : fine;
    };
    return { host: { ...host, run, readFiles }, removed };
  }

  beforeEach(() => {
    said.length = 0;
  });

  test("for a moment is removed at the next try", async () => {
    const { host, removed } = holding(2, "");
    await releaseProviderOn(on(host)).delete({ ...release }, log);
    expect(removed).toEqual(["docker network rm site", "docker network rm site"]);
  });

  test.each([
    ["because of somebody else's container", "visitor guest ", "stays on this machine, for visitor, guest uses it."],
    ["though nobody is on it", "", "stays on this machine: Docker counts a container there, and there is none."],
  ])("%s stays, which is told, and the release goes", async (_, holders, sentence) => {
    const { host } = holding(100, holders);
    await releaseProviderOn(on(host)).delete({ ...release }, log);
    expect(said).toEqual([expect.stringContaining(`The network site ${sentence}`)]);
  });

  test("is no reason to hide what else went wrong", async () => {
    const { host } = holding(100, "");
    const run: Host["run"] = async (command) =>
      command.join(" ").startsWith("docker network rm") ? { ...busy, stderr: "no right" } : await host.run(command);
    await expect(releaseProviderOn(on({ ...host, run })).delete({ ...release }, log)).rejects.toThrow(
      "active endpoints",
    );
  });
});
