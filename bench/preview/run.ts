/** One measured run of Pulumi. */
import { PARTS, type Part, type Used } from "./processes.ts";

export const SIDES = ["bare", "mailkeep", "mailkeep+packs"] as const;
export type Side = (typeof SIDES)[number];

/** A first preview, the update after it, and a preview when there is nothing to do. */
export const WORK = ["preview", "up", "again"] as const;
export type Work = (typeof WORK)[number];

export interface Run {
  readonly domains: number;
  readonly resources: number;
  readonly side: Side;
  readonly work: Work;
  readonly seconds: number;
  readonly used: Readonly<Record<Part, Used>>;
  readonly loadAverage: number;
}

/** CPU time of Pulumi and all that it started. */
export function cpuSecondsOf({ used }: Pick<Run, "used">): number {
  return PARTS.reduce((sum, part) => sum + used[part].cpuSeconds, 0);
}
