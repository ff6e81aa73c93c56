/**
 * The DKIM keys of a domain are changed, of both kinds together, while mail flows, from its publication to its revocation: the far side verifies every message.
 *
 * The stack is left with the next selector. To go back would put another key under a name that was revoked, and whoever
 * remembers the record would refuse what it signs.
 */
import { setTimeout as delay } from "node:timers/promises";
import { readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { DkimAlgorithm } from "../../components/dns/dkim.ts";
import { selectorsOf, type Selectors } from "../../components/plan/dkim.ts";
import { run as rotate } from "../../tools/commands/rotate.ts";
import { stackFile } from "../../tools/paths.ts";
import { ask } from "../../tools/rotation/ask.ts";
import { serverAt } from "../../tools/rotation/served.ts";
import { nextSelector } from "../../tools/rotation/dkim-step.ts";
import { submit } from "../../tools/site/clients.ts";
import { receivedOutside, type Received } from "../../tools/site/outside.ts";
import { withKeyChange } from "../../tools/stack/key-settings.ts";
import { engine, type Engine } from "../../tools/stack/pulumi.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { signaturesOf } from "../support/signatures.ts";
import { fixture, mark, until, untilHealthy, type Fixture } from "../support/system.ts";

const DOMAIN = "club.test";
const PATIENCE_MS = 120_000;
/** Three updates and a refused one, on a machine that may have much else to do. */
const SLOW = { timeout: 600_000 };

let on: Fixture;
let pulumi: Engine;

beforeAll(async () => {
  on = await fixture();
  pulumi = await engine(["docker", "compose"]);
  await untilHealthy(on.stack);
});

describe("the DKIM keys of a domain", () => {
  it("are changed step by step while mail flows, and every message is verified at the far side", SLOW, async () => {
    const { selector: first, standby, retired } = await selectors();
    const { selector: firstModern, standby: standbyModern, retired: retiredModern } = await selectors("ed25519");
    expect([standby, standbyModern]).toEqual([[], []]);
    const next = nextSelector([first, ...retired]);
    const nextModern = nextSelector([firstModern, ...retiredModern]);
    const flow = startFlow();

    await step();
    expect(await selectors()).toMatchObject({ selector: first, standby: [next] });
    expect(await selectors("ed25519")).toMatchObject({ selector: firstModern, standby: [nextModern] });
    expect(await record(next)).toMatch(/^v=DKIM1; k=rsa; p=.{300}/);
    expect(await record(nextModern)).toMatch(/^v=DKIM1; k=ed25519; p=.{43}=$/);

    // Too early, whoever wants it: the command, and somebody who edits the settings.
    await expect(step()).rejects.toThrow(/^It is too early to sign with .*It will be possible from \d{4}-/);
    expect(await selectors()).toMatchObject({ selector: first, standby: [next] });
    const hasty = await previewBy({
      kind: "dkim",
      domain: DOMAIN,
      algorithm: "rsa",
      selector: next,
      standby: [first],
      retired,
    });
    expect(hasty).toMatch(new RegExp(`dkim/${DOMAIN}/${next} has been published since .* may not know it before`));

    await step("--now");
    const signing = async (): Promise<boolean> => [...(await flow.arrived()).values()].some(signedBy(next));
    await until("the next key signs", signing, PATIENCE_MS);
    // The last one signs no more, and what it has signed has been verified.
    await untilCome(flow, flow.taken());

    await expect(step()).rejects.toThrow(/^It is too early to revoke .*mail that .* has signed may be in queues/);
    await step("--now");
    expect(await record(first)).toBe("v=DKIM1; k=rsa; p=");
    expect(await record(firstModern)).toBe("v=DKIM1; k=ed25519; p=");
    const revoked = flow.taken().length;
    await until("mail flows on", () => Promise.resolve(flow.taken().length > revoked + 1), PATIENCE_MS);

    const byNumber = await untilCome(flow, await flow.stop());
    const come = [...byNumber.values()];
    expect(come.map(({ results }) => results["dkim"])).toEqual(come.map(() => "pass"));
    expect(come.filter(signedBy(first)).length).toBeGreaterThan(0);
    expect(come.filter(signedBy(next)).length).toBeGreaterThan(1);
    expect(come.filter((mail) => !signedBy(first)(mail) && !signedBy(next)(mail))).toEqual([]);
    expect(await selectors()).toEqual({ selector: next, standby: [], retired: [first] });
    expect(await selectors("ed25519")).toEqual({ selector: nextModern, standby: [], retired: [firstModern] });
    const last = byNumber.get(Math.max(...byNumber.keys()));
    const signed = { domain: DOMAIN, verified: true };
    expect(await signaturesOf(on.stack, last ?? { raw: "" })).toEqual([
      { ...signed, algorithm: "rsa-sha256", selector: next },
      { ...signed, algorithm: "ed25519-sha256", selector: nextModern },
    ]);
    await untilHealthy(on.stack);
  });
});

function step(...flags: readonly string[]): Promise<number> {
  return rotate(["dkim", on.stack, "--domain", DOMAIN, ...flags]);
}

async function selectors(algorithm: DkimAlgorithm = "rsa"): Promise<Selectors> {
  const { domains } = await stackSettings(on.stack);
  const found = domains.find(({ name }) => name === DOMAIN);
  if (found === undefined) throw new Error(`the stack has no domain ${DOMAIN}`);
  return selectorsOf(found, algorithm);
}

/** What a preview says of a change that somebody writes into the settings. The file is as before afterwards. */
async function previewBy(change: Parameters<typeof withKeyChange>[1]): Promise<string> {
  const path = stackFile(on.stack);
  const original = await readFile(path, "utf8");
  await writeFile(path, withKeyChange(original, change));
  try {
    const args = ["preview", "--stack", on.stack, "--non-interactive", "--policy-pack", "policy/mail"];
    const { code, out, err } = await pulumi.attempt(args);
    expect(code).not.toBe(0);
    return out + err;
  } finally {
    await writeFile(path, original);
  }
}

async function record(selector: string): Promise<string> {
  const [answer] = await ask(serverAt(on.report.dns), `${selector}._domainkey.${DOMAIN}`, "TXT");
  return answer?.value ?? "";
}

function signedBy(selector: string): (mail: Received) => boolean {
  const tag = new RegExp(`\\bs=${selector};`);
  return ({ raw }) => {
    const signature = /^DKIM-Signature:.*(?:\r?\n[ \t].*)*/im.exec(raw)?.[0] ?? "";
    return signature.includes(`d=${DOMAIN};`) && tag.test(signature);
  };
}

interface Flow {
  /** Numbers of the messages that have been taken so far. */
  taken(): readonly number[];
  /** Those that have come, by their numbers. */
  arrived(): Promise<ReadonlyMap<number, Received>>;
  stop(): Promise<readonly number[]>;
}

/** A user of the domain writes to the outside all the time. Who is put off, or hears nothing, tries again as another number. */
function startFlow(): Flow {
  const subject = mark();
  const cat = on.user(`cat@${DOMAIN}`);
  const stopping = new AbortController();
  const taken: number[] = [];
  const running = (async () => {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const mail = { from: cat.address, to: ["friend@outside.test"], subject: `${subject} ${number}.`, text: "Hello." };
      const outcome = await submit(on.access, 465, cat, mail).then(() => "taken", String);
      if (outcome === "taken") taken.push(number);
      else if (/\b5\d\d \d/.test(outcome)) throw new Error(`a message was refused: ${outcome}`);
      await delay(500);
    }
    return taken;
  })();
  // Told at the end, by `stop`.
  running.catch(() => undefined);
  return {
    taken: () => [...taken],
    arrived: async () => {
      const form = new RegExp(`${subject} (\\d+)\\.`);
      const all = await receivedOutside(on.stack);
      return new Map(
        all.flatMap((mail) => {
          const [, number] = form.exec(mail.raw) ?? [];
          return number === undefined ? [] : [[Number(number), mail] as const];
        }),
      );
    },
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/** Waits until all that was taken by now has come. @returns what has come */
async function untilCome(flow: Flow, taken: readonly number[]): Promise<ReadonlyMap<number, Received>> {
  let come: ReadonlyMap<number, Received> = new Map();
  await until(
    "every message that was taken has come",
    async () => {
      come = await flow.arrived();
      return taken.every((number) => come.has(number));
    },
    PATIENCE_MS,
  );
  return come;
}
