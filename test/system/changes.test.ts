/** Changes through the engine on a running stack: what they touch, and what they leave alone. */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { localUsers, seeToStack } from "../../tools/stack/local.ts";
import { engine, type Engine } from "../../tools/stack/pulumi.ts";
import { stackFile } from "../../tools/paths.ts";
import { sendFromOutside } from "../../tools/site/outside.ts";
import { findMail, submit, waitForMail } from "../../tools/site/clients.ts";
import { editSettings, listIn, type Settings } from "../support/changes.ts";
import { startTimes } from "../support/containers.ts";
import { onTerminal } from "../support/terminal.ts";
import { tlsSession } from "../support/session.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { docker, fixture, mark, message, until, untilHealthy, type Fixture } from "../support/system.ts";

const VISITOR = "visitor@outside.test";
const PATIENCE_MS = 60_000;
let on: Fixture;
let pulumi: Engine;
let original: string;

beforeAll(async () => {
  on = await fixture();
  pulumi = await engine(["docker", "compose"]);
  original = await readFile(stackFile(on.stack), "utf8");
  await untilHealthy(on.stack);
});

afterAll(async () => {
  await writeFile(stackFile(on.stack), original);
  await up();
});

describe("the engine", () => {
  it("finds nothing to do when nothing has changed", async () => {
    await pulumi.ask(["preview", "--stack", on.stack, "--expect-no-changes", "--non-interactive"]);
  });

  it("takes a new alias without touching anything but the directory", async () => {
    const config = await edit((settings) => {
      listIn(settings, "mailkeep:aliases").push({ address: "grandma@home.test", targets: ["ann@home.test"] });
    });
    expect(config).toContain("grandma@home.test");
    expect(await touched()).toEqual(["couchmail"]);
    await upWithoutRestarts();
    const subject = mark();
    await until("the alias is live", () => send("grandma@home.test", subject), PATIENCE_MS);
    await waitForMail(on.access, on.user("ann@home.test"), subject, PATIENCE_MS);
  });

  it("takes a new user, with a password of its own, without touching anything but the directory", async () => {
    await edit((settings) => {
      listIn(settings, "mailkeep:mailboxes").push({ address: "dan@home.test" });
    });
    await seeToStack(on.stack, pulumi);
    expect(await touched()).toEqual(["couchmail"]);
    await upWithoutRestarts();
    const password = (await localUsers(on.stack))["dan@home.test"] ?? "";
    const dan = { address: "dan@home.test", password };
    const subject = mark();
    await until("the user's mail is taken", () => send(dan.address, subject), PATIENCE_MS);
    await waitForMail(on.access, dan, subject, PATIENCE_MS);
  });

  it("takes new domains: one with a catch-all, one that stands for another", async () => {
    await edit((settings) => {
      listIn(settings, "mailkeep:domains").push({ name: "new.test", catchAll: ["ben@home.test"] });
      listIn(settings, "mailkeep:domains").push({ name: "second.test", aliasOf: "home.test" });
      for (const role of ["postmaster", "hostmaster", "abuse"]) {
        listIn(settings, "mailkeep:aliases").push({ address: `${role}@new.test`, targets: ["ann@home.test"] });
      }
    });
    await up();
    const [role, anybody, standIn] = [mark(), mark(), mark()];
    await until("the domain's mail is taken", () => send("abuse@new.test", role), PATIENCE_MS);
    await waitForMail(on.access, on.user("ann@home.test"), role, PATIENCE_MS);
    expect(await send("anybody-at-all@new.test", anybody)).toBe(true);
    await waitForMail(on.access, on.user("ben@home.test"), anybody, PATIENCE_MS);
    expect(await send("ben@second.test", standIn)).toBe(true);
    await waitForMail(on.access, on.user("ben@home.test"), standIn, PATIENCE_MS);
    expect(await send("nobody@second.test", mark())).toBe(false);
  });

  it("takes a changed setting of a daemon by a reload of the daemons concerned", async () => {
    await edit((settings) => {
      const limits = z.record(z.string(), z.unknown()).parse(settings["mailkeep:limits"]);
      settings["mailkeep:limits"] = { ...limits, messageSizeMiB: 20 };
    });
    const workloads = await touched();
    expect(workloads).toEqual(expect.arrayContaining(["mx", "submission"]));
    expect(workloads).not.toEqual(expect.arrayContaining(["dovecot"]));
    expect(workloads).not.toEqual(expect.arrayContaining(["couchmail"]));
    await upWithoutRestarts();
    await until(
      "the new limit is announced",
      async () => {
        const [, hello] = await smtpFromOutside(on.stack, on.site.address, ["EHLO mail.outside.test"]);
        return hello?.text.includes(`SIZE ${20 * 1024 * 1024}`) === true;
      },
      PATIENCE_MS,
    );
  });

  it("limits how often one client may connect", async () => {
    await edit((settings) => {
      const limits = z.record(z.string(), z.unknown()).parse(settings["mailkeep:limits"]);
      settings["mailkeep:limits"] = { ...limits, connectionsPerClientPerMinute: 2 };
    });
    await upWithoutRestarts();
    await untilHealthy(on.stack);
    // A reload lets the daemon's present processes serve their last client, so the first few may still be let in.
    await until(
      "a client that connects too often is turned away",
      async () => (await smtpFromOutside(on.stack, on.site.address, []))[0]?.code === 421,
      20_000,
    );
    await edit((settings) => {
      const limits = z.record(z.string(), z.unknown()).parse(settings["mailkeep:limits"]);
      settings["mailkeep:limits"] = { ...limits, connectionsPerClientPerMinute: 1000 };
    });
    await up();
  });

  it("limits how often one user may send", async () => {
    await edit((settings) => {
      const limits = z.record(z.string(), z.unknown()).parse(settings["mailkeep:limits"]);
      settings["mailkeep:limits"] = { ...limits, messagesPerUserPerMinute: 3 };
    });
    await upWithoutRestarts();
    await untilHealthy(on.stack);
    const cat = on.user("cat@club.test");
    const outcomes: string[] = [];
    await until(
      "a user who sends too often is told to wait",
      async () => {
        const mail = { from: cat.address, to: ["ben@home.test"], subject: mark(), text: "Hello." };
        outcomes.push(await submit(on.access, 465, cat, mail).then(() => "taken", String));
        return outcomes.at(-1) !== "taken";
      },
      30_000,
    );
    expect(outcomes.at(-1)).toMatch(/45[01]/);
    expect(outcomes.length).toBeGreaterThan(3);
  });

  it("limits how many people one user may write to, however they are spread over messages", async () => {
    await edit((settings) => {
      const limits = z.record(z.string(), z.unknown()).parse(settings["mailkeep:limits"]);
      settings["mailkeep:limits"] = { ...limits, messagesPerUserPerMinute: 1000, recipientsPerUserPerDay: 40 };
    });
    await upWithoutRestarts();
    await untilHealthy(on.stack);
    const cat = on.user("cat@club.test");
    const people = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `ben+${String(index)}@home.test`);
    const write = (to: readonly string[]): Promise<string> =>
      submit(on.access, 465, cat, { from: cat.address, to: [...to], subject: mark(), text: "Hello." }).then(
        () => "taken",
        String,
      );
    const atOnce = await tlsSession(on.access, 465, [
      "EHLO laptop.example",
      `AUTH PLAIN ${Buffer.from(`\0${cat.address}\0${cat.password}`).toString("base64")}`,
      `MAIL FROM:<${cat.address}>`,
      ...people(41).map((address) => `RCPT TO:<${address}>`),
    ]);
    expect(atOnce.at(-2)).toMatch(/^250/);
    expect(atOnce.at(-1)).toMatch(/^452/);

    const outcomes: string[] = [];
    while (outcomes.length < 10 && !outcomes.some((outcome) => outcome !== "taken")) {
      outcomes.push(await write(people(8)));
    }
    expect(outcomes.at(-1)).toMatch(/more than 40 recipients in a day/);
    // Five such messages are forty people; what the user sent before this test counts as well.
    expect(outcomes.length).toBeGreaterThanOrEqual(4);
    expect(outcomes.length).toBeLessThanOrEqual(6);
  });
});

