/** Which resources a property comes from. */
import type { PolicyResource } from "@pulumi/policy";
import { word, words } from "./values.ts";

/**
 * What a property names: the URNs of the resources that its value comes from, and where it comes from none, its own words. So
 * two that name the same thing are seen in a preview too, which does not know yet what a thing is called that is yet to be made.
 */
export function originsOf({ props, propertyDependencies }: PolicyResource, property: string): readonly string[] {
  const made = propertyDependencies[property] ?? [];
  if (made.length > 0) return made.map(({ urn }) => urn);
  const value: unknown = props[property];
  return Array.isArray(value) ? words(value) : [word(value)];
}

/** Whether a property names a resource, by coming from it or by its name. */
export function names(resource: PolicyResource, property: string, named: PolicyResource): boolean {
  const made = resource.propertyDependencies[property] ?? [];
  if (made.length > 0) return made.some(({ urn }) => urn === named.urn);
  const name = word(named.props["name"]);
  return name !== "" && originsOf(resource, property).includes(name);
}
