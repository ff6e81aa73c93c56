/** Sites drained, resumed, removed and added while mail flows: records follow what works. */
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import type { Resolver } from "node:dns/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { submit, waitForMail } from "../../tools/site/clients.ts";
import { waitOutside } from "../../tools/site/outside.ts";
import { waitingAt } from "../../tools/site/queues.ts";
import { engine, type Engine } from "../../tools/stack/pulumi.ts";
import { ROOT, stackFile } from "../../tools/paths.ts";
import { editSettings } from "../support/changes.ts";
import { sitesFixture, type SitesFixture } from "../support/sites.ts";
import { startLoad, tally } from "../support/load.ts";
import { resolverAt, spfOf } from "../support/resolver.ts";
import { openSmtpSession } from "../support/smtp-session.ts";
import { startSubmissions } from "../support/submissions.ts";
import { smtpFromOutside } from "../support/smtp.ts";
import { containerOf, docker, mark, message, until, untilHealthy } from "../support/system.ts";

const PATIENCE_MS = 180_000;
const VISITOR = "visitor@outside.test";
const sitesSchema = z.array(z.looseObject({ name: z.string(), roles: z.array(z.string()) }));
type Site = z.infer<typeof sitesSchema>[number];
let on: SitesFixture;
let pulumi: Engine;
let original: string;

beforeAll(async () => {
  on = await sitesFixture();
  pulumi = await engine(["docker", "compose"]);
  original = await readFile(stackFile(on.stack), "utf8");
  await untilHealthy(on.stack);
});

afterAll(async () => {
  if ((await readFile(stackFile(on.stack), "utf8")) === original) return;
  await writeFile(stackFile(on.stack), original);
  await mailkeep("up", on.stack, "--yes");
});

