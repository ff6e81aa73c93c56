/** A killed engine ends nothing itself: without this its plugins would stay behind for ever. */
const CHECK_MS = 1_000;

/** Ends this process soon after its parent is gone. */
export function endWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, CHECK_MS).unref();
}
