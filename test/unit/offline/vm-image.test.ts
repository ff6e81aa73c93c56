import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { prepareVmImage, recipeKey } from "../../../tools/offline/vm-image.ts";
import type { Runner } from "../../../tools/offline/run.ts";
import { fails, fakeRunner, fakeStep, OK, type Answers } from "./fake.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-vm-image-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
  vi.stubEnv("MAILKEEP_DEBIAN_MIRROR", "http://mirror.test/debian");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const root = { family: ["debian"], root: true };

function prepared(answers: Answers, machine = root, runner?: Runner) {
  const fake = fakeRunner(answers);
  const { step, told } = fakeStep();
  return {
    ...fake,
    told,
    ended: prepareVmImage(
      () => step,
      runner ?? fake.runner,
      () => Promise.resolve(machine),
    ),
  };
}

/** mmdebstrap and mkfs that leave what they would, as far as it is looked at. */
function makers(ran: string[], kernel = "vmlinuz-6.12.1-cloud-amd64"): Runner {
  return async (command, args) => {
    ran.push(command);
    if (command === "mmdebstrap") {
      const system = args.at(-2) ?? "";
      for (const path of ["boot", "srv", "etc/apt", "etc/ssh", "etc/cloud/cloud.cfg.d", "var"]) {
        await mkdir(join(system, path), { recursive: true });
      }
      await writeFile(join(system, "boot", kernel), "kernel");
      await writeFile(join(system, "boot/initrd.img-6.12.1-cloud-amd64"), "initrd");
      await writeFile(join(system, "etc/apt/sources.list"), "deb http://mirror.test/debian trixie main\n");
      await writeFile(join(system, "etc/ssh/ssh_host_rsa_key"), "a key that all machines would share");
    }
    if (command === "mkfs.ext4") {
      const system = args[args.indexOf("-d") + 1] ?? "";
      const sources = await readFile(join(system, "etc/apt/sources.list"), "utf8");
      const key = await readFile(join(system, "etc/ssh/ssh_host_rsa_key"), "utf8").catch(() => "no key");
      await writeFile(args.at(-2) ?? "", `${sources}${key}`);
    }
    return OK;
  };
}

test("a system is made once, without this machine's mirror and without keys that all machines would share", async () => {
  const ran: string[] = [];
  const image = await prepared({}, root, makers(ran)).ended;
  expect(await readFile(image.kernel, "utf8")).toBe("kernel");
  expect(await readFile(image.initrd, "utf8")).toBe("initrd");
  expect(await readFile(image.disk, "utf8")).toBe("deb [trusted=yes] file:/srv ./\nno key");
  expect(image.folder).toBe(join(folder, "mailkeep", `vm-${recipeKey()}`));
  expect(ran).toContain("mmdebstrap");
  const again: string[] = [];
  expect(await prepared({}, root, makers(again)).ended).toEqual(image);
  expect(new Set(again)).toEqual(new Set(["sh"]));
});

test("programs that are missing are installed, all at once", async () => {
  const { ended, ran } = prepared({ "sh -c": fails("", 127), "apt-get install": OK });
  await expect(ended).rejects.toThrow("mmdebstrap cannot make the system");
  const installs = ran.filter((line) => line.startsWith("apt-get"));
  expect(installs).toEqual([
    "apt-get install --yes --no-install-recommends qemu-system-x86 mmdebstrap e2fsprogs genisoimage debian-archive-keyring",
  ]);
});

test("programs that are missing are named where they cannot be installed", async () => {
  const { ended, ran } = prepared({ "sh -c": [fails("", 127), OK] }, { family: ["debian"], root: false });
  await expect(ended).rejects.toThrow("The packages qemu-system-x86 are missing");
  expect(ran.filter((line) => line.startsWith("apt-get"))).toEqual([]);
});

test("a mirror that has no Debian is named, and nothing half done stays", async () => {
  const { ended } = prepared({ "sh -c": OK, mmdebstrap: fails("E: no such suite") });
  await expect(ended).rejects.toThrow(
    /from http:\/\/mirror\.test\/debian: is it a mirror of Debian.*\n.*no such suite/s,
  );
  await expect(stat(join(folder, "mailkeep", `vm-${recipeKey()}`))).rejects.toThrow("ENOENT");
});

test("a system without a kernel is not one", async () => {
  const { ended } = prepared({}, root, makers([], "config-6.12.1"));
  await expect(ended).rejects.toThrow("has no vmlinuz-… in /boot");
});
