/** Whether the user has asked to stop (Ctrl-C at `pulumi up`), or nobody is left who waits for an answer. */
import { endChildren } from "./process.ts";

const controller = new AbortController();

/** Long waits end when this is aborted. */
export const cancellation: AbortSignal = controller.signal;

/** Ends what runs. What has been put on the host stays, and the next run goes on from there. */
export function cancel(): void {
  controller.abort();
  endChildren();
}

/** A provider whose engine was killed would hold its lock for ever. */
export function endWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid === engine) return;
    cancel();
    process.exit(1);
  }, 1000).unref();
}
