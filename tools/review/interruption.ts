/** What a change interrupts, and how gravely. */

/** From what nobody notices to what nobody gets back. */
export const EFFECTS = [
  "reloads",
  "restarts",
  "made anew",
  "new",
  "removed",
  "stops and starts",
  "down until the new one is up",
  "ALL MAIL ON IT IS LOST",
] as const;
/** What becomes of a part of a site. */
export type Effect = (typeof EFFECTS)[number];

/** The gravest of them. */
export const LOST: Effect = "ALL MAIL ON IT IS LOST";

/** What happens to one part of a site. */
export interface Interruption {
  readonly site: string;
  /** A workload, or what a machine has besides: `machine`, `disk for mail`, a service of Debian's. */
  readonly what: string;
  readonly effect: Effect;
  /** What it comes from, such as `main.cf`. */
  readonly causes: readonly string[];
}

/** One of the reasons for an interruption. */
export interface Change {
  readonly what: string;
  readonly effect: Effect;
  /** Empty where there is none to name. */
  readonly cause: string;
}

/** One entry for each thing of a site, with the gravest of its effects. */
export function joined(site: string, changes: readonly Change[]): Interruption[] {
  const names = [...new Set(changes.map(({ what }) => what))];
  return names.map((what) => {
    const own = changes.filter((change) => change.what === what);
    const rank = Math.max(...own.map(({ effect }) => EFFECTS.indexOf(effect)));
    const causes = own.map(({ cause }) => cause).filter((cause) => cause !== "");
    return { site, what, effect: EFFECTS[rank] ?? "made anew", causes: [...new Set(causes)] };
  });
}
