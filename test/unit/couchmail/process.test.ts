import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DirectoryFile } from "../../../components/directory/index.ts";
import { bundle } from "../../../images/couchmail/build.ts";
import { HASH, TOKEN, cleanUp, configuration, firstValues, freshFolder, say } from "./fixture.ts";

let dist = "";
let program = "";
const children: ChildProcess[] = [];

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), "couchmail-dist-"));
  await bundle(dist);
  program = join(dist, "main.mjs");
});

afterAll(() => rm(dist, { recursive: true }));

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await cleanUp();
});

/** A folder of configuration with free ports, and a database beside it. */
async function laidOut(): Promise<{ readonly folder: string; readonly ports: Record<"domain" | "http", number> }> {
  const folder = await freshFolder();
  await mkdir(join(folder, "db"));
  const { config } = configuration(join(folder, "db"));
  const ports = { ...config.ports, domain: await freePort(), http: await freePort() };
  await writeFile(join(folder, "config.json"), JSON.stringify({ ...config, ports }));
  await writeFile(join(folder, "token.sha256"), configuration("").tokenSha256.toString("hex"));
  await write(folder, firstValues());
  return { folder, ports };
}

function write(folder: string, directory: DirectoryFile): Promise<void> {
  return writeFile(join(folder, "directory.json"), JSON.stringify(directory));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function run(
  command: "serve" | "check",
  folder: string,
): { readonly child: ChildProcess; readonly log: () => string; readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, [program, command, folder], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (data: Buffer) => (log += data.toString()));
  children.push(child);
  return { child, log: () => log, ended: new Promise((resolve) => child.once("close", resolve)) };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come about within ten seconds");
}

describe("the bundled program", { timeout: 30_000 }, () => {
  it("checks a configuration and says in sentences what is wrong", async () => {
    const { folder } = await laidOut();
    expect(await run("check", folder).ended).toBe(0);
    await write(folder, { ...firstValues(), aliases: [] });
    const refused = run("check", folder);
    expect(await refused.ended).toBe(1);
    expect(refused.log()).toContain("domains[0].name: found home.test without postmaster@home.test");
    expect(refused.log()).not.toContain("$6$");
  });

  it("takes changed settings by SIGHUP, keeps the last good ones, and closes by SIGTERM", async () => {
    const { folder, ports } = await laidOut();
    const { child, log, ended } = run("serve", folder);
    await until(() => log().includes("ready"));
    const values = firstValues();
    await write(folder, { ...values, domains: [...values.domains, { name: "new.test", aliasOf: "home.test" }] });
    child.kill("SIGHUP");
    await until(async () => (await say(ports.domain, "get new.test\n")) === "200 new.test");
    await write(folder, { ...values, domains: [...values.domains, { name: "bad.test" }] });
    child.kill("SIGHUP");
    await until(() => log().includes("the last good one stays in force"));
    expect(await say(ports.domain, "get new.test\n")).toBe("200 new.test");
    expect(await say(ports.domain, "get bad.test\n")).toBe("500 not%20there");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("survives a SIGHUP during its start", async () => {
    const { folder, ports } = await laidOut();
    const { child, log } = run("serve", folder);
    await until(async () => (await say(ports.domain, "get x\n").catch(() => "")) !== "");
    child.kill("SIGHUP");
    await until(() => log().includes("were loaded"));
    expect(child.exitCode).toBeNull();
  });

  it("has what it accepted after it was killed", async () => {
    const { folder, ports } = await laidOut();
    const first = run("serve", folder);
    await until(() => first.log().includes("ready"));
    const headers = { authorization: `Bearer ${TOKEN}`, connection: "close" };
    const url = `http://127.0.0.1:${ports.http}/api/v1/mailboxes`;
    const body = JSON.stringify({ address: "dan@home.test", passwordHash: HASH });
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(201);
    first.child.kill("SIGKILL");
    await first.ended;
    const second = run("serve", folder);
    await until(() => second.log().includes("ready"));
    expect((await fetch(`${url}/dan@home.test`, { headers })).status).toBe(200);
  });
});
