/** What is named in the settings must have a name that nothing else has. */
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../components/settings/problem.ts";
import { changed, secondSite } from "./changes.ts";
import { problemsOf } from "./problems.ts";

const LOCAL_NAME = {
  got: "world, which the local world has",
  wanted: "a name that nothing else has",
  fix: "choose another name for the site",
};

describe("a problem between parts is told where it is, with what to do", () => {
  it.each<[string, unknown, ...Problem[]]>([
    [
      "two sites of one name",
      secondSite({ name: "alpha" }),
      {
        path: "sites[1].name",
        got: "alpha, which sites[0].name has too",
        wanted: "a name that no other site has",
        fix: "rename one of the two; a site keeps its name for life, its host name and keys hang on it",
      },
    ],
    [
      "a site of the name of the local world's group",
      changed("sites.0.name", "world"),
      { path: "sites[0].name", ...LOCAL_NAME },
    ],
    [
      "a site of the name server's name",
      changed("sites.0.name", "ns"),
      { path: "sites[0].name", ...LOCAL_NAME, got: "ns, which the local world has" },
    ],
    [
      "a site of the name that mail programs use",
      changed("clientName", "alpha"),
      { path: "sites[0].name", ...LOCAL_NAME, got: "alpha, which is the clientName too" },
    ],
    [
      "a client name of the local world's",
      changed("clientName", "acme"),
      {
        path: "clientName",
        got: "acme, which the local world has",
        wanted: "a name that nothing else has",
        fix: "choose another label",
      },
    ],
    [
      "a site of the name that senders of forwarded mail have",
      changed("sites.0.name", "srs"),
      { path: "sites[0].name", ...LOCAL_NAME, got: "srs, which the senders of forwarded mail have" },
    ],
    [
      "a client name of those senders'",
      changed("clientName", "srs"),
      {
        path: "clientName",
        got: "srs, which the senders of forwarded mail have",
        wanted: "a name that nothing else has",
        fix: "choose another label",
      },
    ],
    [
      "a site of a name that is kept for hosted domains",
      changed("sites.0.name", "mta-sts"),
      {
        path: "sites[0].name",
        ...LOCAL_NAME,
        got: "mta-sts, which is kept for names served over HTTPS for hosted domains",
      },
    ],
    [
      "a client name that is kept for hosted domains",
      changed("clientName", "wellknown"),
      {
        path: "clientName",
        got: "wellknown, which is kept for names served over HTTPS for hosted domains",
        wanted: "a name that nothing else has",
        fix: "choose another label",
      },
    ],
    [
      "a foreign domain of the local world",
      changed("infrastructureDomain", "sites.outside.test"),
      {
        path: "infrastructureDomain",
        got: "sites.outside.test",
        wanted: "a domain that is not the foreign one of the local world",
        fix: "choose another domain; outside.test is where test mail comes from",
      },
    ],
  ])("%s", (_, raw, ...problems) => expect(problemsOf(raw)).toEqual(problems));
});
