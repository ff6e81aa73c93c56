/** The command line on a machine that lacks something, and on a terminal: no stack is needed for it. */
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildImages } from "../../tools/images/index.ts";
import { onPath } from "../../tools/offline/on-path.ts";
import { ROOT, stackFile } from "../../tools/paths.ts";
import { docker } from "../../tools/site/docker.ts";
import { startMailkeep } from "../support/command-line.ts";
import { onTerminal } from "../support/terminal.ts";

const MINUTES = 60_000;
const STACK = "local-lacking";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-machine-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(stackFile(STACK), { force: true });
});

describe("up", () => {
  afterEach(async () => {
    expect(await docker("ps", "--all", "--quiet", "--filter", `label=mailkeep.stack=${STACK}`)).toBe("");
    expect(await docker("volume", "ls", "--quiet", "--filter", `label=mailkeep.project=mailkeep-${STACK}-alpha`)).toBe(
      "",
    );
  });

  it(
    "shows the last lines of an image that does not build, and changes nothing",
    { timeout: 15 * MINUTES },
    async () => {
      // The others are there, so that this is about the one.
      await buildImages();
      const checkout = await copyOfCheckout();
      const dockerfile = join(checkout, "images", "pebble", "Dockerfile");
      const text = await readFile(dockerfile, "utf8");
      await writeFile(dockerfile, text.replace("RUN groupadd", "RUN echo a-word-of-the-build && false && groupadd"));
      const { code, output } = await startMailkeep(["up", STACK, "--yes"], { root: checkout }).ended;
      expect({ code, output }).toMatchObject({ code: 1 });
      expect(output).toContain("The image mailkeep/pebble does not build: see images/pebble/Dockerfile");
      expect(output.split("the last lines of its log:\n")[1]).toContain("a-word-of-the-build\n");
      expect(output).not.toMatch(/at .*\.ts:\d+/);
      // Neither a key nor a container: what the stack has is what `stack init` gives it.
      const state = await readFile(
        join(checkout, ".mailkeep/backend/.pulumi/stacks/mailkeep", `${STACK}.json`),
        "utf8",
      );
      expect(state).not.toContain("resources");
      await expect(readFile(join(checkout, ".mailkeep", "images.json"))).rejects.toThrow("ENOENT");
    },
  );

  it("says that Docker's disk is full before it changes anything", { timeout: 5 * MINUTES }, async () => {
    const real = await onPath("docker", process.env["PATH"] ?? "", []);
    // An engine whose folder lies where there is never any room; all else is the real one's answer.
    const fake = `#!/bin/sh\n[ "$1" != info ] || { echo "20.10.24 /proc"; exit 0; }\nexec ${String(real)} "$@"\n`;
    await writeFile(join(folder, "docker"), fake);
    await chmod(join(folder, "docker"), 0o755);
    const env = { PATH: [folder, process.env["PATH"]].join(delimiter) };
    const { code, output } = await startMailkeep(["up", STACK, "--yes"], { env }).ended;
    expect(code).toBe(1);
    expect(output).toContain("Docker's folder /proc has 0.0 GiB left and 3 GiB are needed");
    expect(output).toContain("npm run images -- --prune");
  });

  it("says that no Docker answers where the user said that there is one", { timeout: 5 * MINUTES }, async () => {
    const env = { DOCKER_HOST: `unix://${folder}/docker.sock` };
    const { code, output } = await startMailkeep(["up", STACK, "--yes"], { env }).ended;
    expect(code).toBe(1);
    expect(output).toContain(`No Docker engine answers at unix://${folder}/docker.sock, which DOCKER_HOST names`);
  });
});

describe("down on a terminal", () => {
  const VOLUME = `mailkeep-${STACK}-alpha-mail`;
  const QUESTION = /Type the stack's name to delete them: /;

  beforeEach(async () => {
    await cp(join(ROOT, "stacks", "local.yaml"), stackFile(STACK));
    const labels = ["mailkeep.kind=mail", `mailkeep.project=mailkeep-${STACK}-alpha`];
    await docker("volume", "create", ...labels.flatMap((label) => ["--label", label]), VOLUME);
  });

  afterEach(async () => {
    await docker("volume", "rm", "--force", VOLUME);
  });

  it("keeps the mail unless the stack's name is typed", { timeout: 5 * MINUTES }, async () => {
    for (const typed of ["", "yes", "local"]) {
      const { code, output } = await onTerminal(["down", STACK], [{ question: QUESTION, typed }], 120);
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain(`Delete the mail, queues and users of ${STACK} too (1 volumes)?`);
      expect(output).toContain(`Mail, queues and users of ${STACK} are kept in 1 volumes: ${VOLUME}`);
    }
    expect((await docker("volume", "ls", "--quiet", "--filter", `name=^${VOLUME}$`)).trim()).toBe(VOLUME);
  });

  it("deletes it when it is", { timeout: 5 * MINUTES }, async () => {
    const { code, output } = await onTerminal(["down", STACK], [{ question: QUESTION, typed: STACK }], 120);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(`Deleted: ${VOLUME}.`);
    expect(await docker("volume", "ls", "--quiet", "--filter", `name=^${VOLUME}$`)).toBe("");
  });
});

/** The checkout without what was made in it. */
async function copyOfCheckout(): Promise<string> {
  const checkout = join(folder, "checkout");
  const left = new Set([".git", ".mailkeep", "node_modules"]);
  await cp(ROOT, checkout, {
    recursive: true,
    filter: (path) => !(left.has(basename(path)) || /^Pulumi\..+\.yaml$/.test(basename(path))),
  });
  await symlink(join(ROOT, "node_modules"), join(checkout, "node_modules"));
  return checkout;
}
