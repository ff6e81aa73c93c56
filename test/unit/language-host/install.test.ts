import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../tools/paths.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECKOUT, installLanguageHost, launcher } from "../../../tools/offline/language-host/install.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-host-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("the installed language host", () => {
  it("is two executables, and nothing changes the second time", async () => {
    const bin = join(folder, "new", "bin");
    await installLanguageHost(bin, "/opt/node/bin/node");
    const host = join(bin, "pulumi-language-nodejs");
    const before = await stat(host);
    await installLanguageHost(bin, "/opt/node/bin/node");
    expect(await readdir(bin)).toEqual(["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]);
    expect(before.mode & 0o777).toBe(0o755);
    expect((await stat(host)).mtimeMs).toBe(before.mtimeMs);
    expect(await readFile(host, "utf8")).toContain("language-host/main.ts'\n");
  });

  it("follows a Node.js that moved", async () => {
    await installLanguageHost(folder, "/old/node");
    await installLanguageHost(folder, "/new/node");
    expect(await readFile(join(folder, "pulumi-language-nodejs"), "utf8")).toContain("exec '/new/node' ");
  });

  it("quotes paths for the shell", () => {
    expect(launcher("/it's/node", "/a b/main.ts", "/c")).toContain(`exec '/it'\\''s/node' `);
    expect(launcher("/it's/node", "/a b/main.ts", "/c")).toContain("program='/a b/main.ts'\n");
  });

  it("runs the program of the checkout that asks, and its own where that has none", async () => {
    const program = join(ROOT, "tools", "told.mjs");
    const script = join(folder, "launch");
    await writeFile(script, launcher(process.execPath, program, folder), { mode: 0o755 });
    const other = join(folder, "another checkout");
    const said = (checkout?: string): string =>
      spawnSync(script, ["argument"], {
        encoding: "utf8",
        env: { ...process.env, ...(checkout === undefined ? {} : { [CHECKOUT]: checkout }) },
      }).stdout;
    await mkdir(join(other, "tools"), { recursive: true });
    await writeFile(join(other, "tools", "told.mjs"), "console.log(process.argv[2]);");
    expect(said(other)).toBe("argument\n");
    await rm(join(other, "tools", "told.mjs"));
    // It is not there in this checkout either.
    expect(said(other)).toBe("");
    expect(said()).toBe("");
  });
});
