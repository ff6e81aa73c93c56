/** Sites that come and go: what is done first, and what the file of a stack looks like afterwards. */
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { parseSettings } from "../../../components/settings/read.ts";
import { describe as describeQueue } from "../../../tools/commands/site.ts";
import { parseQueue } from "../../../tools/site/queues.ts";
import { siteChange } from "../../../tools/stack/up.ts";
import { withoutSite, withSiteState } from "../../../tools/stack/site-settings.ts";
import { localYaml, threeSitesRaw, withValue } from "../settings/local.ts";

const { sites } = parseSettings(threeSitesRaw());

describe("a change of sites", () => {
  it("is none when all are there", () =>
    expect(siteChange(["alpha", "bravo", "charlie"], sites)).toEqual({ joining: [], leaving: [] }));

  it("has nobody joining a stack that was not up before", () => expect(siteChange([], sites).joining).toEqual([]));

  it("names those that come and those that go", () =>
    expect(siteChange(["alpha", "bravo", "delta"], sites)).toEqual({ joining: ["charlie"], leaving: ["delta"] }));

  it("brings a site on standby up in one step, for no record names it", () => {
    const standby = parseSettings(withValue(threeSitesRaw(), "sites.2.state", "standby"));
    expect(siteChange(["alpha", "bravo"], standby.sites)).toEqual({ joining: [], leaving: [] });
  });
});

describe("the file of a stack", () => {
  const edited = (change: (document: ReturnType<typeof parseDocument>) => void): string => {
    const document = parseDocument(localYaml());
    change(document);
    return document.toString({ lineWidth: 0 });
  };
  const lines = (text: string): readonly string[] => text.split("\n");
  const added = (before: string, after: string): readonly string[] =>
    lines(after).filter((line) => !lines(before).includes(line));

  it("says that a site is on standby, and is otherwise as it was, comments and all", () => {
    const standby = edited((document) => withSiteState(document, "charlie", "standby"));
    expect(added(localYaml(), standby)).toEqual(["      state: standby"]);
    expect(added(standby, localYaml())).toEqual([]);
    const again = parseDocument(standby);
    withSiteState(again, "charlie", "serving");
    expect(again.toString({ lineWidth: 0 })).toBe(edited(() => undefined));
  });

  it("loses a site that is removed, and nothing else", () => {
    const without = edited((document) => withoutSite(document, "charlie"));
    expect(added(localYaml(), without)).toEqual([]);
    expect(without).not.toContain("charlie");
    expect(without).toContain("name: bravo");
    expect(without).toContain("# Each domain's postmaster");
  });

  it("has no site of another name", () =>
    expect(() => edited((document) => withoutSite(document, "delta"))).toThrow("The stack's file has no site delta."));
});

describe("a queue", () => {
  const output = [
    {
      queue_name: "deferred",
      queue_id: "A",
      sender: "ann@home.test",
      recipients: [{ address: "x@y.test", delay_reason: "down" }],
    },
    { queue_name: "active", queue_id: "B", sender: "", recipients: [{ address: "a@b.test" }, { address: "c@d.test" }] },
  ];
  const waiting = parseQueue("mx", `${output.map((one) => JSON.stringify(one)).join("\n")}\n`);

  it("is read as Postfix prints it", () =>
    expect(waiting).toEqual([
      { workload: "mx", sender: "ann@home.test", recipients: ["x@y.test"], reason: "down" },
      { workload: "mx", sender: "", recipients: ["a@b.test", "c@d.test"], reason: "" },
    ]));

  it("that is empty has nothing in it", () => expect(parseQueue("mx", "")).toEqual([]));

  it("is told in a sentence, with the reason that is met most often", () => {
    const [first, second] = waiting;
    if (first === undefined || second === undefined) throw new Error("The queue was not read.");
    expect(describeQueue([first])).toBe('One message waits in its queues, most of all since "down".');
    expect(describeQueue([second, second, first])).toBe("3 messages wait in its queues.");
  });
});
