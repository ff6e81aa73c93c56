/** What the keepers of a group's workloads say of themselves, in the files that they keep. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { layout } from "../../providers/compose/layout.ts";

const stateSchema = z.looseObject({
  status: z.string(),
  healthy: z.boolean(),
  ready: z.boolean(),
  version: z.string().nullish(),
  restarts: z.number(),
  at: z.iso.datetime({ offset: true }),
  lastError: z.string().nullish(),
  refused: z.looseObject({ message: z.string() }).nullish(),
  job: z.looseObject({ failures: z.number() }).nullish(),
  checks: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), message: z.string().nullish() })).nullish(),
});

/** A keeper writes every five seconds; one that has been silent for longer is stopped or hung itself. */
const SILENT_AFTER_MS = 20_000;

/** One workload. */
export interface WorkloadHealth {
  readonly name: string;
  readonly healthy: boolean;
  readonly version: string;
  readonly restarts: number;
  /** What is wrong, in the keeper's words; empty when nothing is. A job may have to try again without anybody's loss. */
  readonly trouble: string;
}

/** How the keeper begins what it says of a job that has to try again and harms nobody by that. */
const TRYING_AGAIN = /^\S+ ended with exit status 75: /;

/** Health of one workload, from `<release>/state/<workload>/state.json` on this machine. */
export async function workloadHealth(release: string, name: string): Promise<WorkloadHealth> {
  return healthOf(name, await readFile(layout(release).stateFile(name), "utf8").catch(() => undefined));
}

/**
 * The same from the file's text.
 *
 * @param text undefined where there is no file
 * @param nowMs by the clock of the machine that the keeper is on
 */
export function healthOf(name: string, text: string | undefined, nowMs = Date.now()): WorkloadHealth {
  const gone = (trouble: string): WorkloadHealth => ({ name, healthy: false, version: "", restarts: 0, trouble });
  if (text === undefined) return gone("not running");
  const parsed = stateSchema.safeParse(parseJson(text));
  if (!parsed.success) return gone("its state cannot be read");
  const state = parsed.data;
  if (nowMs - Date.parse(state.at) > SILENT_AFTER_MS) return gone("stopped");
  const failing = (state.checks ?? [])
    .filter(({ ok }) => !ok)
    .map((check) => `${check.name}: ${check.message ?? "failed"}`);
  const refused = state.refused == null ? [] : [`configuration refused: ${state.refused.message}`];
  const well = state.healthy && (state.job?.failures ?? 0) === 0;
  const trouble = [
    ...refused,
    ...failing,
    ...(well ? [] : [state.lastError?.replace(TRYING_AGAIN, "") ?? state.status]),
  ].join("; ");
  return { name, healthy: state.healthy, version: state.version ?? "", restarts: state.restarts, trouble };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
