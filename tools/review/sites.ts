/** Which site a resource belongs to: that of the component which it lies in, at whatever depth. */
import { nameOf } from "./events.ts";

/** Components that hold what one site has, and bear its name. */
const OF_A_SITE: readonly string[] = [
  "mailkeep:platforms:SiteMachine",
  "mailkeep:platforms:SiteSetup",
  "mailkeep:release:Group",
];

/** @param parents of all resources, by URN. @returns what gives a site's name for a URN, and nothing where it has none */
export function siteFinder(parents: ReadonlyMap<string, string>): (urn: string) => string {
  const find = (urn: string): string => {
    if (OF_A_SITE.includes(typeOf(urn))) return nameOf(urn);
    const parent = parents.get(urn);
    return parent === undefined ? "" : find(parent);
  };
  return find;
}

/** The resource's own type: a URN has its parents' before it. */
function typeOf(urn: string): string {
  const [, , types = ""] = urn.split("::");
  return types.split("$").at(-1) ?? "";
}
