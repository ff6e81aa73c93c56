/** What taking a stack down takes away, and what it leaves, from the stack's state. Pure. */
import { z } from "zod";
import { resourcesIn } from "./exported.ts";

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().default(false),
  protect: z.boolean().default(false),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
});

type Resource = z.infer<typeof resourceSchema>;

/** What becomes of everything. */
export interface Destruction {
  /** What goes, by kind such as `digitalocean Droplet`, with the names. */
  readonly destroyed: ReadonlyMap<string, readonly string[]>;
  /** What is protected. */
  readonly kept: readonly Named[];
  /** What stays because something protected cannot be without it. */
  readonly needed: readonly Named[];
}

/** A resource, as people know it. */
export interface Named {
  readonly kind: string;
  readonly name: string;
  readonly urn: string;
}

/** @param exported what `pulumi stack export` printed */
export function destructionOf(exported: string): Destruction {
  const all = resourcesIn(exported, resourceSchema);
  const protectedOnes = all.filter(({ protect }) => protect);
  const staying = withWhatTheyNeed(protectedOnes, all);
  // Components, and providers as such, are nothing outside of the state.
  const things = all.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  const destroyed = new Map<string, string[]>();
  for (const { kind, name, urn } of things.map(named)) {
    if (!staying.has(urn)) destroyed.set(kind, [...(destroyed.get(kind) ?? []), name]);
  }
  return {
    destroyed,
    kept: protectedOnes.map(named),
    needed: things.filter(({ urn, protect }) => staying.has(urn) && !protect).map(named),
  };
}

/** What is protected of a site's machine, such as its disk for mail. @param exported as above */
export function protectedOf(site: string, exported: string): readonly Named[] {
  const all = resourcesIn(exported, resourceSchema);
  const byUrn = new Map(all.map((one) => [one.urn, one]));
  const isOfSite = (one: Resource): boolean => {
    const parent = byUrn.get(one.parent ?? "");
    return parent !== undefined && (isMachine(parent, site) || isOfSite(parent));
  };
  return all.filter((one) => one.protect && isOfSite(one)).map(named);
}

function isMachine({ type, urn }: Resource, site: string): boolean {
  return type === "mailkeep:platforms:SiteMachine" && urn.endsWith(`::${site}`);
}

function withWhatTheyNeed(some: readonly Resource[], all: readonly Resource[]): ReadonlySet<string> {
  const byUrn = new Map(all.map((one) => [one.urn, one]));
  const found = new Set<string>();
  const add = (urn: string): void => {
    const one = byUrn.get(urn);
    if (one === undefined || found.has(urn)) return;
    found.add(urn);
    // A provider is named with its id behind its URN.
    const provider = one.provider?.replace(/::[^:]*$/, "");
    for (const other of [one.parent, provider, ...(one.dependencies ?? [])]) if (other !== undefined) add(other);
  };
  for (const { urn } of some) add(urn);
  return found;
}

function named({ urn, type }: Pick<Resource, "urn" | "type">): Named {
  const parts = type.split(":");
  return { kind: `${parts[0] ?? ""} ${parts.at(-1) ?? ""}`, name: urn.split("::").slice(3).join("::"), urn };
}