describe("secrets", () => {
  it("are in plain nowhere: not in the state, not in what Docker shows, not in the logs", async () => {
    const state = await pulumi.ask(["stack", "export", "--stack", on.stack]);
    const containers = (await docker("ps", "--quiet", "--filter", `label=mailkeep.stack=${on.stack}`))
      .trim()
      .split("\n");
    const inspected = await docker("inspect", ...containers);
    const images = [
      ...new Set(
        z
          .array(z.looseObject({ Image: z.string() }))
          .parse(JSON.parse(inspected))
          .map(({ Image }) => Image),
      ),
    ];
    const layers = await Promise.all(images.map((image) => docker("history", "--no-trunc", image)));
    const logs = await Promise.all(containers.map((container) => docker("logs", container)));
    const secrets = [...Object.values(await localUsers(on.stack)), ...(await plainSecrets()), "PRIVATE KEY-----"];
    expect(secrets.length).toBeGreaterThan(6);
    const places = { state, inspected, layers: layers.join("\n"), logs: logs.join("\n") };
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) expect(text.includes(secret), `a secret in plain in ${place}`).toBe(false);
      expect(text).not.toMatch(/\$6\$rounds=/);
    }
  });
});

/** What the state has encrypted: the made-up passwords. */
async function plainSecrets(): Promise<string[]> {
  const state = await pulumi.ask(["stack", "export", "--stack", on.stack, "--show-secrets"]);
  const resources = z
    .looseObject({
      deployment: z.looseObject({
        resources: z.array(z.looseObject({ type: z.string(), outputs: z.unknown().optional() })),
      }),
    })
    .parse(JSON.parse(state)).deployment.resources;
  return resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .map(
      ({ outputs }) =>
        z.looseObject({ result: z.looseObject({ plaintext: z.string() }) }).parse(outputs).result.plaintext,
    )
    .map((json) => z.string().parse(JSON.parse(json)));
}

