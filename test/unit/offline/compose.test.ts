import { mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { COMPOSE_VERSION, composeCommand, fitsCompose, prepareCompose } from "../../../tools/offline/compose.ts";
import type { Runner } from "../../../tools/offline/run.ts";
import { fails, fakeRunner, fakeStep, OK, prints } from "./fake.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-compose-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  vi.stubEnv("DOCKER_CONFIG", join(folder, "docker"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const quiet = () => fakeStep().step;

/** pip that puts a file where the package has its executable. */
const pip: Runner = async (command, args) => {
  if (command !== "python3") return fails("docker: 'compose' is not a docker command.");
  const executable = join(args[args.indexOf("--target") + 1] ?? "", "compose", "docker-compose");
  await mkdir(dirname(executable), { recursive: true });
  await writeFile(executable, "");
  return OK;
};

test.each([
  ["2.30.0", true],
  ["v2.40.3", true],
  ["5.0.1", true],
  ["2.26.1-4", false],
  ["1.29.2", false],
])("%s fits: %s", (version, expected) => {
  expect(fitsCompose(version)).toBe(expected);
});

test("an installed plugin is called through docker", async () => {
  const { runner } = fakeRunner({ "docker compose version": prints("2.35.1\n") });
  expect(await prepareCompose(quiet, runner)).toMatchObject({
    command: ["docker", "compose"],
    source: "installed",
    env: {},
  });
});

test("an old plugin is passed over for the package, and the user's own configuration stays in use", async () => {
  await mkdir(join(folder, "docker", "cli-plugins"), { recursive: true });
  await writeFile(join(folder, "docker", "config.json"), "{}");
  await writeFile(join(folder, "docker", "cli-plugins", "docker-scout"), "");
  const compose = await prepareCompose(quiet, pip);
  const executable = join(folder, "cache", "mailkeep", `compose-${COMPOSE_VERSION}`, "compose", "docker-compose");
  expect(compose).toMatchObject({ command: [executable], version: COMPOSE_VERSION, source: "fallback" });
  const config = compose.env["DOCKER_CONFIG"] ?? "";
  expect(await readlink(join(config, "config.json"))).toBe(join(folder, "docker", "config.json"));
  expect(await readlink(join(config, "cli-plugins", "docker-scout"))).toBe(
    join(folder, "docker", "cli-plugins", "docker-scout"),
  );
  expect(await readlink(join(config, "cli-plugins", "docker-compose"))).toBe(executable);
  expect(await composeCommand()).toEqual([executable]);
});

test("a second call fetches nothing, and changes no link", async () => {
  await prepareCompose(quiet, pip);
  const { runner, ran } = fakeRunner({});
  await prepareCompose(quiet, runner);
  expect(ran).toEqual(["docker compose version --short"]);
});

test("without pip the sentence names the package to install", async () => {
  const { runner } = fakeRunner({ python3: fails("/usr/bin/python3: No module named pip") });
  await expect(prepareCompose(quiet, runner)).rejects.toThrow("install python3-pip");
});
