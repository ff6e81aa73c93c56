/** Whether the resolver tells the truth about names that there are not. Some providers' lead them to a page of theirs. */
import { randomBytes } from "node:crypto";
import type { Means, Seen } from "./means.ts";
import type { Verdict } from "./verdict.ts";

/** No name below `invalid` exists, RFC 6761 section 6.4. */
export async function seeResolver(means: Means): Promise<Seen> {
  return await means.resolve(`mailkeep-${randomBytes(6).toString("hex")}.invalid`, "A");
}

/** @param seen the answer for a name that there is not */
export function isLie(seen: Seen): boolean {
  return seen.code === "NOERROR" && seen.answers.length > 0;
}

/** Pure. @param where the resolvers as they are known */
export function judgeResolver(where: string, seen: Seen): Verdict {
  const common = { check: "resolver", where };
  if (seen.code === "SILENT")
    return {
      ...common,
      level: "unknown",
      says: "No resolver answers.",
      fix: "Name one that does: `--resolver <address>`.",
    };
  if (!isLie(seen)) return { ...common, level: "ok", says: "It does not answer for names that there are not." };
  const found = seen.answers.map(({ value }) => value).join(", ");
  return {
    ...common,
    level: "warning",
    says: `It answers ${found} for a name that there is not. Blocklists and reverse DNS cannot be judged by it.`,
    fix: "Use another one (`--resolver <address>`), or ask from a site (`--from`).",
  };
}
