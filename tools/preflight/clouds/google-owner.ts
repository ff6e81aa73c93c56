/**
 * Whether Google knows the domain of the instances' names as that of the account that makes them. It gives no machine a name behind
 * its address (`publicPtrDomainName`) before, and makes no such machine at all.
 *
 * Source: https://cloud.google.com/compute/docs/instances/create-ptr-record#domain_ownership
 */
import { z } from "zod";
import { isBelow } from "../../../components/dns/names.ts";
import { judgeOf, type Verdict } from "../verdict.ts";
import { googleToken } from "./google-token.ts";
import { bodyOf, type Endpoints, read } from "./http.ts";

/** Of whom, and of what. */
export interface OwnerArgs {
  readonly endpoints: Pick<Endpoints, "googleOwners" | "googleToken">;
  /** What is given for Google, or the path of a file with it. */
  readonly given: string;
  /** Whether that is a token already. */
  readonly isToken: boolean;
  /** Instances that are still to be made. */
  readonly instances: readonly { readonly site: string; readonly hostname: string }[];
}

/** The only one that lists what an account owns; nothing is changed by it. */
const SCOPE = "https://www.googleapis.com/auth/siteverification";

const ownedSchema = z.looseObject({
  items: z.array(z.looseObject({ site: z.looseObject({ type: z.string(), identifier: z.string() }) })).default([]),
});

/** A verdict for each instance. */
export async function checkOwner({ endpoints, given, isToken, instances }: OwnerArgs): Promise<Verdict[]> {
  if (instances.length === 0) return [];
  const granted = await googleToken(endpoints.googleToken, given, isToken, SCOPE);
  const reply =
    "failed" in granted
      ? { failed: granted.failed }
      : await read(`${endpoints.googleOwners}/siteVerification/v1/webResource`, granted.token);
  const owned = bodyOf(reply, ownedSchema)?.items.map(({ site }) => domainOf(site.identifier));
  const account = "account" in granted ? granted.account : undefined;
  return instances.map(({ site, hostname }) => judgeOwner(site, hostname, account, owned));
}

/** Pure. @param owned domains of the account; undefined where they are not told */
export function judgeOwner(
  site: string,
  hostname: string,
  account: string | undefined,
  owned: readonly string[] | undefined,
): Verdict {
  const verdict = judgeOf("owner", site);
  const who = account ?? "the account that runs `up`";
  const prove =
    `In Google's Search Console prove by a TXT record that the domain of ${hostname} is yours` +
    (account === undefined ? "." : `, and add ${account} there as an owner.`);
  if (owned === undefined)
    return verdict(
      "unknown",
      `Whether Google knows ${who} as an owner of the domain of ${hostname} is not told. It makes no machine with that name before.`,
      `${prove} With the Site Verification API switched on in its project a service account can look here.`,
    );
  if (owned.some((domain) => isBelow(hostname, domain)))
    return verdict("ok", `Google knows ${who} as an owner of the domain of ${hostname}.`);
  return verdict(
    "problem",
    `Google does not know ${who} as an owner of the domain of ${hostname}, and makes no machine with that name before.`,
    prove,
  );
}

/** A domain as it is, or the host of a site such as `https://example.org/`. */
function domainOf(identifier: string): string {
  return identifier
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[:/].*$/, "");
}
