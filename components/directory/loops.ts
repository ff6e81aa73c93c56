/** Aliases that lead back to themselves. Postfix would expand one a thousand times and then refuse the mail. */
import { locate } from "./view.ts";
import type { DirectoryView } from "./view.ts";

/** Every loop once, as the addresses along it; `@home.test` stands for that domain's catch-all. Sorted. */
export function findLoops(view: DirectoryView): readonly (readonly string[])[] {
  const done = new Set<string>();
  const loops = new Map<string, readonly string[]>();
  const walk = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) {
      const loop = rotated(path.slice(start));
      loops.set(loop.join(" "), loop);
      return;
    }
    if (done.has(node)) return;
    for (const next of followers(view, node)) walk(next, [...path, node]);
    done.add(node);
  };
  for (const address of view.aliases.keys()) walk(address, []);
  for (const [name, domain] of view.domains) if (domain.catchAll !== undefined) walk(`@${name}`, []);
  return [...loops.keys()].sort().flatMap((key) => [loops.get(key) ?? []]);
}

/** The aliases and catch-alls, named as in {@link findLoops}, whose mail would come into a loop. */
export function leadsIntoLoop(view: DirectoryView): ReadonlySet<string> {
  const entangled = new Set(findLoops(view).flat());
  if (entangled.size === 0) return entangled;
  const nodes = [...view.aliases.keys(), ...[...view.domains.keys()].map((name) => `@${name}`)];
  for (let before = -1; before !== entangled.size;) {
    before = entangled.size;
    for (const node of nodes) if (followers(view, node).some((next) => entangled.has(next))) entangled.add(node);
  }
  return entangled;
}

/** The aliases and catch-alls that the targets of one lead to. An alias that names its own mailbox is no loop: it keeps a copy. */
function followers(view: DirectoryView, node: string): readonly string[] {
  const alias = view.aliases.get(node);
  const catchAll = node.startsWith("@") ? view.domains.get(node.slice(1))?.catchAll : undefined;
  const targets = alias !== undefined && "targets" in alias ? alias.targets : (catchAll ?? []);
  return targets
    .filter((target) => target !== node || !view.mailboxes.has(node))
    .map((target) => nodeOf(view, target))
    .filter((next) => next !== undefined);
}

/** The alias or catch-all, as `@domain`, that takes mail to `address`, behind a domain alias if need be. */
export function nodeOf(view: DirectoryView, address: string): string | undefined {
  const place = locate(view, address);
  switch (place?.kind) {
    case "alias":
      return place.alias.address;
    case "catchAll":
      return `@${place.domain.name}`;
    case "domainAlias":
      return nodeOf(view, place.address);
    default:
      return undefined;
  }
}

/** The loop begun at its first address in the alphabet, so that it reads the same wherever it was entered. */
function rotated(loop: readonly string[]): readonly string[] {
  const first = [...loop].sort()[0] ?? "";
  const at = loop.indexOf(first);
  return [...loop.slice(at), ...loop.slice(0, at)];
}
