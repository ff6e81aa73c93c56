/** The disk of a virtual machine beside its system's: what cloud-init reads. */
import { mkdir, writeFile } from "node:fs/promises";
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