describe("charlie", { timeout: 600_000 }, () => {
  it("is drained: no record leads to it, it still takes mail, and nothing but records has changed", async () => {
    const containers = await running();
    const { output } = await mailkeep("site", "drain", "charlie", on.stack);
    expect(output).toContain("charlie is drained");
    expect(await exchanges()).toEqual(["alpha", "bravo"].map((site) => on.site(site).hostname));
    expect(await clientAddresses()).toEqual(["alpha", "bravo"].map((site) => on.site(site).address));
    expect(await spf()).toContain(on.site("charlie").address);
    expect((await smtpFromOutside(on.stack, on.site("charlie").address, ["NOOP"]))[0]?.code).toBe(220);
    expect(await running()).toEqual(containers);
    expect(await touched()).toEqual([]);
  });

  it("is resumed", async () => {
    const { output } = await mailkeep("site", "resume", "charlie", on.stack);
    expect(output).toContain("charlie is serving again");
    expect(await exchanges()).toEqual(["alpha", "bravo", "charlie"].map((site) => on.site(site).hostname));
  });

  it("is removed while mail flows, and added again: it serves before MX names it, and not a message is lost", async () => {
    const load = startLoad(on.stack, mark(), on.user("ann@home.test").address, 1000);
    const users = startSubmissions(on, on.user("ben@home.test"));
    const early = await openSmtpSession(on.stack, on.site("charlie").address);
    expect([early.greeting, await early.say("EHLO mail.outside.test")]).toEqual([220, 250]);
    await holdMessage();
    try {
      // What waits there keeps it from going, but not from taking nothing more.
      const refusal = tryMailkeep("site", "remove", "charlie", on.stack);
      await until("charlie is closed", async () => (await greeting("charlie")) === 421, PATIENCE_MS);
      // Who is there already is heard to the end, by name of a sender whom no other message has.
      const subject = mark();
      expect(await early.say(`MAIL FROM:<${VISITOR}>`)).toBe(250);
      expect(await early.say("RCPT TO:<ann@home.test>")).toBe(250);
      expect(await early.say("DATA")).toBe(354);
      const letter = message({ from: VISITOR, to: "ann@home.test", subject }).split("\r\n");
      expect(await early.say(...letter.map((line) => ` ${line}`), ".")).toBe(250);
      early.end();
      // A mail program that knows charlie's address is served by another site.
      const sent = mark();
      const mail = { from: "ben@home.test", to: ["friend@v4.outside.test"], subject: sent, text: "Hello." };
      await submit(await on.access("charlie"), 587, on.user("ben@home.test"), mail);
      expect(["alpha", "bravo"].map((site) => on.site(site).address)).toContain(
        (await waitOutside(on.stack, sent, PATIENCE_MS)).client,
      );
      await waitForMail(await on.access("alpha"), on.user("ann@home.test"), subject, PATIENCE_MS);
      const { code, output } = await refusal;
      expect(code).toBe(1);
      expect(output).toContain(
        "charlie is closed and stays until nothing is left there. One message waits in its queues",
      );
      expect((await running()).some((name) => name.includes("-charlie-"))).toBe(true);
      expect(await exchanges()).toEqual(["alpha", "bravo"].map((site) => on.site(site).hostname));
    } finally {
      early.end();
      await dropMessage();
    }
    const { output } = await mailkeep("site", "remove", "charlie", on.stack);
    expect(output).toContain("charlie is gone");
    expect(await exchanges()).toEqual(["alpha", "bravo"].map((site) => on.site(site).hostname));
    expect(await spf()).not.toContain(on.site("charlie").address);
    expect((await running()).filter((name) => name.includes("-charlie-"))).toEqual([]);
    const others = await running();

    await writeFile(stackFile(on.stack), original);
    const watching = watchOrder();
    await mailkeep("up", on.stack, "--yes");
    const { servedAt, namedAt } = await watching;
    expect(servedAt).toBeLessThan(namedAt);
    expect(await exchanges()).toEqual(["alpha", "bravo", "charlie"].map((site) => on.site(site).hostname));
    // No container of the other sites was made anew; their edges have only read their configuration again.
    expect(await running()).toEqual(expect.arrayContaining([...others]));
    expect(await touched()).toEqual([]);

    const { accepted: submitted, ...rest } = await users.stop(PATIENCE_MS);
    expect(rest).toMatchObject({ lost: [], doubled: 0, refused: [], passedOver: [] });
    expect(submitted).toBeGreaterThan(20);
    const accepted = await load.stop();
    const count = await tally(
      on.stack,
      load,
      accepted,
      on.user("ann@home.test"),
      await on.access("alpha"),
      PATIENCE_MS,
    );
    expect(count).toEqual({ accepted, delivered: accepted, lost: [], doubled: [], bounced: 0 });
    expect(accepted).toBeGreaterThan(20);
  });

  it("is not taken out of the settings by hand while it takes mail in", async () => {
    const document = original.replace(/ {4}- name: charlie\n(?: {6}.*\n)*/, "");
    expect(document).not.toContain("charlie");
    await writeFile(stackFile(on.stack), document);
    try {
      const { code, output } = await tryMailkeep("up", on.stack, "--yes");
      expect(code).toBe(1);
      expect(output).toContain("charlie is no longer in the settings, and still takes mail in.");
      expect(output).toContain("site remove charlie");
      expect((await running()).some((name) => name.includes("-charlie-"))).toBe(true);
    } finally {
      await writeFile(stackFile(on.stack), original);
    }
  });

  it.each<[string, (sites: Site[]) => readonly Site[], string]>([
    [
      "lose a role, with a queue that nobody would empty",
      (sites) => sites.map((one) => (one.name === "charlie" ? { ...one, roles: ["submission"] } : one)),
      "charlie would lose the role mx, and mail that comes in until then would stay there.",
    ],
    [
      "go",
      (sites) => sites.filter(({ name }) => name !== "charlie"),
      "charlie is no longer in the settings, and still takes mail in.",
    ],
  ])(
    "does not %s by hand, whichever command brings the stack up, and the file stays as it is",
    async (_, change, said) => {
      const document = await editSettings(on.stack, (settings) => {
        settings["mailkeep:sites"] = change(sitesSchema.parse(settings["mailkeep:sites"]));
      });
      try {
        for (const command of [
          ["up", on.stack, "--yes"],
          ["site", "drain", "bravo", on.stack],
        ]) {
          const { code, output } = await tryMailkeep(...command);
          expect(code).toBe(1);
          expect(output).toContain(said);
          expect(await readFile(stackFile(on.stack), "utf8")).toBe(document);
        }
        expect((await running()).some((name) => name.includes("-charlie-mx-"))).toBe(true);
      } finally {
        await writeFile(stackFile(on.stack), original);
      }
    },
  );

  it("is not given up as lost while it answers", async () => {
    const { code, output } = await tryMailkeep("site", "remove", "charlie", on.stack, "--lost");
    expect(code).toBe(1);
    expect(output).toContain("charlie answers, so it is not lost");
    expect(await readFile(stackFile(on.stack), "utf8")).toBe(original);
  });

  it.each([
    [["site", "drain", "delta"], "has no site delta; it has alpha, bravo, charlie"],
    [["site", "remove", "alpha"], "alpha has the mailboxes"],
    [["site", "paint", "alpha"], 'There is no "paint" for a site'],
    [["site", "drain", "charlie", "--lost"], "--lost is for a site that is taken away"],
  ])("refuses %j in a sentence", async (args, sentence) => {
    const { code, output } = await tryMailkeep(...args, on.stack);
    expect(code).toBe(1);
    expect(output).toContain(sentence);
    expect(await readFile(stackFile(on.stack), "utf8")).toBe(original);
  });
});

