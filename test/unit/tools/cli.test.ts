/** The command line as it is started, without a command that needs anything. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../../tools/paths.ts";

function mailkeep(...args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "tools/cli.ts"), ...args], { encoding: "utf8" });
  return { status, said: stderr };
}

it.each([[[]], [["--help"]], [["-h"]], [["help"]]])("names all commands when it is given %j", (args) => {
  const { status, said } = mailkeep(...args);
  expect(said).toMatch(/usage: npm run mailkeep -- <command>\n {2}up \[stack\][^]*\n {2}test \[part…\]/);
  expect(status).toBe(0);
});

it("names them, too, when it is given another word", () => {
  const { status, said } = mailkeep("upp");
  expect(said).toMatch(/There is no command "upp"\.\nusage: /);
  expect(status).toBe(1);
});

it("says which stack a check is for", () => {
  const { status, said } = mailkeep("check", "nothing");
  expect(said).toContain("There is no stack nothing here yet: `npm run up` makes the local one.");
  expect(status).toBe(1);
});

it.each(["up", "down", "bench", "rotate", "init"])(
  "says how %s is used, and does nothing, when it is asked",
  (name) => {
    const { status, said } = mailkeep(name, "local", "--help");
    expect(said).toMatch(new RegExp(`^usage: npm run mailkeep -- ${name} .*\\n {2}[a-z].*\\n$`));
    expect(status).toBe(0);
  },
);

it("says in a sentence that an option is unknown, and how the command is used", () => {
  const { status, said } = mailkeep("bench", "up", "--fast");
  expect(said).toMatch(/^✗ Unknown option '--fast'\.\nusage: npm run mailkeep -- bench /);
  expect(status).toBe(1);
});
