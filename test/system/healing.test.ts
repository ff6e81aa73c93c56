/** What breaks comes back by itself; what is broken on purpose is not taken. */
import { cp, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { releaseFolder } from "../../tools/paths.ts";
import { submit } from "../../tools/site/clients.ts";
import { sendFromOutside, waitOutside } from "../../tools/site/outside.ts";
import { workloadHealth } from "../../tools/site/state.ts";
import { daemonProcesses, killProcesses } from "../support/faults.ts";
import {
  containerOf,
  docker,
  fixture,
  mark,
  message,
  processesOf,
  until,
  untilComeFromOutside,
  untilHealthy,
  type Fixture,
} from "../support/system.ts";

const PATIENCE_MS = 150_000;
const VISITOR = "visitor@outside.test";
const WORKLOADS = [
  "unbound",
  "couchmail",
  "valkey",
  "rspamd",
  "opendkim",
  "certs",
  "dovecot",
  "mx",
  "submission",
  "edge",
  "net",
] as const;
/** One has no daemon at all, and the other's job runs now and then. */
const KEEPER_ALONE: ReadonlySet<string> = new Set(["net", "certs"]);
let on: Fixture;

beforeAll(async () => {
  on = await fixture();
  await untilHealthy(on.stack);
});

describe.each(WORKLOADS)("%s", (workload) => {
  it("comes back when any of its processes is killed, its keeper too", { timeout: 600_000 }, async () => {
    const site = on.site.name;
    const commands = new Set((await daemonProcesses(on.stack, site, workload)).map(({ command }) => command));
    if (!KEEPER_ALONE.has(workload)) expect(commands.size).toBeGreaterThan(0);
    for (const command of commands) {
      const pids = (await daemonProcesses(on.stack, site, workload)).filter((one) => one.command === command);
      if (pids.length === 0) continue;
      await killProcesses(
        on.stack,
        site,
        workload,
        pids.map(({ pid }) => pid),
      );
      await untilWorkloadHealthy(workload);
    }
    // Mail flows again before the container is started anew, so it is the keeper that has healed it.
    await untilHealthy(on.stack);
    await roundTrip();
    const [keeper] = await processesOf(on.stack, site, workload);
    if (keeper === undefined) throw new Error(`${workload} has no process`);
    await killProcesses(on.stack, site, workload, [keeper.pid]);
    await until(
      "the container is started again",
      async () => (await processesOf(on.stack, site, workload))[0]?.pid !== keeper.pid,
      PATIENCE_MS,
    );
    await untilHealthy(on.stack);
    await roundTrip();
  });
});

it.each(["mx", "submission"])(
  "%s starts anew beside a message that a bad disk has damaged, which Postfix has put aside",
  { timeout: 300_000 },
  async (workload) => {
    const damaged = "/var/spool/postfix/corrupt/4damaged";
    const container = await containerOf(on.stack, on.site.name, workload);
    await docker("exec", container, "install", "-o", "postfix", "-m", "0700", "/dev/null", damaged);
    try {
      await docker("restart", "--time", "5", container);
      await untilWorkloadHealthy(workload);
      expect(await docker("exec", container, "ls", damaged)).toBe(`${damaged}\n`);
    } finally {
      await docker("exec", container, "rm", damaged);
    }
  },
);

it("everything restarted at once loses nothing", { timeout: 600_000 }, async () => {
  await roundTrip();
  const subjects = Array.from({ length: 5 }, () => mark());
  const ann = on.user("ann@home.test");
  for (const subject of subjects) {
    await sendFromOutside(on.stack, VISITOR, [ann.address], message({ from: VISITOR, to: ann.address, subject }));
    await submit(on.access, 465, ann, { from: ann.address, to: [VISITOR], subject: `${subject}-out`, text: "Hello." });
  }
  const containers = await docker("ps", "--quiet", "--filter", `label=mailkeep.stack=${on.stack}`);
  await docker("restart", "--time", "5", ...containers.trim().split("\n"));
  await untilHealthy(on.stack, 180_000);
  for (const subject of subjects) {
    await untilComeFromOutside(on, ann, subject, PATIENCE_MS);
    await waitOutside(on.stack, `${subject}-out`, PATIENCE_MS);
  }
});

it.each([
  ["mx", "main.cf", "smtpd_tls_security_level = perhaps\nno_such_parameter = 1\n"],
  ["dovecot", "dovecot.conf", "no_such_setting = yes\n"],
  ["edge", "haproxy.cfg", "listen nonsense\n  bund :1\n"],
  ["unbound", "unbound.conf", "server:\n  no-such-option: yes\n"],
])(
  "a broken configuration of %s is not taken, and the last good one serves on",
  { timeout: 480_000 },
  async (workload, file, nonsense) => {
    const release = join(releaseFolder(on.stack, on.site.name), "release", workload);
    const good = await readlink(join(release, "current"));
    const bad = "0000000000000bad";
    await cp(join(release, good), join(release, bad), { recursive: true, preserveTimestamps: true });
    const path = join(release, bad, file);
    const text = await readFile(path, "utf8");
    await rm(path);
    await writeFile(path, `${text}\n${nonsense}`, { mode: 0o444 });
    try {
      await switchTo(release, bad);
      await until(
        "the keeper refuses it",
        async () => (await health(workload)).trouble.includes("refused"),
        PATIENCE_MS,
      );
      expect((await health(workload)).healthy).toBe(true);
      await roundTrip();
    } finally {
      await switchTo(release, good);
      await rm(join(release, bad), { recursive: true });
    }
    await until("the good one is taken again", async () => (await health(workload)).trouble === "", PATIENCE_MS);
  },
);

/** Points `current` to another folder, at one moment. */
async function switchTo(release: string, target: string): Promise<void> {
  const draft = join(release, `.draft-${process.pid}`);
  await symlink(target, draft);
  await rename(draft, join(release, "current"));
}

function health(workload: string): ReturnType<typeof workloadHealth> {
  return workloadHealth(releaseFolder(on.stack, on.site.name), workload);
}

async function untilWorkloadHealthy(workload: string): Promise<void> {
  await until(`${workload} is healthy`, async () => (await health(workload)).healthy, PATIENCE_MS);
}

/** One message in and one out, with the patience of real senders. */
async function roundTrip(): Promise<void> {
  const subject = mark();
  const ann = on.user("ann@home.test");
  await sendFromOutside(on.stack, VISITOR, [ann.address], message({ from: VISITOR, to: ann.address, subject }));
  await until(
    "a submission is taken",
    async () => {
      await submit(on.access, 587, ann, {
        from: ann.address,
        to: [VISITOR],
        subject: `${subject}-out`,
        text: "Hello.",
      });
      return true;
    },
    PATIENCE_MS,
  );
  await untilComeFromOutside(on, ann, subject, PATIENCE_MS);
  await waitOutside(on.stack, `${subject}-out`, PATIENCE_MS);
}
