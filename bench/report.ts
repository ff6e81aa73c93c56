/** Where figures are kept: JSON below `.mailkeep/bench`, with the conditions they were taken under. */
import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { say } from "../tools/console.ts";
import { HOME } from "../tools/paths.ts";

/** Writes the figures of one benchmark and says where. */
export async function saveFigures(name: string, figures: object): Promise<void> {
  const folder = join(HOME, "bench");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  await writeFile(
    path,
    `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), ...figures }, null, 2)}\n`,
  );
  say(`All figures: ${path}`);
}

function machine(): object {
  const gib = Math.round(totalmem() / 2 ** 30);
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model,
    arch: arch(),
    kernel: release(),
    memoryGiB: gib,
    load: loadavg(),
  };
}
