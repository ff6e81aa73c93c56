/** The command line on a stack that is up: run again, in a pipe, broken off and run again. */
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT, releaseFolder, stackFile } from "../../tools/paths.ts";
import { BACKEND } from "../../tools/stack/environment.ts";
import { editSettings, listIn } from "../support/changes.ts";
import { bringUpWell, mailkeep, type Running, startMailkeep } from "../support/command-line.ts";
import { startTimes } from "../support/containers.ts";
import { freeze } from "../support/faults.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { docker, fixture, until, untilHealthy, type Fixture } from "../support/system.ts";

const PATIENCE_MS = 120_000;
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
  await untilHealthy(on.stack);
});

it("up again changes nothing, and touches no container", { timeout: 300_000 }, async () => {
  const before = await startTimes(on.stack);
  const { code, output } = await mailkeep("up", on.stack, "--yes");
  expect({ code, output }).toMatchObject({ code: 0 });
  // The engine's own summary.
  const [, summary] = /Resources:\n((?: +.*\n)+)/.exec(output) ?? [];
  expect(summary).toMatch(/^ +\d+ unchanged\n$/);
  expect(output).toMatch(/A real message round: in after/);
  expect(await startTimes(on.stack)).toEqual(before);
});

it("status prints one JSON document with what a program wants to know", async () => {
  const { code, stdout } = await mailkeep("status", on.stack, "--json");
  expect(code).toBe(0);
  const status = z
    .looseObject({
      sites: z.array(
        z.looseObject({
          name: z.string(),
          roles: z.array(z.string()),
          address: z.ipv4(),
          address6: z.ipv6(),
          ports: z.record(z.string(), z.int()),
          healthy: z.literal(true),
          workloads: z.array(z.looseObject({ name: z.string(), healthy: z.literal(true), version: z.string().min(1) })),
        }),
      ),
      users: z.array(z.strictObject({ address: z.string(), password: z.string() })),
      domains: z.array(z.string()),
      ca: z.string(),
      dns: z.string(),
    })
    .parse(JSON.parse(stdout));
  const mail = { smtp: 25, submissions: 465, submission: 587, imaps: 993 };
  expect(status.sites[0]?.ports).toEqual({ ...mail, http: 80, https: 443 });
  expect(await readFile(status.ca, "utf8")).toContain("BEGIN CERTIFICATE");
});

it("shell gives plain pulumi, to a pipe as well", { timeout: 300_000 }, async () => {
  const commands = `pulumi stack ls --json\npulumi preview --expect-no-changes --non-interactive\necho "ended with $?"\nexit 7\n`;
  const { code, output } = await startMailkeep(["shell", on.stack], { input: commands, env: { SHELL: "/bin/sh" } })
    .ended;
  expect({ code, output }).toMatchObject({ code: 7 });
  expect(output).toContain(`"name": "${on.stack}"`);
  expect(output).toContain("ended with 0");
  // Judged by the rules, as an `up` of mailkeep's own is.
  expect(output).toMatch(/Policies:\s+\S+ mailkeep@/);
});

describe("an up that is broken off while it waits for a workload", () => {
  let original: string;
  let thaw: (() => Promise<void>) | undefined;
  let running: Running | undefined;

  beforeAll(async () => {
    original = await readFile(stackFile(on.stack), "utf8");
  });

  afterEach(async () => {
    await thaw?.();
    thaw = undefined;
    const child = running?.child;
    const isOver = child === undefined || child.exitCode !== null || child.signalCode !== null;
    if (!isOver) process.kill(-Number(child.pid), "SIGKILL");
    running = undefined;
  });

  afterAll(async () => {
    await writeFile(stackFile(on.stack), original);
    await bringUpWell(on.stack);
  }, 300_000);

  /** Starts an `up` that changes the directory, whose keeper does not move: it is at work until it is ended. */
  async function stuck(alias: string): Promise<Running> {
    thaw = await freeze(on.stack, on.site.name, "couchmail");
    await editSettings(on.stack, (settings) => {
      listIn(settings, "mailkeep:aliases").push({ address: alias, targets: ["ann@home.test"] });
    });
    running = startMailkeep(["up", on.stack, "--yes"]);
    const { ended } = running;
    const lock = join(releaseFolder(on.stack, on.site.name), "lock");
    const begun = until(
      "it has begun to change the site",
      async () => (await readFile(lock, "utf8")).includes("pid"),
      PATIENCE_MS,
    );
    const tooSoon = ended.then(({ output }): never => {
      throw new Error(`it has ended before it began:\n${output}`);
    });
    await Promise.race([begun, tooSoon]);
    return running;
  }

  async function worksAgain(alias: string): Promise<string> {
    await thaw?.();
    thaw = undefined;
    const { code, output } = await mailkeep("up", on.stack, "--yes");
    expect({ code, output }).toMatchObject({ code: 0 });
    await until("the alias is live", async () => (await recipient(alias)) === 250, PATIENCE_MS);
    return output;
  }

  it("by SIGTERM, says so, lets go of the stack, and goes on from there", { timeout: 600_000 }, async () => {
    const { child, ended } = await stuck("ended@home.test");
    child.kill("SIGTERM");
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toMatch(/SIGTERM received; cancelling/);
    expect(output).toContain("The same command goes on from where it stopped");
    const again = await worksAgain("ended@home.test");
    expect(again).not.toContain("was killed");
  });

  it("by SIGKILL, all of it at once, goes on from there", { timeout: 600_000 }, async () => {
    const { child, ended } = await stuck("killed@home.test");
    process.kill(-Number(child.pid), "SIGKILL");
    await ended;
    await until("nothing of it is left", async () => !(await processes()).includes(join(ROOT, "providers")), 30_000);
    const again = await worksAgain("killed@home.test");
    expect(again).toContain(`The last run on ${on.stack} was killed`);
    expect(
      await docker("ps", "--quiet", "--filter", `label=mailkeep.stack=${on.stack}`, "--filter", "status=exited"),
    ).toBe("");
  });

  it("leaves no lock in the backend", async () => {
    const locks = join(BACKEND, ".pulumi", "locks", "organization", "mailkeep", on.stack);
    expect(await readdir(locks).catch(() => [])).toEqual([]);
  });
});

async function processes(): Promise<string> {
  return (await promisify(execFile)("ps", ["-eo", "args"])).stdout;
}

async function recipient(address: string): Promise<number | undefined> {
  const answers = await smtpFromOutside(on.stack, on.site.address, [
    "EHLO mail.outside.test",
    "MAIL FROM:<visitor@outside.test>",
    `RCPT TO:<${address}>`,
  ]);
  return answers.at(-1)?.code;
}
