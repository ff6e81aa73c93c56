/** One check over all names of the plan: whatever parts of the settings they come from, each has room for its records. */
import { ownedRecords, type Purpose } from "../plan/system-records.ts";
import { zonesArgs } from "../plan/zones-args.ts";
import { groupedBy } from "../plan/grouped.ts";
import { tooManyLookups } from "../settings/check-egress.ts";
import type { Problem } from "../settings/problem.ts";
import type { Settings } from "../settings/schema.ts";

/** A kind of records at a name, for one purpose. */
interface Claim {
  readonly name: string;
  readonly type: string;
  readonly purpose: Purpose;
}

/**
 * A name has one set of records of a type, so that two purposes cannot both have theirs: receivers take none of two SPF records
 * (RFC 7208 section 4.5). Beside an alias there is nothing else (RFC 1034 section 3.6.2).
 */
export function checkRecords(settings: Settings): Problem[] {
  // No SPF record can be made of them, and they are told of already.
  if (tooManyLookups(settings).length > 0) return [];
  const records = ownedRecords(zonesArgs(settings)).map(({ purpose, set }): Claim => ({ ...set, purpose }));
  const byName = groupedBy([...records, ...apexes(settings)], ({ name }) => name);
  const problems = [...byName.values()].flatMap(collisions);
  // One sentence for each name that somebody chose, however many of its records are in another's way.
  return problems.filter(({ path }, index) => problems.findIndex((one) => one.path === path) === index);
}

/** Where a zone begins it has SOA and NS records. That of a domain has the domain's other records too. */
function apexes({ dnsZones }: Settings): Claim[] {
  return dnsZones.map(({ name }, index) => ({
    name,
    type: "SOA",
    purpose: { path: `dnsZones[${index}].name`, what: `the zone ${name}` },
  }));
}

function collisions(claims: readonly Claim[]): Problem[] {
  return claims.flatMap((claim, index) =>
    claims
      .slice(0, index)
      .filter((earlier) => !canStandBeside(earlier, claim))
      .flatMap((earlier) => problemOf(earlier, claim)),
  );
}

function canStandBeside(one: Claim, other: Claim): boolean {
  // What is there twice for one purpose, such as a selector, is told where it is written.
  if (one.purpose.path === other.purpose.path) return true;
  // Two sites of one address are a problem of their own, which is told with the address.
  return one.type === "PTR" || (one.type !== other.type && one.type !== "CNAME" && other.type !== "CNAME");
}

/** An alias follows from another name, so what is in its way is to be called something else. */
function problemOf(earlier: Claim, later: Claim): Problem[] {
  const isLaterFirst = later.type === "CNAME" || later.purpose.path === undefined;
  const [holder, inTheWay] = isLaterFirst ? [later, earlier] : [earlier, later];
  const { path } = inTheWay.purpose;
  if (path === undefined) return [];
  const { name, type, purpose } = holder;
  const got =
    type === "CNAME"
      ? `${name}, which is an alias for ${purpose.what} and has nothing beside it`
      : `${name}, whose ${type} record is that of ${purpose.what}`;
  const wanted = "a name whose records are in nobody's way";
  return [{ path, got, wanted, fix: "choose another name, or take one of the two out" }];
}
