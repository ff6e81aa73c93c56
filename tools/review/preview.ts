/** A preview of a stack with all its policies, read as a review. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyArguments } from "../stack/policy.ts";
import type { Engine } from "../stack/pulumi.ts";
import { type Preview, readPreview } from "./events.ts";
import { type Review, reviewOf } from "./review.ts";

/** What bringing the stack up would do. Changes nothing. */
export async function reviewStack(stack: string, pulumi: Pick<Engine, "attempt">): Promise<Review> {
  const { preview, code, said } = await previewOf(stack, pulumi);
  const review = reviewOf(stack, preview, code);
  // What Pulumi says before it begins, such as a wrong passphrase, is in no event.
  return code !== 0 && isSilent(preview) ? { ...review, errors: [said] } : review;
}

async function previewOf(
  stack: string,
  pulumi: Pick<Engine, "attempt">,
): Promise<{ preview: Preview; code: number; said: string }> {
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
