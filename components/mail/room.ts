/** What is told of disks before they are full. */
import type { KeeperCheck } from "../plan/workload.ts";

/** Of what may be filled: with 20 GiB, the last one. */
const LEAST_PERCENT = 5;

/**
 * Whether there is room on the disk with a folder. On a full one nothing is lost, for Postfix and Dovecot put mail off, but nobody
 * would know why.
 */
export function room(path: string): KeeperCheck {
  return { kind: "space", name: "room", path, leastPercent: LEAST_PERCENT };
}
