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
