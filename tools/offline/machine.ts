/** What kind of machine this is, as far as it decides what can be installed. */
import { readFile } from "node:fs/promises";
import type { Step } from "../console.ts";
import { fail } from "../console.ts";
import { lastLines, type Runner } from "./run.ts";

/** Its distribution, and whether we may do everything there. */
export interface Machine {
  /** `ID` and `ID_LIKE` of os-release(5). */
  readonly family: readonly string[];
  readonly root: boolean;
}

/** The machine that this runs on; of no family where it does not say. */
export async function thisMachine(): Promise<Machine> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  return { family: osFamily(text), root: process.getuid?.() === 0 };
}

/** @param osRelease content of /etc/os-release */
export function osFamily(osRelease: string): string[] {
  return osRelease.split("\n").flatMap((line) => {
    const match = /^(?:ID|ID_LIKE)=(.*)$/.exec(line);
    return match?.[1] === undefined ? [] : match[1].replaceAll(/["']/g, "").split(/\s+/);
  });
}

/** Whether apt may be told to install something. */
export function canInstall(machine: Machine): boolean {
  return machine.root && (machine.family.includes("debian") || machine.family.includes("ubuntu"));
}

/**
 * Installs Debian packages, saying so. The lists are brought up to date only where the packages are not found in them.
 *
 * @throws SentenceError with what apt-get said
 */
export async function aptInstall(packages: readonly string[], step: Step, runner: Runner): Promise<void> {
  step.note(`apt-get install ${packages.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const args = ["install", "--yes", "--no-install-recommends", ...packages];
  if ((await runner("apt-get", args, { env })).code === 0) return;
  await runner("apt-get", ["update"], { env });
  const second = await runner("apt-get", args, { env });
  if (second.code !== 0) {
    fail(
      `apt-get cannot install ${packages.join(", ")}: install them by hand, then start again. It says:\n${lastLines(second, 8)}`,
    );
  }
}
