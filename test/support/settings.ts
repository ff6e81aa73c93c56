/** Other settings for a running stack, for as long as one file of tests wants them. */
import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { stackFile } from "../../tools/paths.ts";
import { engine } from "../../tools/stack/pulumi.ts";
import { untilHealthy } from "./system.ts";

/**
 * Adds settings to the stack's and brings it up with them: groups are merged, lists get longer.
 *
 * @returns what takes them back
 */
export async function withSettings(
  stack: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  const original = await readFile(stackFile(stack), "utf8");
  const document = z.looseObject({ config: z.record(z.string(), z.unknown()) }).parse(parse(original));
  for (const [key, value] of Object.entries(changes)) {
    document.config[`mailkeep:${key}`] = joined(document.config[`mailkeep:${key}`], value);
  }
  const up = async (text: string): Promise<void> => {
    await writeFile(stackFile(stack), text);
    const pulumi = await engine(["docker", "compose"]);
    await pulumi.ask(["up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"]);
    await untilHealthy(stack);
  };
  await up(stringify(document));
  return () => up(original);
}

function joined(before: unknown, added: unknown): unknown {
  const [first, more] = [z.array(z.unknown()).safeParse(before), z.array(z.unknown()).safeParse(added)];
  if (first.success && more.success) return [...first.data, ...more.data];
  const group = z.record(z.string(), z.unknown());
  const [left, right] = [group.safeParse(before), group.safeParse(added)];
  return left.success && right.success ? { ...left.data, ...right.data } : added;
}
