import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { exists, inCache, once, temporary } from "../../../tools/offline/cache.ts";
import { cacheFolder, download, fits, locked } from "../../../tools/offline/node.mjs";
import { firstDifference, missingPackages } from "../../../tools/offline/packages.mjs";
import { run } from "../../../tools/offline/run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-start-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test.each([
  ["v22.18.0", true],
  ["v22.17.9", false],
  ["v20.20.2", false],
  ["v24.0.0", true],
])("Node.js %s fits: %s", (version, expected) => {
  expect(fits(version)).toBe(expected);
});

test("an empty XDG_CACHE_HOME counts as none", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "" }, "/home/ann")).toBe("/home/ann/.cache/mailkeep");
  expect(cacheFolder({ XDG_CACHE_HOME: "/var/cache/ann" }, "/home/ann")).toBe("/var/cache/ann/mailkeep");
});

describe("packages", () => {
  const wanted = {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b-darwin": { version: "1.0.0", optional: true },
  };

  test("those for other systems may be missing", () => {
    expect(firstDifference(wanted, { "node_modules/a": { version: "1.0.0" } })).toBeUndefined();
  });

  test.each([
    ["another version", { "node_modules/a": { version: "1.0.1" } }, "node_modules/a"],
    ["a missing one", {}, "node_modules/a"],
    [
      "one too many",
      { "node_modules/a": { version: "1.0.0" }, "node_modules/c": { version: "1.0.0" } },
      "node_modules/c",
    ],
  ])("%s is named", (_, installed, expected) => {
    expect(firstDifference(wanted, installed)).toBe(expected);
  });

  test("what npm itself put there is taken, and compared by one hash from then on", async () => {
    await writeFile(join(folder, "package-lock.json"), JSON.stringify({ packages: wanted }));
    expect(missingPackages(folder)).toBe("the packages are not installed");
    await mkdir(join(folder, "node_modules"));
    await writeFile(
      join(folder, "node_modules", ".package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } }),
    );
    expect(missingPackages(folder)).toBeUndefined();
    expect(await exists(join(folder, "node_modules", ".mailkeep"))).toBe(true);
    await writeFile(
      join(folder, "package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": { version: "2.0.0" } } }),
    );
    expect(missingPackages(folder)).toBe("the package node_modules/a is not the one of package-lock.json");
  });
});

describe("the cache", () => {
  test("makes a thing once, however many ask at a time", async () => {
    let made = 0;
    const make = () =>
      once(["thing"], async (draft) => {
        made += 1;
        await writeFile(join(draft, "file"), "");
      });
    expect(await Promise.all([make(), make(), make()])).toEqual(Array.from({ length: 3 }, () => inCache("thing")));
    expect(made).toBe(1);
  });

  test("keeps nothing of what failed half way", async () => {
    await expect(once(["thing"], () => Promise.reject(new Error("no space")))).rejects.toThrow("no space");
    expect(await exists(inCache("thing"))).toBe(false);
    await once(["thing"], () => Promise.resolve());
    expect(await exists(inCache("thing"))).toBe(true);
  });

  test("takes over the lock of a process that is gone", async () => {
    const ended = await promisify(execFile)("sh", ["-c", "echo $$"]);
    await writeFile(join(folder, "lock"), ended.stdout.trim());
    expect(await locked(join(folder, "lock"), () => Promise.resolve("done"))).toBe("done");
    expect(await exists(join(folder, "lock"))).toBe(false);
  });

  test("clears what a killed process left a day ago", async () => {
    const [old, fresh] = [await temporary(), await temporary()];
    const yesterday = Date.now() / 1000 - 90_000;
    await utimes(old, yesterday, yesterday);
    await temporary();
    expect(await exists(old)).toBe(false);
    expect(await exists(fresh)).toBe(true);
  });
});

test("a server that does not answer is given up in time, and named", async () => {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(download(`http://127.0.0.1:${port}/`, join(folder, "file"), 100)).rejects.toThrow(
    `no answer from 127.0.0.1:${port} within 0.1 s`,
  );
  server.close();
});

describe("running programs", () => {
  test("tells lines as they come, and all of them in the end", async () => {
    const lines: string[] = [];
    const result = await run("sh", ["-c", "echo one; echo two >&2; printf three; exit 3"], {
      onLine: (line) => lines.push(line),
    });
    expect(result).toEqual({ code: 3, stdout: "one\nthree", stderr: "two\n" });
    expect(lines.sort()).toEqual(["one", "three", "two"]);
  });

  test.each([
    ["a missing program", "mailkeep-no-such-program", [], {}, 127],
    ["one that takes too long", "sleep", ["5"], { timeoutMs: 50 }, 124],
    ["one that is ended by a signal", "sh", ["-c", "kill -9 $$"], {}, 128],
  ])("%s is a result, not an error", async (_, command, args, options, code) => {
    expect((await run(command, args, options)).code).toBe(code);
  });
});

test("start.mjs hands over arguments, path and exit code, and says nothing itself", async () => {
  // A tree of its own: in the checkout it would be free to run npm ci.
  const tools = join(import.meta.dirname, "../../../tools");
  for (const name of ["start.mjs", "offline/node.mjs", "offline/packages.mjs"]) {
    await cp(join(tools, name), join(folder, "tools", name));
  }
  await writeFile(
    join(folder, "tools", "cli.ts"),
    "console.log(JSON.stringify(process.argv.slice(2)) as string);process.exitCode = 7;",
  );
  await mkdir(join(folder, "node_modules", ".bin"), { recursive: true });
  await writeFile(
    join(folder, "node_modules", ".bin", "tool"),
    "#!/usr/bin/env node\nconsole.log(process.execPath, process.argv[2]);",
    {
      mode: 0o755,
    },
  );
  await writeFile(join(folder, "package-lock.json"), '{"packages":{}}');
  await writeFile(join(folder, "node_modules", ".package-lock.json"), '{"packages":{}}');
  const start = (...args: string[]) => run(process.execPath, [join(folder, "tools", "start.mjs"), ...args]);
  expect(await start("status", "--json")).toEqual({ code: 7, stdout: '["status","--json"]\n', stderr: "" });
  expect(await start("run", "tool", "x")).toEqual({ code: 0, stdout: `${process.execPath} x\n`, stderr: "" });
  const unknown = await start("run", "other");
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toContain('"other" is none');
});
