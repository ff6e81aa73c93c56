/** Changes through the engine on a running stack: what they touch, and what they leave alone. */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { localUsers, seeToStack } from "../../tools/stack/local.ts";
import { engine, type Engine } from "../../tools/stack/pulumi.ts";
import { stackFile } from "../../tools/paths.ts";
import { sendFromOutside } from "../../tools/site/outside.ts";
import { waitForMail } from "../../tools/site/clients.ts";
import { editSettings, listIn, type Settings } from "../support/changes.ts";
import { startTimes } from "../support/containers.ts";
import { shownCertificate } from "../support/shown.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { fixture, mark, message, until, untilHealthy, type Fixture } from "../support/system.ts";

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

  it("takes new domains: one with a catch-all, one that stands for another", { timeout: 300_000 }, async () => {
    const ca = await readFile(on.report.ca ?? "", "utf8");
    const namesOf = async (domain: string): Promise<string> => {
      const asked = { host: on.site.address, port: 443, servername: `mta-sts.${domain}`, ca };
      return (await shownCertificate(asked)).subjectAltName ?? "";
    };
    const certified = (domain: string): Promise<boolean> =>
      namesOf(domain).then(
        (names) => names.includes(`mta-sts.${domain}`),
        () => false,
      );
    await until("the old domain has its certificate", () => certified("home.test"), 240_000);
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
    // Several share one; what the old ones show is believed all the time.
    await until(
      "the new domain has a certificate",
      async () => {
        expect(await certified("home.test")).toBe(true);
        return await certified("new.test");
      },
      240_000,
    );
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
});

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
