/** The commands of a stack's life in the clouds, each run whole by the entry that users run. The clouds are stand-ins. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CTRL_C } from "./checkout.ts";
import { CommandStack, SITE, STACK } from "./command-stack.ts";
import { pulumiPath } from "./project.ts";
import { startRegistry, type Registry } from "./registry.ts";

const MINUTES = 60_000;

const RELEASE = `compose:index:Release ${SITE.name}`;
/** The disk with mail, and what it cannot be without. */
const KEPT = ["digitalocean:index/tag:Tag droplets-tag", `digitalocean:index/volume:Volume ${SITE.name}-mail`];
/** Of whichever form Docker pushes. */
const MANIFESTS = ["docker.distribution.manifest.v2", "oci.image.manifest.v1", "oci.image.index.v1"].map(
  (form) => `application/vnd.${form}+json`,
);
const IMAGES = [...new Set(SITE.workloads.map(({ image }) => image))].toSorted();

describe.skipIf(pulumiPath() === undefined)("a stack in the clouds", { timeout: 5 * MINUTES }, () => {
  let stack: CommandStack;
  let registry: Registry;
  beforeAll(async () => {
    stack = await CommandStack.create();
    registry = await startRegistry(join(stack.checkout.clouds, "registry"));
  }, 3 * MINUTES);
  afterAll(async () => {
    await registry.stop();
    await stack.remove();
  }, MINUTES);

  const mailkeep = (...args: readonly string[]) => stack.checkout.mailkeep(...args);
  const useRegistry = (host: string) =>
    stack.configure((config) => ({ ...config, "mailkeep:images": { registry: `${host}/mail` } }));
  /** What was built and what was pushed since this was asked last. */
  const imageWork = async (): Promise<readonly string[]> =>
    (await stack.toldDocker()).filter((line) => /^(build|push|tag) /.test(line));

  /** What its containers are made of, from the state. */
  const imagesInState = async (): Promise<readonly string[]> => {
    const text = JSON.stringify((await stack.state()).get(RELEASE));
    return [...new Set(text.match(/[\w.:-]+\/mail\/\w+:\w+@sha256:[0-9a-f]{64}/g))].toSorted();
  };

  describe("its images", () => {
    it("are not pushed anywhere where its settings name no registry", async () => {
      const { code, said } = await mailkeep("images", "push", STACK);
      expect(said).toContain(
        `The settings of ${STACK} name no registry, so its images go to the sites with the release.`,
      );
      expect(said).toContain("Set `mailkeep:images` to have them in one; docs/images.md says how.");
      expect(code).toBe(1);
    });

    it("are not built for a registry that does not answer", async () => {
      await useRegistry("127.0.0.1:2");
      const { code, said } = await mailkeep("images", "push", STACK);
      expect(said).toContain("The registry 127.0.0.1:2 does not answer (ECONNREFUSED)");
      expect(said).toContain("Nothing was built or pushed.");
      expect(code).toBe(1);
      expect(await imageWork()).toEqual([]);
      expect(await stack.pins()).toBeUndefined();
    });

    it("must be pushed before anything is made of them", async () => {
      await useRegistry(registry.host);
      const { code, said } = await mailkeep("up", STACK, "--yes");
      expect(said).toContain(`Run \`npm run images -- push ${STACK}\`, and commit stacks/images.${STACK}.json.`);
      expect(code).toBe(1);
    });

    it("are built, pushed, and written down by the digests that the registry gave them", async () => {
      const { code, said } = await mailkeep("images", "push", STACK);
      expect(code, said).toBe(0);
      const pins = (await stack.pins()) ?? {};
      expect(Object.keys(pins).toSorted()).toEqual(IMAGES);
      for (const [name, pin] of Object.entries(pins)) {
        expect(pin).toMatch(new RegExp(`^${registry.host}/mail/${name}:[0-9a-f]{12}@sha256:[0-9a-f]{64}$`));
        const address = `http://${registry.host}/v2/mail/${name}/manifests/${pin.split("@")[1] ?? ""}`;
        const manifest = await fetch(address, { headers: { accept: MANIFESTS.join(", ") } });
        expect(manifest.status, pin).toBe(200);
      }
      expect(said).toContain(`\`npm run up -- ${STACK}\` brings them to the sites.`);
      expect((await imageWork()).filter((line) => line.startsWith("push "))).toHaveLength(IMAGES.length);
    });

    it("are the same the second time, and nothing is built", async () => {
      const before = await stack.pins();
      const { code, said } = await mailkeep("images", "push", STACK);
      expect(said).toContain(`stacks/images.${STACK}.json is as it was: the registry had all of them.`);
      expect(code).toBe(0);
      expect(await stack.pins()).toEqual(before);
      expect((await imageWork()).filter((line) => line.startsWith("build "))).toEqual([]);
    });
  });

  describe("up", () => {
    it("makes all of it, of the digests that were written down, and ends with how the sites are", async () => {
      await stack.allWell();
      const { code, said } = await mailkeep("up", STACK, "--yes");
      expect(said).toMatch(
        /\nalpha +mx submission maildrop +alpha\.staging\.mailkeep\.example +192\.0\.2\.\d+ 2001:db8:22::\S+ +- +healthy\n/,
      );
      expect(said).toMatch(/\nUp in \d+ s\.\n$/);
      expect(code).toBe(0);
      expect(await imagesInState()).toEqual(Object.values((await stack.pins()) ?? {}).toSorted());
      expect(await imageWork()).toEqual([]);
    });

    it("--refresh builds all images anew, pushes them, brings them to the site, and puts back what was taken away there", async () => {
      const before = (await stack.pins()) ?? {};
      await stack.lose("mx");
      const { code, said } = await mailkeep("up", STACK, "--yes", "--refresh");
      expect(code, said).toBe(0);
      expect(said).toMatch(/\nalpha +.* +healthy\n\nUp in \d+ s\.\n$/);
      // The base image, and each that stands on it.
      expect((await imageWork()).filter((line) => line.startsWith("build "))).toHaveLength(1 + IMAGES.length);
      const pins = (await stack.pins()) ?? {};
      expect(Object.keys(pins)).toEqual(Object.keys(before));
      expect(Object.values(pins).filter((pin) => Object.values(before).includes(pin))).toEqual([]);
      expect(await imagesInState()).toEqual(Object.values(pins).toSorted());
      expect(stack.isLost()).toBe(false);
      // Its machine and its records are as they were.
      expect(said).toMatch(/\n +~ 1 updated\n/);
      expect(said).not.toMatch(/created|deleted|replaced/);
    });

    it("tells as status does what is the matter with a machine that lets nobody in", async () => {
      await stack.lockMachines();
      const { code, said } = await mailkeep("status", STACK);
      expect(said).toMatch(
        /^alpha +.* +NOT KNOWN\nalpha: The machine at \S+ does not let the user mailkeep in with this/m,
      );
      expect(code).toBe(1);
    });
  });

  describe("down", () => {
    const made = async (): Promise<readonly string[]> => [...(await stack.state()).keys()];

    it("says what would go and what would stay, and does nothing where nobody can be asked", async () => {
      const before = await made();
      const { code, said } = await mailkeep("down", STACK);
      expect(said).toMatch(/^kept, protected +digitalocean Volume +1 +alpha-mail$/m);
      expect(said).toMatch(/^destroyed +digitalocean Droplet +1 +alpha-machine$/m);
      expect(said).toContain(`Nothing has been destroyed: the command asks first, and there is no terminal here.`);
      expect(code).toBe(1);
      expect(await made()).toEqual(before);
    });

    it("does not take mail along", async () => {
      const before = await made();
      const { code, said } = await mailkeep("down", STACK, "--yes", "--delete-mail");
      expect(said).toContain("Nothing has been destroyed: --delete-mail is for stacks on this machine.");
      expect(said).toMatch(/`pulumi state unprotect 'urn:pulumi:staging::mailkeep::\S+-mail' -s staging`/);
      expect(code).toBe(1);
      expect(await made()).toEqual(before);
    });

    it("does nothing when it is answered by Ctrl-C", async () => {
      const before = await made();
      const terminal = stack.checkout.atTerminal("down", STACK);
      await terminal.after("Type the stack's name to destroy it: ", CTRL_C);
      const { code, said } = await terminal.ended;
      expect(said).toMatch(/Nothing has been destroyed\.\r\n$/);
      expect(code).toBe(0);
      expect(await made()).toEqual(before);
    });

    it("takes all but the disk with mail when the name is typed, and finds nothing to do the second time", async () => {
      const terminal = stack.checkout.atTerminal("down", STACK);
      await terminal.after("Type the stack's name to destroy it: ", `${STACK}\r`);
      const { code, said } = await terminal.ended;
      expect(code, said).toBe(0);
      expect(said).toMatch(
        /Protected, and kept: .*alpha-mail \(digitalocean Volume\).* `npm run up -- staging` makes the rest again\.\r\n$/,
      );
      const left = (await made()).filter((one) => !/^(pulumi|mailkeep):/.test(one));
      expect(left.toSorted()).toEqual(KEPT);

      const again = await mailkeep("down", STACK);
      expect(again.said).toMatch(
        /^There is nothing of staging to destroy\. Protected, and kept: alpha-mail \(digitalocean Volume\)\.\n$/,
      );
      expect(again.code).toBe(0);
    });
  });
});
