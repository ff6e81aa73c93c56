/** Which sites must have which roles. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { changed } from "./changes.ts";
import { threeSitesRaw, withValue } from "./local.ts";
import { problemsOf } from "./problems.ts";

describe("a problem between parts is told where it is, with what to do", () => {
  it.each<[string, unknown, ...Problem[]]>([
    [
      "a role that nobody has",
      changed("sites.0.roles", ["mx", "maildrop"]),
      {
        path: "sites[*].roles",
        got: "no site has the role submission: nobody could send mail",
        wanted: "each of mx, submission and maildrop at one site or more",
        fix: "add submission to the roles of a site",
      },
    ],
    [
      "a role that only sites on standby have",
      changed("sites.0.state", "standby"),
      {
        path: "sites[*].roles",
        got: "only sites on standby have the role mx: no mail could come in",
        wanted: "a serving site with the role mx",
        fix: "npm run mailkeep -- site resume alpha",
      },
      {
        path: "sites[*].roles",
        got: "only sites on standby have the role submission: nobody could send mail",
        wanted: "a serving site with the role submission",
        fix: "npm run mailkeep -- site resume alpha",
      },
    ],
    [
      "mailboxes at two sites",
      withValue(threeSitesRaw(), "sites.1.roles", ["mx", "maildrop"]),
      {
        path: "sites[1].roles",
        got: "maildrop, which alpha has too",
        wanted: "the role maildrop at one site, as long as mailboxes are not replicated between sites",
        fix: "leave mx and submission there: its mail goes over the link to the mailboxes",
      },
    ],
    [
      "a role twice",
      changed("sites.0.roles", ["mx", "submission", "maildrop", "mx"]),
      {
        path: "sites[0].roles",
        got: "mx, submission, maildrop, mx",
        wanted: "each role once",
        fix: "take the repeated one out",
      },
    ],
  ])("%s", (_, raw, ...problems) => expect(problemsOf(raw)).toEqual(problems));
});