/** Has a message wait in charlie's queue of submissions. */
async function holdMessage(): Promise<void> {
  const submission = await containerOf(on.stack, "charlie", "submission");
  await docker("exec", submission, "sh", "-c", WAITING_MESSAGE);
  const { roles } = on.site("charlie");
  // The load passes through charlie too.
  const waits = async () =>
    (await waitingAt(on.stack, "charlie", roles)).some(({ workload }) => workload === "submission");
  await until("a message waits at charlie", waits, PATIENCE_MS);
}

async function dropMessage(): Promise<void> {
  const submission = await containerOf(on.stack, "charlie", "submission");
  await docker("exec", submission, "postsuper", "-c", "/run/conf", "-d", "ALL");
}

/** The code that port 25 of a site greets the foreign server with. */
async function greeting(site: string): Promise<number> {
  const session = await openSmtpSession(on.stack, on.site(site).address);
  session.end();
  return session.greeting;
}

/** Sends a message to a domain whose name server does not answer, so that it stays in the queue of the container. */
const WAITING_MESSAGE =
  "printf 'From: ann@home.test\\nSubject: waiting\\n\\nwaiting\\n' | sendmail -C /run/conf -f ann@home.test friend@silent.outside.test";

async function exchanges(): Promise<string[]> {
  const found = await resolver().resolveMx("home.test");
  return found.map(({ exchange }) => exchange).sort();
}

async function clientAddresses(): Promise<string[]> {
  return (await resolver().resolve4(on.report.clientHostname)).sort();
}

const spf = (): Promise<string> => spfOf(on.report.dns, "home.test");

const resolver = (): Resolver => resolverAt(on.report.dns);

/** Ids with names of all containers of the stack. */
async function running(): Promise<string[]> {
  const labels = ["--filter", `label=mailkeep.stack=${on.stack}`];
  const list = await docker("ps", "--no-trunc", "--format", "{{.Names}} {{.ID}}", ...labels);
  return list.trim().split("\n").sort();
}

const previewSchema = z.looseObject({ steps: z.array(z.looseObject({ op: z.string(), urn: z.string() })) });

/** What another `up` would change. */
async function touched(): Promise<string[]> {
  const preview = await pulumi.ask(["preview", "--stack", on.stack, "--json", "--non-interactive"]);
  const { steps } = previewSchema.parse(JSON.parse(preview));
  expect(steps).not.toEqual([]);
  return steps.flatMap(({ op, urn }) => (["same", "refresh"].includes(op) ? [] : [urn]));
}

/** When charlie answers on port 25, and when MX names it, by one clock. */
async function watchOrder(): Promise<{ servedAt: number; namedAt: number }> {
  const { address, hostname } = on.site("charlie");
  const wait = (what: string, question: () => Promise<boolean>): Promise<number> =>
    until(what, question, 500_000).then(() => performance.now());
  const [servedAt, namedAt] = await Promise.all([
    wait("charlie greets on port 25", () => greets(address)),
    wait("MX names charlie", async () => (await exchanges()).includes(hostname)),
  ]);
  return { servedAt, namedAt };
}

function greets(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 25, timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => end(data.toString().startsWith("220 ")));
    for (const event of ["error", "close", "timeout"] as const) socket.once(event, () => end(false));
  });
}

async function mailkeep(...args: readonly string[]): Promise<{ output: string }> {
  const { code, output } = await tryMailkeep(...args);
  if (code !== 0) throw new Error(`mailkeep ${args.join(" ")} ended with ${code}:\n${output.slice(-3000)}`);
  return { output };
}

function tryMailkeep(...args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "tools", "cli.ts"), ...args], { cwd: ROOT });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
