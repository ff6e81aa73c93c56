/**
 * The stack that the system tests share: brought up by the same command as a user's, taken down with its mail.
 *
 * `MAILKEEP_TEST_STACK=local` uses a stack that is up already, for work on a single test; it is left alone afterwards.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { ROOT, stackFile } from "../../tools/paths.ts";

const STACK = "local-test";
const START = join(ROOT, "tools", "start.mjs");

declare module "vitest" {
  interface ProvidedContext {
    readonly stack: string;
  }
}

export default function setup(project: TestProject): (() => void) | undefined {
  const given = process.env["MAILKEEP_TEST_STACK"];
  if (given !== undefined) {
    project.provide("stack", given);
    return undefined;
  }
  const running = execFileSync("docker", [
    "ps",
    "--filter",
    "label=mailkeep.stack",
    "--format",
    '{{.Label "mailkeep.stack"}}',
  ]);
  const others = new Set(
    running
      .toString()
      .split("\n")
      .filter((name) => name !== "" && name !== STACK),
  );
  if (others.size > 0) {
    const names = [...others].join(", ");
    throw new Error(
      `The stack ${names} is up and has the addresses that the tests need: \`npm run down -- ${names}\` first (mail is kept).`,
    );
  }
  project.provide("stack", STACK);
  writeSettings();
  mailkeep("up", STACK, "--yes");
  return () => mailkeep("down", STACK, "--yes", "--delete-mail");
}

/**
 * The template, with limits on clients that do not slow tests down, since all of them come from two addresses, and with
 * greylisting for as long as a test may wait.
 */
function writeSettings(): void {
  const document = z
    .looseObject({ config: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync(join(ROOT, "stacks", "local.yaml"), "utf8")));
  document.config["mailkeep:limits"] = {
    connectionsPerClient: 50,
    connectionsPerClientPerMinute: 1000,
    messagesPerClientPerMinute: 1000,
    messagesPerUserPerMinute: 1000,
  };
  document.config["mailkeep:filter"] = { greylistDelaySeconds: 10 };
  writeFileSync(stackFile(STACK), stringify(document));
}

function mailkeep(...args: readonly string[]): void {
  const { status } = spawnSync("node", [START, ...args], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`mailkeep ${args.join(" ")} ended with ${String(status)}: see above.`);
}
