/** Images by digest from a real registry, and one that lacks an update of a package: found, built anew, put in its place. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Pins } from "../../components/release/pins.ts";
import type { ReleaseInputs } from "../../providers/compose/inputs.ts";
import { hostsOf } from "../../providers/compose/reach.ts";
import { releaseProviderOn } from "../../providers/compose/release.ts";
import { pushImages } from "../../tools/images/push.ts";
import { askRegistry } from "../../tools/images/registry.ts";
import { debianUpdates } from "../../tools/images/updates.ts";
import { updateWords } from "../../tools/commands/check.ts";
import { run as runProgram, type Runner } from "../../tools/offline/run.ts";
import { fakeStep } from "../unit/offline/fake.ts";
import { FAKE_IMAGE, makeStack, NAME, run, succeed } from "./compose-stack.ts";
import type { ComposeStack } from "./compose-stack.ts";
import { PACKAGE, startPackageSource, type PackageSource } from "./package-source.ts";
import { startRegistry, USER, type Registry } from "./registry.ts";

const PROJECT = `${NAME}-pulled`;
const PASSWORD = "a-password-that-nobody-may-see";
const OLD = `${NAME}-probe:1`;
const NEW = `${NAME}-probe:2`;

const log = { status() {}, info() {}, warn() {} };

let stack: ComposeStack;
let registry: Registry;
let source: PackageSource;
let folder: string;

const login = () => ({ host: registry.host, user: USER, password: PASSWORD });

function inputs(image: string, own?: ReleaseInputs["registry"]): ReleaseInputs {
  return {
    project: PROJECT,
    directory: stack.directory,
    networks: { site: { name: `${PROJECT}-site`, ipam: { config: [{ subnet: "10.213.10.0/24" }] } } },
    volumes: {},
    workloads: {
      net: {
        uid: 2000,
        service: { image, user: "2000:2000", stop_grace_period: "2s", networks: { site: null } },
        files: { conf: "first" },
        secretFiles: {},
      },
    },
    waitSeconds: 120,
    ...(own !== undefined && { registry: own }),
  };
}

/** The image and the container of the only workload; nothing where there is none. */
async function running(): Promise<string> {
  const format = "{{.Config.Image}} {{.Image}} {{.Id}}";
  return (await run("docker", ["inspect", "--format", format, `${PROJECT}-net-1`])).stdout.trim();
}

async function push(image: string, password?: string): Promise<Pins> {
  const config = await mkdtemp(join(folder, "docker-"));
  const auth = { auth: Buffer.from(`${USER}:${password ?? ""}`).toString("base64") };
  const auths = password === undefined ? {} : { [registry.host]: auth };
  await writeFile(join(config, "config.json"), JSON.stringify({ auths }));
  const runner: Runner = (command, args, options) =>
    runProgram(command, args, { ...options, env: { DOCKER_CONFIG: config } });
  const id = (await succeed("docker", ["image", "inspect", "--format", "{{.Id}}", image])).trim();
  const images = { keeper: { tag: image, id } };
  return await pushImages({ registry: `${registry.host}/mail`, images, step: fakeStep().step, runner });
}

async function refusedUp(wanted: ReleaseInputs): Promise<string> {
  const before = await running();
  const { code, output } = await stack.pulumi(wanted, "up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(await running()).toBe(before);
  return output;
}

async function up(wanted: ReleaseInputs): Promise<void> {
  const { code, output } = await stack.pulumi(wanted, "up", "--yes", "--skip-preview");
  expect(code, output).toBe(0);
}

/** What takes away what was made, the last first. */
const leftovers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  stack = await makeStack();
  leftovers.push(() => stack.remove());
  folder = await mkdtemp(join(tmpdir(), `${NAME}-images-`));
  leftovers.push(() => rm(folder, { recursive: true, force: true }));
  registry = await startRegistry(join(folder, "registry"), PASSWORD);
  leftovers.push(() => registry.stop(), removeImages);
  source = await startPackageSource(FAKE_IMAGE, join(folder, "probe"));
  leftovers.push(() => source.close(), removeContainers);
}, 600_000);

afterAll(async () => {
  for (const remove of leftovers.toReversed()) await remove();
}, 120_000);

async function removeContainers(): Promise<void> {
  await run("docker", ["rm", "--force", `${PROJECT}-net-1`]);
  await run("docker", ["network", "rm", `${PROJECT}-site`]);
}

async function removeImages(): Promise<void> {
  const format = ["--format", "{{.Repository}}@{{.Digest}}"];
  const pulled = await run("docker", ["images", "--digests", ...format, `${registry.host}/mail/keeper`]);
  await run("docker", ["rmi", "--force", OLD, NEW, ...pulled.stdout.split("\n").filter(Boolean)]);
}

