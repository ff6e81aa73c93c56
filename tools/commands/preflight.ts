/** `preflight`: what could keep mail from coming or going, before and after a deploy, in plain words. Changes nothing. */
import { getServers } from "node:dns";
import { isIP } from "node:net";
import { plan as makePlan } from "../../components/plan/plan.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { fail, say, step } from "../console.ts";
import { ENDPOINTS } from "../preflight/clouds/http.ts";
import { verdictsFrom } from "../preflight/from-site.ts";
import { type Known, knownOf, NOTHING_KNOWN } from "../preflight/known.ts";
import { resolverOf, resolversHere, subjectOf } from "../preflight/look-at.ts";
import { meansOf } from "../preflight/means.ts";
import { networkChecks, runChecks } from "../preflight/network.ts";
import { checkProviders } from "../preflight/providers.ts";
import { checkRpki } from "../preflight/rpki.ts";
import type { Subject } from "../preflight/subject.ts";
import { exitCodeOf, summaryOf, type Verdict, verdictTable } from "../preflight/verdict.ts";
import { wantingSettings } from "../preflight/wanting.ts";
import { parsedArguments, stackArguments } from "../stack/arguments.ts";
import { isInBackend, isLocal } from "../stack/local.ts";
import { engine } from "../stack/pulumi.ts";
import { readableSettings, stackExists } from "../stack/settings.ts";

const USAGE = "npm run mailkeep -- preflight [stack] [--from <site>] [--resolver <address>] [--json]";

export async function run(args: readonly string[]): Promise<number> {
  const { stack, from, resolver, json } = readArguments(args);
  if (!stackExists(stack))
    fail(
      `There is no stack ${stack} here yet: \`npm run up\` makes the local one, \`npm run mailkeep -- init\` any other.`,
    );
  const { settings, verdicts: wanting } = wantingSettings(await readableSettings(stack), isLocal(stack));
  const found = settings === undefined ? [] : await look(stack, settings, from, resolver);
  const verdicts = [...wanting, ...found];
  if (json) process.stdout.write(`${JSON.stringify({ stack, from: from ?? null, verdicts }, null, 2)}\n`);
  else say(`\n${verdictTable(verdicts)}\n\n${summaryOf(verdicts)}`);
  return exitCodeOf(verdicts);
}

interface Arguments {
  readonly stack: string;
  readonly from: string | undefined;
  readonly resolver: string | undefined;
  readonly json: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsedArguments(
    {
      args: [...args],
      options: { from: { type: "string" }, resolver: { type: "string" }, json: { type: "boolean" } },
      allowPositionals: true,
    },
    `: ${USAGE}`,
  );
  const { from, resolver, json = false } = values;
  if (resolver !== undefined && isIP(resolver) === 0) fail(`"${resolver}" is no address of a resolver: ${USAGE}`);
  return { stack: stackArguments(positionals, []).stack, from, resolver, json };
}

async function look(
  stack: string,
  settings: Settings,
  from: string | undefined,
  resolver: string | undefined,
): Promise<readonly Verdict[]> {
  const names = settings.sites.map(({ name }) => name);
  if (from !== undefined && !names.includes(from))
    fail(`The stack ${stack} has no site ${from}; it has ${names.join(", ")}.`);
  const closed = settings.sites.every(({ platform }) => platform === "local");
  const known = await whatIsKnown(stack, settings, closed);
  const plan = makePlan(stack, settings);
  const { images } = settings;
  const providers = await checkProviders({ plan, known, environment: process.env, endpoints: ENDPOINTS, images });
  const resolvers =
    from === undefined ? resolversHere(closed, resolver, getServers()) : [resolverOf(stack, settings, from)];
  const subject = subjectOf({ stack, settings, known, zoneServers: providers.servers, from, resolvers });
  const seen = from === undefined ? await lookHere(subject, closed) : await lookFrom(stack, from, known, subject);
  return [...providers.verdicts, ...seen];
}

/** What the engine knows is asked where it matters: machines that clouds have made, and secret keys. */
async function whatIsKnown(stack: string, settings: Settings, closed: boolean): Promise<Known> {
  if (closed && Object.keys(settings.blocklistKeys).length === 0) return NOTHING_KNOWN;
  const pulumi = await engine([]);
  return (await isInBackend(stack, pulumi)) ? await knownOf(stack, pulumi) : NOTHING_KNOWN;
}

async function lookHere(subject: Subject, closed: boolean): Promise<readonly Verdict[]> {
  const routes = closed
    ? []
    : subject.sites.flatMap(({ name, addresses }) =>
        addresses.map((address) => ({
          check: "RPKI",
          where: `${name} ${address}`,
          look: () => checkRpki(ENDPOINTS.routing, name, address),
        })),
      );
  const checks = [...networkChecks(subject, meansOf(subject.resolvers)), ...routes];
  const running = step(`${checks.length} checks of the network, from here`);
  let done = 0;
  const verdicts = await runChecks(checks, (found) => {
    done += 1;
    for (const { level, check, where } of found)
      if (level === "problem") running.note(`${done} of ${checks.length}, a problem: ${check} of ${where}`);
  });
  running.done();
  return verdicts;
}

async function lookFrom(stack: string, from: string, known: Known, subject: Subject): Promise<readonly Verdict[]> {
  const running = step(`Checks of the network, from ${from}`);
  const verdicts = await verdictsFrom(stack, from, known.connections.get(from), subject);
  running.done(`${verdicts.length} of them`);
  return verdicts;
}