const edit = (change: (settings: Settings) => void): Promise<string> => editSettings(on.stack, change);

const previewSchema = z.looseObject({
  steps: z.array(
    z.looseObject({
      op: z.string(),
      urn: z.string(),
      detailedDiff: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
});

/** Workloads that a preview would change. */
async function touched(): Promise<string[]> {
  const preview = previewSchema.parse(
    JSON.parse(await pulumi.ask(["preview", "--stack", on.stack, "--json", "--non-interactive"])),
  );
  const changed = preview.steps.filter(({ op }) => op !== "same");
  const paths = changed.flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {}));
  expect(changed.every(({ urn }) => urn.includes("compose:index:Release"))).toBe(true);
  return [...new Set(paths.map((path) => path.split(/[.[]/)[1] ?? path))].sort();
}

async function up(): Promise<void> {
  await pulumi.ask([
    "up",
    "--stack",
    on.stack,
    "--yes",
    "--skip-preview",
    "--non-interactive",
    "--policy-pack",
    "policy/network",
  ]);
}

async function upWithoutRestarts(): Promise<void> {
  const before = await startTimes(on.stack);
  await up();
  expect(await startTimes(on.stack)).toEqual(before);
}

async function send(to: string, subject: string): Promise<boolean> {
  const answers = await smtpFromOutside(on.stack, on.site.address, [
    "EHLO mail.outside.test",
    `MAIL FROM:<${VISITOR}>`,
    `RCPT TO:<${to}>`,
  ]);
  if (answers.at(-1)?.code !== 250) return false;
  await sendFromOutside(on.stack, VISITOR, [to], message({ from: VISITOR, to, subject }));
  return true;
}

describe("down", () => {
  it(
    "asks on a terminal, keeps the mail unless its deletion is wanted, and up finds it again",
    { timeout: 600_000 },
    async () => {
      const subject = mark();
      const ann = on.user("ann@home.test");
      await sendFromOutside(on.stack, VISITOR, [ann.address], message({ from: VISITOR, to: ann.address, subject }));
      await waitForMail(on.access, ann, subject, PATIENCE_MS);
      const { code, output } = await onTerminal(
        ["down", on.stack],
        [
          { question: /Do you want to perform this destroy\?/, typed: "yes" },
          { question: /Type the stack's name to delete them: /, typed: "yes" },
        ],
        240,
      );
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain(`Delete the mail, queues and users of ${on.stack} too (4 volumes)?`);
      expect(output).toContain(`Mail, queues and users of ${on.stack} are kept in 4 volumes`);
      expect(await docker("ps", "--quiet", "--filter", `label=mailkeep.stack=${on.stack}`)).toBe("");
      const labels = ["label=mailkeep.kind=mail", `label=mailkeep.project=mailkeep-${on.stack}-${on.site.name}`];
      const kept = await docker("volume", "ls", "--quiet", ...labels.flatMap((label) => ["--filter", label]));
      expect(kept.trim().split("\n")).toHaveLength(4);
      // The certificate authority has started anew with another root, which `up` on the command line fetches.
      const { run } = await import("../../tools/commands/up.ts");
      expect(await run([on.stack, "--yes"])).toBe(0);
      on = await fixture();
      expect(await findMail(on.access, ann, subject)).toHaveLength(1);
    },
  );
});
