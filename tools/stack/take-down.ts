/** Takes a stack of the real world down: it says first what goes and what stays, and what is protected stays. */
import { fail, say, table } from "../console.ts";
import { type Ask, conversation } from "../terminal.ts";
import { type Destruction, destructionOf } from "./destruction.ts";
import type { Engine } from "./pulumi.ts";

/** Which stack, and what has been asked already. */
export interface TakeDownArgs {
  readonly stack: string;
  readonly pulumi: Pick<Engine, "ask" | "show">;
  /** Whether nothing is to be asked. */
  readonly yes: boolean;
  /** Whether mail is to go too, which this command does not do. */
  readonly deleteMail: boolean;
  /** Answers a question; undefined where there is nobody to answer. */
  readonly ask: Ask | undefined;
}

/**
 * Destroys what is not protected.
 *
 * @throws SentenceError before anything is changed: when mail should go, or when nobody can be asked
 */
export async function takeDown({ stack, pulumi, yes, deleteMail, ask }: TakeDownArgs): Promise<void> {
  const destruction = destructionOf(await pulumi.ask(["stack", "export", "--stack", stack]));
  if (deleteMail) fail(protectedSentence(stack, destruction));
  if (destruction.destroyed.size === 0) {
    say(`There is nothing of ${stack} to destroy.${stays(destruction)}`);
    return;
  }
  say(`${table(destructionRows(destruction))}\n`);
  if (!yes && ask === undefined)
    fail(
      `Nothing has been destroyed: the command asks first, and there is no terminal here. If all of the above is to go, say so: npm run down -- ${stack} --yes`,
    );
  const answer = yes ? stack : await ask?.(`Destroy this of ${stack}? Type the stack's name to destroy it: `);
  if (answer?.trim() !== stack) {
    say("Nothing has been destroyed.");
    return;
  }
  const quiet = ["--yes", "--skip-preview"];
  const code = await pulumi.show(["destroy", "--stack", stack, "--exclude-protected", ...quiet]);
  if (code !== 0)
    fail(`Pulumi ended with exit code ${code}; its message is above. The same command goes on from there.`);
  if (destruction.kept.length > 0) say(`${keptSentence(destruction)} \`npm run up -- ${stack}\` makes the rest again.`);
}

/** Answers come from the terminal; undefined where there is none. */
export function terminalAnswers(input: NodeJS.ReadStream = process.stdin): TakeDownArgs["ask"] {
  return input.isTTY ? (question) => conversation((ask) => ask(question), { input }) : undefined;
}

/** What goes and what stays, with names as far as they fit into a line. */
export function destructionRows({ destroyed, kept, needed }: Destruction): string[][] {
  const byKind = (one: Destruction["kept"]): [string, string[]][] =>
    [...new Set(one.map(({ kind }) => kind))].map((kind) => [
      kind,
      one.filter((other) => other.kind === kind).map(({ name }) => name),
    ]);
  const rows = (what: string, groups: Iterable<readonly [string, readonly string[]]>): string[][] =>
    [...groups]
      .toSorted(([a], [b]) => a.localeCompare(b, "en"))
      .map(([kind, names]) => [what, kind, String(names.length), shortened(names)]);
  return [
    ["WHAT HAPPENS", "KIND", "COUNT", "NAMES"],
    ...rows("kept, protected", byKind(kept)),
    ...rows("kept with it", byKind(needed)),
    ...rows("destroyed", destroyed),
  ];
}

const NAMES_SHOWN = 4;

function shortened(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

function stays(destruction: Destruction): string {
  return destruction.kept.length === 0 ? "" : ` ${keptSentence(destruction)}`;
}

function keptSentence({ kept }: Destruction): string {
  return `Protected, and kept: ${kept.map(({ kind, name }) => `${name} (${kind})`).join(", ")}.`;
}

function protectedSentence(stack: string, { kept }: Destruction): string {
  const [first] = kept;
  const unprotect = `\`pulumi state unprotect '${first?.urn ?? "<urn>"}' -s ${stack}\``;
  return first === undefined
    ? `--delete-mail is for stacks on this machine. ${stack} has no protected disks: \`npm run down -- ${stack}\` destroys all of it.`
    : `Nothing has been destroyed: --delete-mail is for stacks on this machine. The mail of ${stack} lies on disks that are protected against that: ${kept
        .map(({ name }) => name)
        .join(
          ", ",
        )}. Without the flag all else is destroyed. To delete mail for good, take the protection off each of them in \`npm run shell -- ${stack}\`, such as ${unprotect}, and give the command again.`;
}
