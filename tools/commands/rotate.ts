/** `rotate`: takes one step in the change of a key, and says which comes next. */
import { isDeepStrictEqual } from "node:util";
import { fail, say } from "../console.ts";
import { stackFile } from "../paths.ts";
import { refuseUncertified } from "../rotation/certified.ts";
import { ledgerKeys, openSshHalf, publicHalf, refusePendingChanges, type LedgerKeys } from "../rotation/ledger.ts";
import { authoritativeServers, servedTtl, serverAt } from "../rotation/served.ts";
import { choose } from "../rotation/choose.ts";
import { linesOf, type Kind, type Line, type Step } from "../rotation/step.ts";
import { keyTable } from "../rotation/table.ts";
import { after, moment } from "../rotation/times.ts";
import { writeChanges } from "../rotation/written.ts";
import { untilCertified } from "../site/certificates.ts";
import { noChangeOfSites } from "../site/left-behind.ts";
import { stackReport } from "../site/report.ts";
import { parsedArguments, stackArguments } from "../stack/arguments.ts";
import { isLocal } from "../stack/local.ts";
import { clearDeadLocks } from "../stack/locks.ts";
import { unasked } from "../stack/policy.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
import { stackExists, stackSettings } from "../stack/settings.ts";
import { bringUp } from "../stack/up.ts";

const USAGE =
  "npm run mailkeep -- rotate dkim|tls|ca|link|ssh|deploy|srs [stack] [--domain <domain>] [--key rsa|ed25519] [--site <site>] [--now]";
const KINDS: readonly string[] = ["dkim", "tls", "ca", "link", "ssh", "deploy", "srs"] satisfies Kind[];

export async function run(args: readonly string[]): Promise<number> {
  const { kind, stack, domain, key, site, now } = readArguments(args);
  if (!stackExists(stack)) fail(`There is no stack ${stack} here yet: \`npm run up\` makes the local one.`);
  const settings = await stackSettings(stack, isLocal(stack));
  const pulumi = await engine(["docker", "compose"]);
  const keys = await ledgerKeys(stack, pulumi);
  refusePendingChanges(stack, settings, keys);
  const lines = linesOf(settings, keys);
  if (kind === undefined) {
    say(keyTable(lines, keys, new Date()));
    return 0;
  }
  const chosen = choose(lines, { kind, owner: kind === "dkim" ? domain : site, key }, stack);
  await clearDeadLocks(stack);
  for (const { step } of chosen) {
    if (now) say(`--now: ${warning(step)}`);
    else {
      if (step.certified !== undefined) await refuseUncertified(stack, step.certified, pulumi);
      await refuseEarly(stack, pulumi, step, keys);
    }
  }
  await take(stack, pulumi, chosen, keys, now);
  for (const { step } of chosen) {
    say(step.done);
    if (step.toLetIn !== undefined) say(`  ${await openSshHalf(stack, pulumi, step.toLetIn)}`);
  }
  await tellNext(stack, pulumi, chosen);
  return 0;
}

interface Arguments {
  readonly kind: string | undefined;
  readonly stack: string;
  readonly domain: string | undefined;
  readonly key: string | undefined;
  readonly site: string | undefined;
  readonly now: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsedArguments(
    {
      args: [...args],
      options: {
        domain: { type: "string" },
        key: { type: "string" },
        site: { type: "string" },
        now: { type: "boolean" },
      },
      allowPositionals: true,
    },
    `: ${USAGE}`,
  );
  const [first = ""] = positionals;
  const kind = KINDS.includes(first) ? first : undefined;
  const { stack } = stackArguments(kind === undefined ? positionals : positionals.slice(1), []);
  const { domain, key, site, now = false } = values;
  if (kind === undefined && ([domain, key, site].some((one) => one !== undefined) || now))
    fail(`Say which kind of key is meant: ${USAGE}`);
  if (key !== undefined && kind !== "dkim") fail(`--key is for DKIM keys alone: ${USAGE}`);
  return { kind, stack, domain, key, site, now };
}

function warning({ from, because }: Step): string {
  return from === undefined || from <= new Date()
    ? "there is nothing to wait for."
    : `this step is taken before ${moment(from)}, although ${because}. Mail may be refused in the meantime. That is for keys that are no longer secret, and for tests.`;
}

/** @throws SentenceError saying when the step is possible */
async function refuseEarly(stack: string, pulumi: Engine, step: Step, keys: LedgerKeys): Promise<void> {
  const from = await possibleFrom(stack, pulumi, step, keys);
  if (from === undefined || from <= new Date()) return;
  fail(
    `It is too early to ${step.what}: ${step.because}. It will be possible from ${moment(from)}; with --now it is done at once.`,
  );
}

/** A record must be there as served, and its wait is no shorter than its TTL as served. */
async function possibleFrom(
  stack: string,
  pulumi: Engine,
  { from, served }: Step,
  keys: LedgerKeys,
): Promise<Date | undefined> {
  if (served === undefined) return from;
  const servers = isLocal(stack) ? [serverAt((await stackReport(stack)).dns)] : await authoritativeServers(served.name);
  const data = await publicHalf(stack, pulumi, served.key, served.form);
  const ttlSeconds = await servedTtl({ ...served, data }, servers);
  const published = keys[served.key]?.publishedAt;
  const forgotten = published === undefined ? undefined : after(published, ttlSeconds);
  return forgotten !== undefined && (from === undefined || forgotten > from) ? forgotten : from;
}

/** Writes the steps into the stack's files and brings the stack up. What Pulumi has not begun is taken back. */
async function take(
  stack: string,
  pulumi: Engine,
  lines: readonly Line[],
  keys: LedgerKeys,
  now: boolean,
): Promise<void> {
  const { include } = await stackSettings(stack, isLocal(stack));
  const hurried: Readonly<Record<string, string>> = now
    ? { MAILKEEP_HURRIED: lines.map(({ name }) => name).join(",") }
    : {};
  const takeBack = await writeChanges(
    stackFile(stack),
    include,
    lines.map(({ step }) => step.change),
  );
  try {
    const { sites } = await stackSettings(stack, isLocal(stack));
    await bringUp(stack, pulumi, await noChangeOfSites({ stack, pulumi, sites }), unasked(stack), hurried);
  } catch (error) {
    if (isDeepStrictEqual(await ledgerKeys(stack, pulumi), keys)) await takeBack();
    throw error;
  }
  if (lines.some(({ kind }) => kind === "tls") && isLocal(stack)) await untilCertified(await stackReport(stack));
}

async function tellNext(stack: string, pulumi: Engine, taken: readonly Line[]): Promise<void> {
  const settings = await stackSettings(stack, isLocal(stack));
  const lines = linesOf(settings, await ledgerKeys(stack, pulumi));
  const next = taken.flatMap(({ name }) => lines.filter((one) => one.name === name));
  for (const line of next) {
    const { what, from } = line.step;
    const when = from === undefined || from <= new Date() ? "at any time" : `from ${moment(from)}`;
    const command = [line.options, ...(stack === "local" ? [] : [stack])].join(" ");
    say(`Next: ${what}, possible ${when}, by \`npm run mailkeep -- rotate ${command}\`.`);
  }
}
