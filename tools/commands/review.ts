/** `review`: what a change would do, which rules it breaks and what it interrupts, before anything is changed. */
import { writeFile } from "node:fs/promises";
import { fail, within } from "../console.ts";
import { seeToImages } from "../images/see-to.ts";
import { reviewMarkdown } from "../review/markdown.ts";
import { reviewStack } from "../review/preview.ts";
import { reviewText } from "../review/text.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isInBackend, isLocal, seeToLocalFile, seeToStack } from "../stack/local.ts";
import { engine } from "../stack/pulumi.ts";
import { stackSettings } from "../stack/settings.ts";

export async function run(args: readonly string[]): Promise<number> {
  const { rest, markdown } = markdownArgument(args);
  const { stack } = stackArguments(rest, []);
  await seeToLocalFile(stack);
  const settings = await stackSettings(stack, isLocal(stack));
  const pulumi = await engine(["docker", "compose"]);
  if (isLocal(stack)) await seeToStack(stack, pulumi);
  else if (!(await isInBackend(stack, pulumi))) {
    fail(`The backend has no stack ${stack}: set PULUMI_BACKEND_URL to the one it is kept in, or bring it up first.`);
  }
  await seeToImages(stack, settings);
  const review = await within(`Preview of ${stack}`, () => reviewStack(stack, pulumi));
  if (markdown !== undefined && markdown !== "") await writeFile(markdown, reviewMarkdown(review));
  process.stdout.write(markdown === "" ? reviewMarkdown(review) : `${reviewText(review)}\n`);
  return review.passes ? 0 : 1;
}

/** The command's arguments, with `--markdown` taken out. */
export interface MarkdownArgument {
  /** Everything else. */
  readonly rest: readonly string[];
  /** A file; empty for standard output; undefined where text is wanted alone. */
  readonly markdown: string | undefined;
}

/** `--markdown`, `--markdown=file`, or `--markdown file` where the word has a dot or a slash, as no stack's name has. */
export function markdownArgument(args: readonly string[]): MarkdownArgument {
  const at = args.findIndex((arg) => arg === "--markdown" || arg.startsWith("--markdown="));
  const flag = args[at];
  if (flag === undefined) return { rest: args, markdown: undefined };
  const next = args[at + 1] ?? "";
  const isFile = flag === "--markdown" && !next.startsWith("--") && /[./]/.test(next);
  return {
    rest: [...args.slice(0, at), ...args.slice(at + (isFile ? 2 : 1))],
    markdown: isFile ? next : flag.slice("--markdown=".length),
  };
}
