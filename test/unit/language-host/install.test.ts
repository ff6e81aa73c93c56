import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installLanguageHost, launcher } from "../../../tools/offline/language-host/install.ts";

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
    expect(await readFile(host, "utf8")).toContain('language-host/main.ts\' "$@"');
  });

  it("follows a Node.js that moved", async () => {
    await installLanguageHost(folder, "/old/node");
    await installLanguageHost(folder, "/new/node");
    expect(await readFile(join(folder, "pulumi-language-nodejs"), "utf8")).toContain("exec '/new/node' ");
  });

  it("quotes paths for the shell", () => {
    expect(launcher("/it's/node", "/a b/main.ts", "/c")).toContain(`exec '/it'\\''s/node' `);
    expect(launcher("/it's/node", "/a b/main.ts", "/c")).toContain(` '/a b/main.ts' "$@"`);
  });
});
