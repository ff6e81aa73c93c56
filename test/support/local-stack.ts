/** A local stack for tests of one kind: it is brought up once, and taken down with its mail at the end. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { ROOT, stackFile } from "../../tools/paths.ts";

const START = join(ROOT, "tools", "start.mjs");

declare module "vitest" {
  interface ProvidedContext {
    readonly stack: string;
  }
}

/**
 * Brings up a stack with the first of the template's sites, unless the environment names one that is up.
 *
 * @returns what takes it down again
 */
export function localStack(project: TestProject, stack: string, sites: number): (() => void) | undefined {
  const given = process.env["MAILKEEP_TEST_STACK"];
  if (given !== undefined) {
    project.provide("stack", given);
    return undefined;
  }
  refuseOthers(stack);
  project.provide("stack", stack);
  writeSettings(stack, sites);
  try {
    mailkeep("up", stack, "--yes");
  } catch (error) {
    // Half a stack would be in the way of whoever comes next.
    mailkeep("down", stack, "--yes", "--delete-mail");
    throw error;
  }
  return () => mailkeep("down", stack, "--yes", "--delete-mail");
}

/** Local stacks have the same addresses: only one can be up. What tests of machines make has others, and may run beside. */
function refuseOthers(stack: string): void {
  const format = '{{.Label "mailkeep.stack"}} {{.Label "mailkeep.test"}}';
  const running = execFileSync("docker", ["ps", "--filter", "label=mailkeep.stack", "--format", format]).toString();
  const stacks = running.split("\n").flatMap((line) => {
    const [name = "", test = ""] = line.split(" ");
    return name === "" || test !== "" ? [] : [name];
  });
  const others = new Set(stacks.filter((name) => name !== stack));
  if (others.size === 0) return;
  const names = [...others].join(", ");
  throw new Error(
    `The stack ${names} is up and has the addresses that the tests need: \`npm run down -- ${names}\` first (mail is kept).`,
  );
}

/**
 * The template, with limits on clients that do not slow tests down, since all of them come from two addresses, and with
 * greylisting for as long as a test may wait.
 */
function writeSettings(stack: string, sites: number): void {
  const document = z
    .looseObject({ config: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync(join(ROOT, "stacks", "local.yaml"), "utf8")));
  document.config["mailkeep:sites"] = z.array(z.unknown()).parse(document.config["mailkeep:sites"]).slice(0, sites);
  document.config["mailkeep:limits"] = {
    connectionsPerClient: 50,
    connectionsPerClientPerMinute: 1000,
    messagesPerClientPerMinute: 1000,
    messagesPerUserPerMinute: 1000,
    recipientsPerUserPerDay: 1_000_000,
  };
  document.config["mailkeep:filter"] = { greylistDelaySeconds: 10 };
  writeFileSync(stackFile(stack), stringify(document));
}

function mailkeep(...args: readonly string[]): void {
  const { status } = spawnSync("node", [START, ...args], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`mailkeep ${args.join(" ")} ended with ${String(status)}: see above.`);
}
