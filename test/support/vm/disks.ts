/** The disks of a virtual machine beside its system's: what cloud-init reads, and an empty one. */
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { succeed } from "../../engine/compose-stack.ts";
import { networkConfig } from "./network.ts";

/** User data for cloud-init's source NoCloud, as a disc. @param folder to work in @returns the disc's path */
export async function seedDisc(folder: string, userData: string): Promise<string> {
  const seed = join(folder, "seed");
  await mkdir(seed, { recursive: true });
  const files = {
    "user-data": userData,
    "meta-data": stringify({ "instance-id": "mailkeep-test" }),
    // An address of a device is a number in base 60 for YAML 1.1, which Python's reader knows.
    "network-config": stringify(networkConfig(), { version: "1.1" }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(seed, name), text);
  const disc = join(folder, "seed.iso");
  const paths = Object.keys(files).map((name) => join(seed, name));
  await succeed("genisoimage", ["-quiet", "-output", disc, "-volid", "cidata", "-joliet", "-rock", ...paths]);
  return disc;
}

/** A disk with nothing on it. @param folder to work in @returns its path */
export async function emptyDisk(folder: string): Promise<string> {
  const disk = join(folder, "empty.raw");
  await writeFile(disk, "");
  await truncate(disk, 128 * 2 ** 20);
  return disk;
}
