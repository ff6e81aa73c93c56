/** What `status` makes of sites on machines of their own. */
import { describe, expect, it } from "vitest";
import type { Host } from "../../../providers/compose/host.ts";
import type { Reach } from "../../../providers/compose/reach.ts";
import type { Connection } from "../../../providers/compose/ssh-client.ts";
import { addressesOf, hear } from "../../../tools/site/there.ts";
import { plan } from "../../../components/plan/plan.ts";
import { templateSettings } from "../settings/template.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const CONNECTION: Connection = { address: "192.0.2.1", port: 22, user: "root", hostKey: "k", identity: "i" };
const [alpha] = plan("production", templateSettings("production")).sites;
if (alpha === undefined) throw new Error("The template has no site.");
const names = alpha.workloads.map(({ name }) => name);

const state = (healthy: boolean, secondsAgo: number): string =>
  JSON.stringify({ status: "running", healthy, ready: healthy, restarts: 0, at: new Date(NOW - secondsAgo * 1000) });

/** A machine with these files, whose clock this machine's need not agree with. */
function machine(files: ReadonlyMap<string, string>, docker = true): Reach {
  const never = (): never => {
    throw new Error("Nothing is changed there.");
  };
  const host: Host = {
    name: CONNECTION.address,
    docker: ["docker"],
    compose: [],
    run: ([program]) => {
      const code = program === "date" || (program === "docker" && docker) ? 0 : 1;
      return Promise.resolve({ code, stdout: `${NOW / 1000}\n`, stderr: "" });
    },
    putTree: never,
    readFiles: (paths) => Promise.resolve(new Map([...files].filter(([path]) => paths.includes(path)))),
  };
  return (connection, _patience, work) => (connection === CONNECTION ? work(host) : never());
}

const known = { connections: new Map([["alpha", CONNECTION]]) };
const file = (name: string): string => `/var/lib/mailkeep/production/alpha/state/${name}/state.json`;
const all = (text: string): Map<string, string> => new Map(names.map((name) => [file(name), text]));

describe("the keepers of a site on its own machine", () => {
  it("are asked there, by the clock of that machine", async () => {
    const heard = await hear("production", alpha, known, machine(all(state(true, 5))));
    expect([heard.silent, heard.docker]).toEqual([null, null]);
    expect(heard.workloads.map(({ name, healthy }) => [name, healthy])).toEqual(names.map((name) => [name, true]));
  });

  it("are well without their Docker, which is told", async () => {
    const heard = await hear("production", alpha, known, machine(all(state(true, 5)), false));
    expect(heard.workloads.every(({ healthy }) => healthy)).toBe(true);
    expect(heard.docker).toContain("Docker does not answer there. What runs goes on");
  });

  it("are unwell, stopped or not there, each by itself", async () => {
    const files = all(state(true, 5));
    files.set(file("mx"), state(false, 5)).set(file("edge"), state(true, 60)).delete(file("dovecot"));
    const { workloads } = await hear("production", alpha, known, machine(files));
    const unwell = workloads.filter(({ healthy }) => !healthy).map(({ name, trouble }) => [name, trouble]);
    expect(new Map(unwell.map(([name = "", trouble = ""]) => [name, trouble]))).toEqual(
      new Map([
        ["mx", "running"],
        ["edge", "stopped"],
        ["dovecot", "not running"],
      ]),
    );
  });

  it("say nothing where their machine is not reached, or not made", async () => {
    const lost: Reach = () => Promise.reject(new Error("192.0.2.1 does not answer."));
    expect(await hear("production", alpha, known, lost)).toEqual({
      workloads: [],
      silent: "192.0.2.1 does not answer.",
      docker: null,
    });
    const unmade = { connections: new Map<string, Connection>() };
    expect(await hear("production", alpha, unmade, lost)).toEqual({
      workloads: [],
      silent: "it has not been brought up yet.",
      docker: null,
    });
  });
});

describe("the addresses of a site", () => {
  it("are those that its cloud has told, if it has", () => {
    const told = { addresses: new Map([["alpha", ["192.0.2.1", "2001:db8::1"]]]) };
    expect(addressesOf(alpha, told)).toEqual({ address: "192.0.2.1", address6: "2001:db8::1" });
    expect(addressesOf(alpha, { addresses: new Map() })).toEqual({ address: "", address6: null });
  });

  it("are those of the settings where it has some there", () =>
    expect(
      addressesOf({ name: "alpha", ingress: { v4: "192.0.2.44", v6: undefined } }, { addresses: new Map() }),
    ).toEqual({ address: "192.0.2.44", address6: null }));
});
