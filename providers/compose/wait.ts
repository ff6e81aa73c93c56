/** Waits until every keeper has taken its release and serves. */
import { z } from "zod";
import type { Host } from "./host.ts";
import { lastLines } from "./host.ts";
import { cancellation } from "./cancellation.ts";
import type { Log } from "./engine.ts";
import type { Container } from "./observe.ts";
import { layout } from "./layout.ts";

/** What is used of the keeper's `state.json`. */
const keeperState = z.object({
  release: z.string().nullish(),
  /** The last release that was healthy. */
  good: z.string().nullish(),
  refused: z.object({ release: z.string(), message: z.string() }).nullish(),
  status: z.string(),
  healthy: z.boolean(),
  /** The release is taken, but its daemon has not been told yet. */
  reloading: z.boolean().default(false),
  at: z.string(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string().nullish() })).nullish(),
  lastError: z.string().nullish(),
});
/** What a keeper says of its workload. */
export type KeeperState = z.infer<typeof keeperState>;

/** What an account means for the release that is waited for. */
export type Verdict =
  | { readonly kind: "healthy" }
  | { readonly kind: "refused"; readonly message: string; readonly serving: string | undefined }
  | { readonly kind: "waiting"; readonly why: string };

/** Judges one keeper's account. `since`: when its container was started; what is older tells of an earlier one. */
export function judge(state: KeeperState | undefined, expected: string, since: string): Verdict {
  if (state === undefined) return { kind: "waiting", why: "its keeper has not reported yet" };
  if (Date.parse(state.at) < Date.parse(since)) return { kind: "waiting", why: "its keeper is starting" };
  if (state.refused?.release === expected) {
    return { kind: "refused", message: state.refused.message, serving: state.release ?? undefined };
  }
  if (state.release !== expected) return { kind: "waiting", why: "its keeper has not taken the new configuration yet" };
  if (state.reloading) return { kind: "waiting", why: "its daemon is taking the new configuration" };
  if (state.healthy) return { kind: "healthy" };
  const failing = state.checks?.find((check) => !check.ok);
  const detail = failing ? `check ${failing.name}: ${failing.message ?? "failed"}` : state.lastError;
  return { kind: "waiting", why: detail ? `${state.status}, ${detail}` : state.status };
}

/** Reads a keeper's account; undefined for one that is not there, or cannot be understood. */
export function parseState(text: string | undefined): KeeperState | undefined {
  if (text === undefined) return undefined;
  try {
    return keeperState.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What is waited for, with the hash of each workload's release. */
export interface Waiting {
  readonly host: Host;
  readonly log: Log;
  readonly directory: string;
  readonly hashes: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly waitSeconds: number;
}

const POLL_MS = 250;
/** Others get this long to settle after a refusal, so that one run tells of all that is wrong. */
const GRACE_MS = 5_000;
const QUIET_MS = 5_000;

/** Resolves when all are healthy; else throws one sentence a workload. */
export async function waitUntilHealthy(waiting: Waiting): Promise<void> {
  const { host, log, directory, hashes, containers, waitSeconds } = waiting;
  const { stateFile } = layout(directory);
  const begin = Date.now();
  let refusedAt = Number.POSITIVE_INFINITY;
  let said = "";
  for (;;) {
    const files = await host.readFiles(Object.keys(hashes).map(stateFile));
    const verdicts = Object.entries(hashes).map(([name, expected]) => {
      const since = containers.find((one) => one.workload === name)?.startedAt ?? "";
      return { name, verdict: judge(parseState(files.get(stateFile(name))), expected, since) };
    });
    const open = verdicts.flatMap(({ name, verdict }) =>
      verdict.kind === "waiting" ? [{ name, why: verdict.why }] : [],
    );
    const refused = verdicts.some(({ verdict }) => verdict.kind === "refused");
    const now = Date.now();
    if (refused) refusedAt = Math.min(refusedAt, now);
    const over = now - begin > waitSeconds * 1000 || now - refusedAt > GRACE_MS || (refused && open.length === 0);
    if (over) throw new Error(await explain(waiting, verdicts));
    if (open.length === 0) return;
    if (cancellation.aborted) throw new Error("Stopped on request. Run the same command again to go on.");
    const line = `waiting for ${open.map(({ name, why }) => `${name} (${why})`).join(", ")}`;
    if (now - begin > QUIET_MS && line !== said) log.status((said = line));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function explain(
  { host, containers, waitSeconds }: Waiting,
  verdicts: readonly { name: string; verdict: Verdict }[],
): Promise<string> {
  const refusals = verdicts.flatMap(({ name, verdict }) =>
    verdict.kind === "refused" ? [refusalSentence(name, verdict.message, verdict.serving)] : [],
  );
  if (refusals.length > 0) return refusals.join("\n");
  const late = verdicts.flatMap(({ name, verdict }) =>
    verdict.kind === "waiting" ? [{ name, why: verdict.why }] : [],
  );
  const sentences = late.map(async ({ name, why }) => {
    const id = containers.find((one) => one.workload === name)?.id;
    const logs = id === undefined ? undefined : await host.run([...host.docker, "logs", "--tail", "20", id]);
    const lines = logs === undefined ? "" : lastLines(`${logs.stdout}\n${logs.stderr}`, 20);
    return `${name} did not become healthy within ${waitSeconds} s: ${why}. Its last lines:\n${lines || "  (none)"}`;
  });
  return (await Promise.all(sentences)).join("\n");
}

function refusalSentence(name: string, message: string, serving: string | undefined): string {
  const now = serving
    ? `The last good configuration (${serving}) serves on.`
    : "There is no earlier configuration, so it does not serve.";
  return `${name} refused its new configuration: ${message.trim()}\n${now} Correct the setting that it names and run the same command again.`;
}
