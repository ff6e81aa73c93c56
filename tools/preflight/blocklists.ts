/** Whether DNS blocklists (RFC 5782) have a site's addresses. A list that refuses to answer says nothing of them. */
import { listedName } from "../../components/dns/names.ts";
import { answerMatches } from "./answers.ts";
import { isNone, type Means, type Seen, valuesOf } from "./means.ts";
import type { SubjectList, SubjectSite } from "./subject.ts";
import { judgeOf, type Verdict } from "./verdict.ts";

/** What was seen of one address at one list. */
export interface ListingSeen {
  readonly site: SubjectSite;
  readonly address: string;
  readonly list: SubjectList;
  readonly answer: Seen;
  /** What the list gives as a reason, if it was asked for one. */
  readonly reasons: readonly string[];
  /** Of 127.0.0.2, which every list has, so that it can be tried (RFC 5782 section 5). */
  readonly trial: Seen;
  /** Of 127.0.0.1, which no list has. */
  readonly nobody: Seen;
  /** Whether the resolver answers for names that there are not. */
  readonly resolverLies: boolean;
}

/** @param resolverLies what was found out about the resolver meanwhile */
export async function checkListing(
  site: SubjectSite,
  address: string,
  list: SubjectList,
  means: Means,
  resolverLies: Promise<boolean>,
): Promise<Verdict> {
  const name = `${listedName(address)}.${list.zone}`;
  const [answer, trial, nobody] = await Promise.all([
    means.resolve(name, "A"),
    means.resolve(`2.0.0.127.${list.zone}`, "A"),
    means.resolve(`1.0.0.127.${list.zone}`, "A"),
  ]);
  const reasons = answer.answers.length === 0 ? [] : valuesOf(await means.resolve(name, "TXT"), "TXT");
  return judgeListing({ site, address, list, answer, reasons, trial, nobody, resolverLies: await resolverLies });
}

/** What operators mean by answers in 127.255.255.0/24: that they give none. */
const REFUSALS: Readonly<Record<string, string>> = {
  "127.255.255.252": "its zone's name is not written as its operator writes it",
  "127.255.255.254": "it gives no answers to public resolvers, or to networks that do not say whose they are",
  "127.255.255.255": "it has been asked too often from there",
};

/** What Spamhaus calls its parts: docs of the list ZEN. */
const SPAMHAUS: Readonly<Record<string, string>> = {
  "127.0.0.2": "SBL: a known source of spam",
  "127.0.0.3": "CSS: seen to send spam",
  "127.0.0.4": "XBL: a machine that somebody else controls",
  "127.0.0.9": "DROP: a network of criminals",
  "127.0.0.10": "PBL: its provider says that no mail should come from there",
  "127.0.0.11": "PBL: Spamhaus thinks that no mail should come from there",
};

/** Pure. */
export function judgeListing({
  site,
  address,
  list,
  answer,
  reasons,
  trial,
  nobody,
  resolverLies,
}: ListingSeen): Verdict {
  const verdict = judgeOf("blocklist", `${address} ${list.name}`);
  const codes = valuesOf(answer, "A");
  const [refused] = [...codes, ...valuesOf(trial, "A")].filter((code) => code.startsWith("127.255.255."));
  if (resolverLies)
    return verdict(
      "unknown",
      "The resolver answers for names that there are not, so its answers mean nothing.",
      OWN_RESOLVER,
    );
  if (refused !== undefined)
    return verdict(
      "unknown",
      `${list.name} refuses to answer (${refused}): ${REFUSALS[refused] ?? "its operator's pages say why"}. That is no listing.`,
      OWN_RESOLVER,
    );
  if (answer.code !== "NOERROR" && answer.code !== "NXDOMAIN")
    return verdict("unknown", `${list.name} does not answer (${answer.code}).`, OWN_RESOLVER);
  if (valuesOf(nobody, "A").length > 0)
    return verdict(
      "warning",
      `${list.name} lists 127.0.0.1, and so probably everybody: it is no more, or its name has another owner.`,
      "Take it out of the settings (`blocklists`), if it is there.",
    );
  if (isNone(answer, "A")) {
    if (isNone(trial, "A"))
      return verdict(
        "unknown",
        `${list.name} says nothing even of 127.0.0.2, which each list has for trials.`,
        OWN_RESOLVER,
      );
    return verdict("ok", `${list.name} does not have it.`);
  }
  const listed = codes.filter((code) => answerMatches(list.answers ?? LISTED, code));
  if (listed.length === 0)
    return verdict(
      "warning",
      `${list.name} answers ${codes.join(", ")}, which does not mean that mail is refused.`,
      "See its operator's pages.",
    );
  const named = list.name.endsWith("spamhaus.org") || list.name.endsWith("spamhaus.net");
  const meaning = listed.map((code) => (named && SPAMHAUS[code] !== undefined ? `${code}, ${SPAMHAUS[code]}` : code));
  const said = reasons.length === 0 ? "" : ` It says: ${reasons.join(" ")}`;
  return verdict(
    site.sendsDirectly ? "problem" : "warning",
    `${list.name} lists it (${meaning.join("; ")}).${said}`,
    "Ask its operator to take the address out when nothing sends spam from there any more; until then send by another way (`egress`), or get another address.",
  );
}

const LISTED = "127.[0..254].[0..255].[0..255]";
const OWN_RESOLVER =
  "Ask from a site (`--from`), whose resolver asks by itself; where the operator wants a key, put it into `blocklistKeys`.";
