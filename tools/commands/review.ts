/** `review`: what a change would do, which rules it breaks and what it interrupts, before anything is changed. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, within } from "../console.ts";
import { seeToImages } from "../images/see-to.ts";
import { type Preview, readPreview } from "../review/events.ts";
import { reviewMarkdown } from "../review/markdown.ts";
import { reviewOf } from "../review/review.ts";
import { reviewText } from "../review/text.ts";
import { stackArguments } from "../stack/arguments.ts";
import { isInBackend, isLocal, seeToLocalFile, seeToStack } from "../stack/local.ts";
import { policyArguments } from "../stack/policy.ts";
import { engine, type Engine } from "../stack/pulumi.ts";
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
  const { preview, code, said } = await within(`Preview of ${stack}`, () => previewOf(stack, pulumi));
  const review = reviewOf(stack, preview, code);
  // What Pulumi says before it begins, such as a wrong passphrase, is in no event.
  const whole = code !== 0 && isSilent(preview) ? { ...review, errors: [said] } : review;
  if (markdown !== undefined && markdown !== "") await writeFile(markdown, reviewMarkdown(whole));
  process.stdout.write(markdown === "" ? reviewMarkdown(whole) : `${reviewText(whole)}\n`);
  return whole.passes ? 0 : 1;
}

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

async function previewOf(stack: string, pulumi: Engine): Promise<{ preview: Preview; code: number; said: string }> {
  // Of mode 0700: secrets are hidden in the events, but settings are not.
  const folder = await mkdtemp(join(tmpdir(), "mailkeep-review-"));
  const log = join(folder, "events.json");
  try {
    const preview = ["preview", "--stack", stack, "--json", "--non-interactive", "--event-log", log];
    const { code, out, err } = await pulumi.attempt([...preview, ...policyArguments(stack)], {
      // `--event-log` is there only with it. The automation interface of the SDK does the same.
      PULUMI_DEBUG_COMMANDS: "true",
    });
    const events = await readFile(log, "utf8").catch(() => "");
    return { preview: readPreview(events), code, said: (err || out).trim() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isSilent({ violations, errors }: Preview): boolean {
  return errors.length === 0 && !violations.some(({ mandatory }) => mandatory);
}
