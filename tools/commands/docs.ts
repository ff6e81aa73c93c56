/** `docs`: writes the documents that are made from the sources. With `--check` it only says whether they are up to date. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { parseArgs } from "node:util";
import { fail, say } from "../console.ts";
import { CONFIGURATION_FILE, configurationText } from "../docs/configuration.ts";
import { ROOT } from "../paths.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { check: { type: "boolean" } } });
  const text = await configurationText();
  const there = await readFile(CONFIGURATION_FILE, "utf8").catch(() => "");
  const name = relative(ROOT, CONFIGURATION_FILE);
  if (there === text) return 0;
  if (values.check === true)
    fail(`${name} is not what the settings' schema says: write it with \`npm run mailkeep -- docs\`.`);
  await mkdir(dirname(CONFIGURATION_FILE), { recursive: true });
  await writeFile(CONFIGURATION_FILE, text);
  say(`${name} is written.`);
  return 0;
}
