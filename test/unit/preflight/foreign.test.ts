/** What is said of records of others at a hosted domain. */
import { describe, expect, it } from "vitest";
import { checkForeign, type ForeignSeen, judgeForeign } from "../../../tools/preflight/foreign.ts";
import type { Means } from "../../../tools/preflight/means.ts";
import { ALPHA, EMPTY, found, NOTHING, short, SILENT } from "./seen.ts";

const SPF = "v=spf1 ip4:192.0.2.11 -all";
const DMARC = "v=DMARC1; p=reject";
const OWN: ForeignSeen = {
  domain: "club.example",
  hosts: [ALPHA.hostname, "bravo.mailkeep.example"],
  up: true,
  exchanges: found("MX", ALPHA.hostname),
  texts: found("TXT", "google-site-verification=x", SPF),
  policies: found("TXT", DMARC),
};
const NEW: ForeignSeen = { ...OWN, up: false, exchanges: EMPTY, texts: NOTHING, policies: NOTHING };

describe("a domain's records", () => {
  it.each<[string, Partial<ForeignSeen>, readonly string[]]>([
    ["are its own", {}, []],
    ["are not there yet", NEW, []],
    ["cannot be looked up", { exchanges: SILENT, texts: SILENT, policies: SILENT }, []],
    [
      "lead to others too",
      { exchanges: found("MX", ALPHA.hostname, "mx.old.example") },
      ["problem: Some of its MX records lead to mx.old.example."],
    ],
    [
      "are two that only one may be",
      {
        texts: found("TXT", SPF, "v=spf1 include:old.example ~all"),
        policies: found("TXT", DMARC, "v=DMARC1; p=none"),
      },
      [
        `problem: It has 2 records for SPF, and receivers take none of them: ${SPF} | v=spf1 include:old.example ~all.`,
        `problem: It has 2 records for DMARC, and receivers take none of them: ${DMARC} | v=DMARC1; p=none.`,
      ],
    ],
    [
      "are those of whoever has its mail until now",
      {
        ...NEW,
        exchanges: found("MX", "mx.old.example"),
        texts: found("TXT", "v=spf1 mx -all"),
        policies: found("TXT", "v=DMARC1; p=none"),
      },
      [
        "warning: Its mail goes to mx.old.example now.",
        "warning: There is a record for SPF already: v=spf1 mx -all.",
        "warning: There is a record for DMARC already: v=DMARC1; p=none.",
      ],
    ],
    ["say that it has no mail", { ...NEW, exchanges: found("MX", "") }, ["warning: Its mail goes to nobody now."]],
    ["only look like one", { texts: found("TXT", SPF, "v=spf10 all") }, []],
  ])("%s", (_, changes, says) => {
    expect(judgeForeign({ ...OWN, ...changes }).map(short)).toEqual(says);
  });

  it("are asked for where they are", async () => {
    const asked: string[] = [];
    const means: Pick<Means, "resolve"> = {
      resolve: (name, type) => {
        asked.push(`${name} ${type}`);
        return Promise.resolve(NOTHING);
      },
    };
    expect(await checkForeign(OWN, means)).toEqual([]);
    expect(asked.toSorted()).toEqual(["_dmarc.club.example TXT", "club.example MX", "club.example TXT"]);
  });
});
