/** Sites that come and go: what is done first, and what the file of a stack looks like afterwards. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseSettings } from "../../../components/settings/read.ts";
import { describe as describeQueue } from "../../../tools/site/emptied.ts";
import type { Reach } from "../../../providers/compose/reach.ts";
import { withDockerAt } from "../../../tools/site/docker-at.ts";
import { parseQueue, waitingAt } from "../../../tools/site/queues.ts";
import { sendersBy } from "../../../tools/site/removal.ts";
import { countSessions } from "../../../tools/site/sessions.ts";
import {
  lostQueues,
  refuseLeftMail,
  refuseOtherMachine,
  refuseOtherPlace,
  siteChange,
} from "../../../tools/stack/up.ts";
import { withKeyChange } from "../../../tools/stack/key-settings.ts";
import { withoutSite, withSiteState } from "../../../tools/stack/site-settings.ts";
import { CLOUD } from "../plan/plans.ts";
import { localRaw, localYaml, threeSitesRaw, withValue } from "../settings/local.ts";

const yaml = (): Record<string, unknown> => z.record(z.string(), z.unknown()).parse(parse(localYaml()));
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

describe("a site that has mailboxes", () => {
  const up = (maildrops: readonly string[]) => () => refuseLeftMail("local", { maildrops }, sites);

  it("stays the maildrop", () => expect(up(["alpha"])).not.toThrow());
  it("may be the first one of a stack", () => expect(up([])).not.toThrow());
  it("is not left behind with them unsaid", () =>
    expect(up(["bravo"])).toThrow(
      "bravo would be the maildrop no longer. The mail there is not moved to alpha: people would find empty mailboxes. " +
        "Give bravo the role back, or begin anew with `npm run up -- local --leave-mail`; what is there stays on its disk.",
    ));
});

it("a site whose Postfix goes is known with the queues that would stay there", () => {
  const roles = (...of: string[]): Record<string, readonly string[]> => ({ alpha: ["mx", "maildrop"], bravo: of });
  expect(lostQueues({ siteRoles: roles("mx", "submission") }, sites)).toEqual([]);
  const less = parseSettings(withValue(threeSitesRaw(), "sites.1.roles", ["submission"])).sites;
  expect(lostQueues({ siteRoles: roles("mx", "submission") }, less)).toEqual([{ site: "bravo", workloads: ["mx"] }]);
  expect(lostQueues({ siteRoles: roles("submission") }, less)).toEqual([]);
  // A stack that was last brought up before roles were told.
  expect(lostQueues({ siteRoles: {} }, less)).toEqual([]);
});

describe("a site that is a machine of somebody's own", () => {
  const machines = parseSettings({ ...localRaw(), ...CLOUD }).sites;
  const known = machines.flatMap((site) => (site.platform === "host" ? [site] : []))[0];
  const up = (hostKey: string) => () =>
    refuseOtherMachine("club", { siteMachines: { [known?.name ?? ""]: hostKey } }, machines);

  it("stays the machine that it is", () => expect(up(known?.ssh.hostKey ?? "")).not.toThrow());
  it("is not another one with its mail left behind unsaid", () =>
    expect(up("ssh-ed25519 AAAAanother")).toThrow(
      "alpha would be another machine, by its SSH host key. Mail and queues would stay on the last one, and the new one begin with empty ones. " +
        "Stop the last one's containers and copy Docker's volumes mailkeep-club-<site>-* first; then, or where it is the same machine with another key, `npm run up -- club --leave-mail`.",
    ));
  it("is not a machine of a cloud instead", () =>
    expect(() => refuseOtherMachine("club", { siteMachines: { bravo: "ssh-ed25519 AAAA" } }, machines)).toThrow(
      "bravo would be another machine",
    ));
});

describe("a site that a cloud has made", () => {
  const machines = parseSettings({ ...localRaw(), ...CLOUD }).sites;
  const up = (site: string, place: string) => () =>
    refuseOtherPlace("club", { sitePlaces: { [site]: place } }, machines);

  it.each([
    ["bravo", "digitalocean-droplet in fra1"],
    ["charlie", "gcp-instance in mailkeep-test, europe-west3-a"],
  ])("stays where it is: %s, %s", (site, place) => {
    expect(up(site, place)).not.toThrow();
  });
  it.each([
    ["bravo", "digitalocean-droplet in ams3", "digitalocean-droplet in fra1"],
    ["charlie", "gcp-instance in mailkeep-test, europe-west3-b", "gcp-instance in mailkeep-test, europe-west3-a"],
    ["charlie", "digitalocean-droplet in fra1", "gcp-instance in mailkeep-test, europe-west3-a"],
    ["alpha", "digitalocean-droplet in fra1", "host"],
  ])("is not made elsewhere, without its addresses and its mail: %s, %s", (site, before, wanted) => {
    expect(up(site, before)).toThrow(
      `${site} would be ${wanted}, and its machine is ${before}. Neither the machine with its addresses nor the disk with its mail moves from there. ` +
        `Write the place of ${site} back. To move, add a site with another name in the new place, and take ${site} away when that one works: \`npm run mailkeep -- site remove ${site} club\`.`,
    );
  });
  it("may be new", () => expect(up("delta", "digitalocean-droplet in fra1")).not.toThrow());
});

it("the sites that send by way of one that is to go are known", () => {
  const byCharlie = [{ via: "alpha" }, { via: "charlie" }, "direct"];
  const some = parseSettings(withValue(threeSitesRaw(), "sites.1.egress", byCharlie)).sites;
  expect(sendersBy(some, "charlie")).toEqual(["bravo"]);
  expect(sendersBy(some, "bravo")).toEqual([]);
});

describe("the file of a stack", () => {
  const lines = (text: string): readonly string[] => text.split("\n");

  it.each(["alpha", "bravo", "charlie"])(
    "says that %s is on standby, and is otherwise as it was, letter by letter",
    (site) => {
      const standby = withSiteState(localYaml(), site, "standby");
      const at = lines(standby).indexOf("      state: standby");
      expect(lines(standby)[at - 1]).toBe(`    - name: ${site}`);
      expect(lines(standby).toSpliced(at, 1).join("\n")).toBe(localYaml());
      expect(withSiteState(standby, site, "standby")).toBe(standby);
      expect(withSiteState(standby, site, "serving")).toBe(localYaml());
    },
  );

  it("says of a site that it is closed, and then that it is back", () => {
    const closed = withSiteState(localYaml(), "bravo", "closed");
    expect(closed).toContain("    - name: bravo\n      state: closed\n");
    expect(withSiteState(closed, "bravo", "standby")).toBe(withSiteState(localYaml(), "bravo", "standby"));
  });

  it("loses a site that is removed, and nothing else", () => {
    const without = withoutSite(localYaml(), "charlie");
    const gone = lines(localYaml()).filter((line) => !lines(without).includes(line));
    expect(gone).toEqual([
      "    - name: charlie",
      '      addresses: { v4: 198.51.100.13, v6: "2001:db8:100::13" }',
      "      publishAddress: 127.0.1.3",
    ]);
    expect(lines(without).filter((line) => line.includes("- name: "))).toHaveLength(
      lines(localYaml()).filter((line) => line.includes("- name: ")).length - 1,
    );
    expect(parse(withoutSite(localYaml(), "bravo"))).toEqual(withValue(yaml(), "config.mailkeep:sites.1", undefined));
  });

  const keys = (block: string): string => localYaml().replace("\n\n  # Domains", `\n\n${block}\n  # Domains`);
  const entry = (site: string): string => `    - site: ${site}\n      # Published.\n      standby: [2]\n`;
  const LEAD = "  # Keys.\n  mailkeep:tlsKeys:";
  const END = "  # What comes next.\n";

  it.each<[string, string, string]>([
    ["in a list", `${LEAD}\n${entry("alpha")}${entry("charlie")}${END}`, `${LEAD}\n${entry("alpha")}${END}`],
    ["before others", `${LEAD}\n${entry("charlie")}${entry("alpha")}${END}`, `${LEAD}\n${entry("alpha")}${END}`],
    ["alone", `${LEAD}\n${entry("charlie")}${END}`, `${LEAD} []\n${END}`],
    [
      "in brackets",
      `${LEAD} [{ site: charlie, standby: [2] }, { site: alpha, serves: 2 }] # two\n${END}`,
      `${LEAD} [ { site: alpha, serves: 2 } ] # two\n${END}`,
    ],
    ["alone in brackets", `${LEAD} [{ site: charlie }]\n${END}`, `${LEAD} []\n${END}`],
    ["nowhere", `${LEAD}\n${entry("alpha")}${END}`, `${LEAD}\n${entry("alpha")}${END}`],
  ])("loses a site's keys with it: %s", (_, before, after) => {
    const without = withoutSite(keys(before), "charlie");
    expect(without).toContain(after);
    expect(without.replace(after, "")).toBe(withoutSite(keys(""), "charlie"));
  });

  it("loses the numbers of a site's keys with it, and keeps those of others", () => {
    const numbered = (text: string, site: string): string =>
      (["link", "ssh"] as const).reduce((before, kind) => withKeyChange(before, { kind, site, number: 3 }), text);
    const others = numbered(localYaml(), "alpha");
    expect(withoutSite(numbered(others, "charlie"), "charlie")).toBe(withoutSite(others, "charlie"));
    const alone = withoutSite(numbered(localYaml(), "charlie"), "charlie");
    expect(parse(alone)).toEqual(parse(withoutSite(localYaml(), "charlie")));
  });

  it("has no site of another name", () =>
    expect(() => withoutSite(localYaml(), "delta")).toThrow("The stack's file has no site delta."));
});

describe("sessions that are open", () => {
  // As Linux lists them: local and remote address with ports in base 16, and the state, of which 01 is "established".
  const line = (local: string, remote: string, state: string): string =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000   100        0 1 1 0 100 0 0 10 0`;
  const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

  it("are those with a door of Postfix's, seen from its side", () => {
    const sockets = [
      HEAD,
      line("0100007F:2729", "00000000:0000", "0A"),
      line("0100007F:2729", "0100007F:D431", "01"),
      // The edge's own end of the same session.
      line("0100007F:D431", "0100007F:2729", "01"),
      line("0100007F:295B", "0100007F:D433", "01"),
      // Ended, but not yet forgotten; and a session with another daemon.
      line("0100007F:2729", "0100007F:D432", "06"),
      line("0A4D010A:0978", "0A4D010B:D431", "01"),
    ];
    expect(countSessions(`${sockets.join("\n")}\n${HEAD}\n`)).toBe(2);
  });

  it("are none where nobody is there", () => expect(countSessions(`${HEAD}\n${HEAD}\n`)).toBe(0));
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
    expect(describeQueue({ waiting: [first], sessions: 0 })).toBe(
      'One message waits in its queues, most of all since "down".',
    );
    expect(describeQueue({ waiting: [second, second, first], sessions: 2 })).toBe(
      "3 messages wait in its queues. 2 senders are still connected, and may bring a message.",
    );
    expect(describeQueue({ waiting: [], sessions: 1 })).toBe("One sender is still connected, and may bring a message.");
  });
});

describe("the queues of a site with a machine of its own", () => {
  const connection = {
    address: "192.0.2.44",
    port: 22,
    user: "mailkeep",
    hostKey: "ssh-ed25519 AAAA",
    identity: "key",
  };
  const machine = {
    urn: "urn:pulumi:production::mailkeep::compose:index:Machine::delta",
    type: "compose:index:Machine",
  };
  const state = JSON.stringify({ deployment: { resources: [{ ...machine, inputs: { connection } }] } });
  const pulumi = { ask: ([first]: readonly string[]) => Promise.resolve(first === "config" ? "{}" : state) };

  /** What is run there, with the answers of a machine where one message waits. */
  async function asked(site: string) {
    const commands: string[] = [];
    const reach: Reach = async (to, _patience, work) => {
      expect(to).toEqual(connection);
      const run = (command: readonly string[]) => {
        commands.push(command.join(" "));
        const stdout = command.includes("ps")
          ? "abc\n"
          : JSON.stringify({ sender: "", recipients: [{ address: "a@b.test" }] });
        return Promise.resolve({ code: 0, stdout, stderr: "" });
      };
      const never = () => Promise.reject(new Error("not asked for"));
      return await work({ name: "delta", docker: ["docker"], compose: [], run, putTree: never, readFiles: never });
    };
    const waiting = await withDockerAt(
      { stack: "production", site, pulumi },
      (docker) => waitingAt("production", site, ["mx"], docker),
      reach,
    );
    return { commands, waiting };
  }

  it("are looked at there", async () => {
    const { commands, waiting } = await asked("delta");
    expect(waiting).toMatchObject([{ workload: "mx", recipients: ["a@b.test"] }]);
    expect(commands.map((command) => command.split(" ").slice(0, 3).join(" "))).toEqual([
      "docker ps --quiet",
      "docker exec abc",
    ]);
    expect(commands[0]).toContain("label=mailkeep.site=delta");
  });

  it("cannot be where the state knows no machine of it", async () =>
    expect(asked("echo")).rejects.toThrow("The state of production knows no machine of echo"));
});