describe("a registry", { timeout: 600_000 }, () => {
  let pin: string;

  test("takes no image from somebody who is not logged in", async () => {
    await expect(push(FAKE_IMAGE)).rejects.toThrow(`log in with \`docker login ${registry.host}\``);
    await expect(push(FAKE_IMAGE, "another")).rejects.toThrow(`log in with \`docker login ${registry.host}\``);
  });

  test("takes an image, says its digest, and says the same one the second time", async () => {
    const pins = await push(FAKE_IMAGE, PASSWORD);
    pin = pins["keeper"] ?? "";
    expect(pin).toMatch(new RegExp(`^${registry.host}/mail/keeper:1@sha256:[0-9a-f]{64}$`));
    expect(await push(FAKE_IMAGE, PASSWORD)).toEqual(pins);
    expect((await run("docker", ["image", "inspect", pin])).code).not.toBe(0);
  });

  test("gives none to a site that is not let in, and nothing is changed", async () => {
    expect(await refusedUp(inputs(pin))).toContain(`does not let this machine pull ${pin} without a login`);
    const output = await refusedUp(inputs(pin, { ...login(), password: "not-the-password" }));
    expect(output).toContain(`does not let this machine pull ${pin} as ${USER}`);
    expect(output).not.toContain("not-the-password");
  });

  test("gives it to one that is, whose containers are made of that digest", async () => {
    await up(inputs(pin, login()));
    const id = (await succeed("docker", ["image", "inspect", "--format", "{{.Id}}", FAKE_IMAGE])).trim();
    expect(await running()).toMatch(new RegExp(`^${pin.replace(/@.*/, "")}\\S* ${id} `));
    expect((await stack.pulumi(inputs(pin, login()), "preview", "--expect-no-changes")).code).toBe(0);
  });

  test("its password is in no state and no message, and not on the machine any more", async () => {
    const { output } = await stack.pulumi(inputs(pin, login()), "stack", "export");
    expect(output).toContain(registry.host);
    expect(output).not.toContain(PASSWORD);
    expect(output).not.toContain(Buffer.from(`${USER}:${PASSWORD}`).toString("base64"));
    const preview = await stack.pulumi(
      inputs(pin, { ...login(), user: "others" }),
      "preview",
      "--diff",
      "--show-sames",
    );
    expect(preview.output).toContain("others");
    expect(preview.output).not.toContain(PASSWORD);
    expect((await readdir("/dev/shm")).filter((name) => name.startsWith("mailkeep-pull"))).toEqual([]);
  });
});

describe("an image that lacks an update of a package", { timeout: 600_000 }, () => {
  const [before, after] = ["1.0-1", "1.0-1+deb13u1"];

  test("is named, built anew, and replaced on its site", async () => {
    await source.publish(before);
    await source.build(OLD, FAKE_IMAGE);
    const old = await push(OLD, PASSWORD);
    await up(inputs(old["keeper"] ?? "", login()));
    expect(await debianUpdates({ ...old }, runProgram)).toEqual([]);

    await source.publish(after);
    const updates = await debianUpdates({ ...old }, runProgram);
    expect(updates).toMatchObject([{ image: "keeper", package: PACKAGE, have: before, available: after }]);
    expect(updateWords("production", 1, updates)).toMatch(/keeper +mailkeep-probe +1\.0-1 +1\.0-1\+deb13u1 /);

    await source.build(NEW, FAKE_IMAGE);
    const renewed = await push(NEW, PASSWORD);
    expect(renewed).not.toEqual(old);
    await up(inputs(renewed["keeper"] ?? "", login()));
    const id = (await succeed("docker", ["image", "inspect", "--format", "{{.Id}}", NEW])).trim();
    expect(await running()).toContain(` ${id} `);
    expect(await debianUpdates({ ...renewed }, runProgram)).toEqual([]);
    // The old one takes no room there any more.
    expect((await run("docker", ["image", "inspect", old["keeper"] ?? ""])).code).not.toBe(0);
    const have = ["exec", `${PROJECT}-net-1`, "dpkg-query", "--show", "--showformat", "${Version}", PACKAGE];
    expect(await succeed("docker", have)).toBe(after);
  });

  test("whose source does not answer is not called clean", async () => {
    await source.close();
    await expect(debianUpdates({ probe: NEW }, runProgram)).rejects.toThrow("Debian cannot be asked for updates");
  });

  test("that is not there is told of", async () => {
    await expect(debianUpdates({ probe: `${NAME}-nothing:1` }, runProgram)).rejects.toThrow(
      `The image ${NAME}-nothing:1 cannot be looked at, for it is not on this machine`,
    );
  });
});

describe("a registry that", { timeout: 600_000 }, () => {
  const nowhere = `@sha256:${"0a".repeat(32)}`;
  const change = async (): Promise<void> => {
    const wanted = inputs(`${registry.host}/mail/keeper:1${nowhere}`, login());
    await releaseProviderOn(hostsOf(process.env)).update({}, { ...wanted }, log);
  };

  test("has lost an image is told of before anything is changed", async () => {
    const before = await running();
    await expect(change()).rejects.toThrow(
      `The registry ${registry.host} has no ${registry.host}/mail/keeper:1${nowhere}`,
    );
    expect(await running()).toBe(before);
    await askRegistry(`${registry.host}/mail`);
  });

  test("is down is told of before anything is built, pushed or changed", async () => {
    const before = await running();
    await registry.stop();
    await expect(change()).rejects.toThrow(`The registry ${registry.host} does not answer this machine`);
    await expect(push(FAKE_IMAGE, PASSWORD)).rejects.toThrow(`The registry ${registry.host} does not answer`);
    await expect(askRegistry(`${registry.host}/mail`)).rejects.toThrow(
      `The registry ${registry.host} does not answer (ECONNREFUSED)`,
    );
    expect(await running()).toBe(before);
  });
});
