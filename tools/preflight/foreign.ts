/**
 * Whether records of somebody else's stand where a hosted domain's own belong. A zone that is there already, such as one of a domain
 * whose mail was elsewhere until now, keeps them: providers hold both side by side.
 */
import { type Means, type Seen, valuesOf } from "./means.ts";
import { judgeOf, type Verdict } from "./verdict.ts";

/** What was seen of a domain. */
export interface ForeignSeen {
  readonly domain: string;
  /** Host names of all sites. */
  readonly hosts: readonly string[];
  /** Whether the stack has published its own records. */
  readonly up: boolean;
  readonly exchanges: Seen;
  readonly texts: Seen;
  /** TXT records where DMARC's is. */
  readonly policies: Seen;
}

/** Asks for what a domain has once, or from one owner. Nothing is said of what is well. */
export async function checkForeign(
  { domain, hosts, up }: Pick<ForeignSeen, "domain" | "hosts" | "up">,
  means: Pick<Means, "resolve">,
): Promise<Verdict[]> {
  const [exchanges, texts, policies] = await Promise.all([
    means.resolve(domain, "MX"),
    means.resolve(domain, "TXT"),
    means.resolve(`_dmarc.${domain}`, "TXT"),
  ]);
  return judgeForeign({ domain, hosts, up, exchanges, texts, policies });
}

/** Pure. */
export function judgeForeign({ domain, hosts, up, exchanges, texts, policies }: ForeignSeen): Verdict[] {
  const verdict = judgeOf("records", domain);
  const others = valuesOf(exchanges, "MX").filter((host) => !hosts.includes(host));
  const whither = others.map((host) => host || "nobody").join(", ");
  return [
    ...(others.length === 0
      ? []
      : up
        ? [
            verdict(
              "problem",
              `Some of its MX records lead to ${whither}.`,
              "Take them out of the zone: what goes there does not come to the sites.",
            ),
          ]
        : [verdict("warning", `Its mail goes to ${whither} now.`, BESIDE)]),
    ...once(
      verdict,
      up,
      "SPF",
      valuesOf(texts, "TXT").filter((text) => /^v=spf1( |$)/i.test(text)),
    ),
    ...once(
      verdict,
      up,
      "DMARC",
      valuesOf(policies, "TXT").filter((text) => /^v=DMARC1/i.test(text)),
    ),
  ];
}

const BESIDE =
  "`npm run up` puts the sites' MX records beside those: take them out of the zone when its mail is to come to the sites.";

/** Receivers take none of two: RFC 7208 section 4.5, RFC 9989 section 4.10. */
function once(
  verdict: ReturnType<typeof judgeOf>,
  up: boolean,
  what: string,
  found: readonly string[],
): readonly Verdict[] {
  if (found.length > 1)
    return [
      verdict(
        "problem",
        `It has ${found.length} records for ${what}, and receivers take none of them: ${found.join(" | ")}.`,
        "Leave the one that the sites' settings ask for, and take the others out of the zone.",
      ),
    ];
  const [first] = found;
  if (up || first === undefined) return [];
  return [
    verdict(
      "warning",
      `There is a record for ${what} already: ${first}.`,
      "Take it out of the zone before `npm run up` puts its own there, for receivers take none of two.",
    ),
  ];
}
