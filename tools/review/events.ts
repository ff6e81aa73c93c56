/** What happened in a preview, from the events that Pulumi writes down: one JSON object a line. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { keysOf } from "./paths.ts";
import { siteFinder } from "./sites.ts";

const stateSchema = z
  .looseObject({ inputs: z.record(z.string(), z.unknown()).nullish(), parent: z.string().nullish() })
  .nullish();

const stepSchema = z.looseObject({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  new: stateSchema,
  old: stateSchema,
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
});

const policySchema = z.looseObject({
  resourceUrn: z.string().default(""),
  message: z.string(),
  policyName: z.string(),
  enforcementLevel: z.string(),
  severity: z.string().default("medium"),
});

const namesSchema = z.array(z.string()).default([]);

const eventSchema = z.looseObject({
  resourcePreEvent: z.looseObject({ metadata: stepSchema }).optional(),
  policyEvent: policySchema.optional(),
  policyAnalyzeSummaryEvent: z.looseObject({ passed: namesSchema, failed: namesSchema }).optional(),
  policyAnalyzeStackSummaryEvent: z.looseObject({ passed: namesSchema, failed: namesSchema }).optional(),
  diagnosticEvent: z
    .looseObject({
      severity: z.string(),
      message: z.string(),
      urn: z.string().optional(),
      ephemeral: z.boolean().optional(),
    })
    .optional(),
});

/** What happens to one resource. */
export interface Step {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  /** Name of the site that it belongs to; empty where it belongs to none. */
  readonly site: string;
  /** Property paths that change; empty where the provider tells none. */
  readonly paths: readonly string[];
  /** Names of the properties that change, in order. */
  readonly changed: readonly string[];
  /** As the resource will be; as it was where it goes. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A rule that a resource, or the stack, breaks. */
export interface Violation {
  readonly rule: string;
  readonly mandatory: boolean;
  readonly severity: string;
  /** What is wrong and what to do. */
  readonly message: string;
  readonly resource: string;
}

/** All of it. */
export interface Preview {
  readonly steps: readonly Step[];
  readonly violations: readonly Violation[];
  /** Rules that could not judge, because a value is not known before the change is made. */
  readonly unjudged: readonly string[];
  /** How many rules have judged. */
  readonly judged: number;
  readonly errors: readonly string[];
}

/** Reads the log. @throws Error for a line that is no event */
export function readPreview(log: string): Preview {
  const events = log
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => eventSchema.parse(JSON.parse(line)));
  const policies = events.flatMap(({ policyEvent }) => (policyEvent === undefined ? [] : [policyEvent]));
  const unjudged = policies.filter(isUnjudged).map(({ policyName }) => policyName);
  const named = events
    .flatMap((event) => [event.policyAnalyzeSummaryEvent, event.policyAnalyzeStackSummaryEvent])
    .flatMap((summary) => [...(summary?.passed ?? []), ...(summary?.failed ?? [])]);
  const steps = events.flatMap(({ resourcePreEvent }) =>
    resourcePreEvent === undefined ? [] : [resourcePreEvent.metadata],
  );
  const siteOf = siteFinder(parentsIn(steps));
  return {
    steps: steps.map((step) => stepOf(step, siteOf(step.urn))),
    violations: policies.filter((event) => !isUnjudged(event)).map(violationOf),
    unjudged: [...new Set(unjudged)].toSorted(),
    judged: new Set(named.filter((name) => !unjudged.includes(name))).size,
    errors: events
      .flatMap(({ diagnosticEvent }) => (diagnosticEvent?.severity === "error" ? [diagnosticEvent.message.trim()] : []))
      // Pulumi's last word when anything else was wrong.
      .filter((message) => message !== "preview failed"),
  };
}

/** The last part of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function parentsIn(steps: readonly z.infer<typeof stepSchema>[]): ReadonlyMap<string, string> {
  return new Map(
    steps.flatMap(({ urn, new: after, old: before }) => {
      const parent = after?.parent ?? before?.parent;
      return typeof parent === "string" ? [[urn, parent] as const] : [];
    }),
  );
}

function stepOf(metadata: z.infer<typeof stepSchema>, site: string): Step {
  const after = metadata.new?.inputs;
  const before = metadata.old?.inputs;
  const paths = Object.keys(metadata.detailedDiff ?? {});
  const named = paths.map((path) => keysOf(path)[0] ?? path);
  return {
    op: metadata.op,
    type: metadata.type,
    name: nameOf(metadata.urn),
    site,
    paths,
    changed: [...new Set(named.length > 0 ? named : differing(before ?? {}, after ?? {}))].toSorted(),
    inputs: after ?? before ?? {},
  };
}

/** What a provider that tells no paths must have seen. */
function differing(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const keys = [...Object.keys(before), ...Object.keys(after)].filter((key) => !key.startsWith("__"));
  return keys.filter((key) => !isDeepStrictEqual(before[key], after[key]));
}

/** Pulumi says so in the words of its SDK; there is no other mark. */
function isUnjudged({ message, enforcementLevel }: z.infer<typeof policySchema>): boolean {
  return enforcementLevel === "advisory" && message.startsWith("can't run policy ");
}

function violationOf(event: z.infer<typeof policySchema>): Violation {
  // The rule's description comes first, then what it found.
  const [first = "", ...found] = event.message.trim().split("\n");
  return {
    rule: event.policyName,
    mandatory: event.enforcementLevel === "mandatory",
    severity: event.severity,
    message: found.length === 0 ? first : found.join(" "),
    resource: nameOf(event.resourceUrn),
  };
}
