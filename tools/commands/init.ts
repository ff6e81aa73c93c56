/** `init`: asks what a stack in the real world needs, writes its file, and says what comes next. Makes nothing else. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { writtenAsOne } from "../../components/settings/include.ts";
import { plan as makePlan } from "../../components/plan/plan.ts";
import { NAMESPACE } from "../../components/settings/read.ts";
import type { Settings } from "../../components/settings/schema.ts";
import { fail, say } from "../console.ts";
import { type Answering, type Question } from "../init/question.ts";
import { answersFor } from "../init/answers.ts";
import { nextSteps } from "../init/next.ts";
import { renderStack } from "../init/render.ts";
import { renderRules } from "../init/rules.ts";
import { ROOT, stackFile } from "../paths.ts";
import { wantingSettings } from "../preflight/wanting.ts";
import type { Verdict } from "../preflight/verdict.ts";
import { parsedArguments, stackArguments } from "../stack/arguments.ts";
import { isLocal } from "../stack/local.ts";
import { policyConfigFile } from "../stack/policy.ts";
import { stackExists } from "../stack/settings.ts";
import { type Ask, conversation } from "../terminal.ts";

const NTH = ["region", "addresses", "host-key"].flatMap((name) => [1, 2, 3].map((nth) => `${name}-${nth}`));
const FLAGS = [
  ...[
    "domain",
    "infrastructure",
    "mailbox",
    "sites",
    "platform",
    "project",
    "port25",
    "relay",
    "relay-spf",
    "relay-user",
  ],
  ...["dns", "zone-id", "ssh-from", "acme"],
  ...NTH,
];

export async function run(args: readonly string[]): Promise<number> {
  const { stack, given, yes } = readArguments(args);
  if (isLocal(stack))
    fail(`A local stack is made by \`npm run up${stack === "local" ? "" : ` -- ${stack}`}\`, which asks nothing.`);
  if (stackExists(stack))
    fail(`stacks/Pulumi.${stack}.yaml is there already, and stays as it is: change it, or choose another name.`);
  const answers =
    yes || !process.stdin.isTTY
      ? await answersFor(stack, byFlags(given))
      : await conversation((ask) => answersFor(stack, answering(given, ask)));
  const text = renderStack(await readFile(join(ROOT, "stacks", "production.yaml"), "utf8"), answers);
  const { settings, missing } = checked(text);
  const rules = renderRules(answers);
  const [rulesFile, rulesPath] = [policyConfigFile(stack), join(ROOT, policyConfigFile(stack))];
  if (rules !== undefined && existsSync(rulesPath))
    fail(
      `${rulesFile} is there already, and is not this stack's: take it away, or choose another name. Nothing was written.`,
    );
  await writeFile(stackFile(stack), text, { flag: "wx" });
  if (rules !== undefined) await writeFile(rulesPath, rules, { flag: "wx" });
  const written = [`stacks/Pulumi.${stack}.yaml`, ...(rules === undefined ? [] : [rulesFile])];
  say(
    `${written.join(" and ")} ${written.length === 1 ? "is" : "are"} written.\n\n${nextSteps(answers, makePlan(stack, settings), missing)}`,
  );
  return 0;
}

function readArguments(args: readonly string[]) {
  const options = Object.fromEntries(FLAGS.map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parsedArguments(
    {
      args: [...args],
      options: { ...options, yes: { type: "boolean" as const } },
      allowPositionals: true,
    },
    `; the command takes ${FLAGS.map((flag) => `--${flag}`).join(", ")}, --yes.`,
  );
  if (positionals.length === 0) fail("Say how the stack is to be called: npm run mailkeep -- init production");
  const given = new Map(
    Object.entries(values).flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : [])),
  );
  return { stack: stackArguments(positionals, []).stack, given, yes: values.yes === true };
}

/** Nobody is asked: what no flag answers is left to the default. */
function byFlags(given: ReadonlyMap<string, string>): Answering {
  return ({ flag }) => Promise.resolve(given.get(flag));
}

/** A flag answers its question; what is left is asked at the terminal, each thing once. */
function answering(given: ReadonlyMap<string, string>, ask: Ask): Answering {
  const known = new Map(given);
  return async (question) => {
    const answer = known.get(question.flag) ?? (await insist(question, ask));
    known.set(question.flag, answer);
    return answer;
  };
}

/** Asks until there is an answer that can be taken. */
async function insist({ asks, example, fallback, wrong }: Question, ask: Ask): Promise<string> {
  const hint = fallback === undefined ? `such as ${example}` : `Enter: ${fallback}`;
  for (;;) {
    const answer = (await ask(`${asks} (${hint}): `))?.trim();
    if (answer === undefined) return fail("Stopped; nothing was written.");
    const trouble = answer === "" ? undefined : wrong?.(answer);
    if (trouble !== undefined) say(`"${answer}" cannot be taken: ${trouble}.`);
    else if (answer === "" && fallback === undefined) say("This one has no default.");
    else return answer;
  }
}

const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });

/** @throws SentenceError when more than secrets is missing; nothing has been written then */
function checked(text: string): {
  readonly settings: Settings;
  readonly missing: readonly { readonly path: string }[];
} {
  const { config } = fileSchema.parse(parse(text));
  const raw = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(`${NAMESPACE}:`, ""), value]),
  );
  const { settings, verdicts } = wantingSettings(writtenAsOne(raw), false);
  if (settings === undefined)
    return fail(`These answers make no sound stack; nothing was written.\n${verdicts.map(told).join("\n")}`);
  return { settings, missing: verdicts.map(({ where }) => ({ path: where })) };
}

function told({ where, says, fix }: Verdict): string {
  return `  ${where}\n    ${says}\n    ${fix ?? ""}`;
}
