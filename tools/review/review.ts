/** What a reviewer has to know of a change, from what its preview said. Pure. */
import type { Preview, Step, Violation } from "./events.ts";
import { EFFECTS, type Interruption, joined } from "./interruption.ts";
import { machineChanges } from "./machines.ts";
import { releaseChanges } from "./releases.ts";

/** All of that. */
export interface Review {
  readonly stack: string;
  /** Rows of changed resources: a site's name, or the kind alone for what belongs to no site. */
  readonly changes: readonly ChangeRow[];
  /** The gravest first. */
  readonly interruptions: readonly Interruption[];
  /** Mandatory ones first, then the gravest. */
  readonly violations: readonly Violation[];
  readonly unjudged: readonly string[];
  readonly judged: number;
  readonly errors: readonly string[];
  /** Whether the change may be made. */
  readonly passes: boolean;
}

/** How many resources of one kind change, and how. */
export interface ChangeRow {
  /** Empty where the resources belong to no site. */
  readonly site: string;
  readonly kind: string;
  readonly created: number;
  readonly updated: number;
  readonly replaced: number;
  readonly deleted: number;
}

type Column = "created" | "updated" | "replaced" | "deleted";

const COLUMNS: Readonly<Record<string, Column>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

const SEVERITIES = ["critical", "high", "medium", "low"];

/** @param code how Pulumi ended */
export function reviewOf(stack: string, preview: Preview, code: number): Review {
  const violations = preview.violations.toSorted(
    (a, b) =>
      Number(b.mandatory) - Number(a.mandatory) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      inOrder(a.rule, b.rule) ||
      inOrder(a.resource, b.resource),
  );
  return {
    stack,
    changes: rowsOf(preview.steps),
    interruptions: interruptionsOf(preview.steps),
    violations,
    unjudged: preview.unjudged,
    judged: preview.judged,
    errors: preview.errors,
    passes: code === 0 && preview.errors.length === 0 && !violations.some(({ mandatory }) => mandatory),
  };
}

/** Resources take their turns differently each time; a review of the same change reads the same. */
function inOrder(a: string, b: string): number {
  return a.localeCompare(b, "en");
}

function interruptionsOf(steps: readonly Step[]): Interruption[] {
  const sites = [...new Set(steps.map(({ site }) => site))];
  return sites
    .flatMap((site) => {
      const own = steps.filter((step) => step.site === site);
      return joined(site, [...own.flatMap(machineChanges), ...own.flatMap(releaseChanges)]);
    })
    .toSorted(
      (a, b) =>
        EFFECTS.indexOf(b.effect) - EFFECTS.indexOf(a.effect) || inOrder(a.site, b.site) || inOrder(a.what, b.what),
    );
}

function rowsOf(steps: readonly Step[]): ChangeRow[] {
  const rows = new Map<string, ChangeRow>();
  for (const step of steps) {
    const column = COLUMNS[step.op];
    // Components and the stack itself only hold others together.
    if (column === undefined || /^(pulumi:|mailkeep:)/.test(step.type)) continue;
    const { site } = step;
    const kind = kindOf(step.type);
    const key = `${site} ${kind}`;
    const row = rows.get(key) ?? { site, kind, created: 0, updated: 0, replaced: 0, deleted: 0 };
    rows.set(key, { ...row, [column]: row[column] + 1 });
  }
  return [...rows.values()].toSorted((a, b) => inOrder(b.site, a.site) || inOrder(a.kind, b.kind));
}

/** `tls PrivateKey` of `tls:index/privateKey:PrivateKey`. */
function kindOf(type: string): string {
  const parts = type.split(":");
  return `${parts[0] ?? ""} ${parts.at(-1) ?? ""}`;
}
