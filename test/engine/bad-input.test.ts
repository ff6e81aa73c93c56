/** The command line on settings that cannot work: everything that is wrong at once, exit code 1, nothing changed. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { BACKEND } from "../../tools/stack/environment.ts";
import { ROOT, stackFile, stackFolder } from "../../tools/paths.ts";

const STACK = "local-bad";

afterEach(() => {
  rmSync(stackFile(STACK), { force: true });
});

it.each(["up", "status"])("%s names every problem and changes nothing", (command) => {
  writeFileSync(
    stackFile(STACK),
    `config:
  mailkeep:infrastructureDomain: mailkeep.test
  mailkeep:colour: blue
  mailkeep:sites:
    - { name: alpha, platform: local, roles: [mx, postbox], addresses: { v4: 198.51.100.999 } }
  mailkeep:domains:
    - { name: "home test" }
  mailkeep:mailboxes: ann
`,
  );
  const { status, stderr } = mailkeep(command, STACK, ...(command === "up" ? ["--yes"] : []));
  expect(status).toBe(1);
  for (const path of ["colour", "sites[0].roles[1]", "sites[0].addresses.v4", "domains[0].name", "mailboxes"]) {
    expect(stderr).toContain(path);
  }
  expect(stderr).toContain("nothing was changed");
  expect(existsSync(stackFolder(STACK))).toBe(false);
  expect(existsSync(join(BACKEND, ".pulumi", "stacks", "mailkeep", `${STACK}.json`))).toBe(false);
});

it.each([
  [["up", "Not A Stack"], /no name of a stack/],
  [["up", "local", "--quickly"], /--quickly/],
  [["status", "local-nowhere"], /no stack local-nowhere/],
  [["fly"], /no command "fly"/],
  [["password"], /whose password/],
])("%j is answered with a sentence", (args, sentence) => {
  const { status, stderr } = mailkeep(...args);
  expect(status).toBe(1);
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/at .*\.ts:\d+/);
});

function mailkeep(...args: readonly string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync("node", [join(ROOT, "tools", "start.mjs"), ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status, stderr };
}
