import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { disallowUnknownDockerSetting as rule } from "../../../policy/network/disallow-unknown-docker-setting.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";

const PATH = "/etc/docker/daemon.json";
const OWN = readFileSync(new URL(`../../unit/platforms/golden${PATH}`, import.meta.url), "utf8");

const machine = (content: unknown, path = PATH) =>
  violations(rule, {
    type: "compose:index:Machine",
    name: "alpha",
    props: { machine: "1", files: [{ path, content, apply: ["true"] }] },
  });
const added = (setting: string): string => OWN.replace("{", `{ ${setting},`);

describe("disallow-unknown-docker-setting", () => {
  it("accepts what the program renders", async () => {
    expect(await machine(OWN)).toEqual([]);
  });

  it.each([
    [
      '"hosts": ["tcp://0.0.0.0:2375"]',
      '"hosts": ["tcp://0.0.0.0:2375"], which is not among what is known here; take it out',
    ],
    [
      '"insecure-registries": ["0.0.0.0/0"]',
      '"insecure-registries": ["0.0.0.0/0"], which is not among what is known here; take it out',
    ],
    ['"iptables": false', '"iptables": false, so that Docker guards no network; make it true'],
    [
      '"allow-direct-routing": true',
      '"allow-direct-routing": true, which is not among what is known here; take it out',
    ],
    ['"default-runtime": "other"', '"default-runtime": "other", which is not among what is known here; take it out'],
  ])("refuses %s", async (setting, what) => {
    const found = [`the machine alpha: ${PATH} has ${what}.`];
    expect(await machine(added(setting))).toEqual(found);
    expect(await machine(added(setting), "/etc//docker/./daemon.json")).toEqual(found);
  });

  it.each(["", "[]", "hosts: []"])("refuses what cannot be read: %j", async (content) => {
    expect(await machine(content)).toEqual([
      `the machine alpha: ${PATH} is no group of settings in JSON; write it as mailkeep renders it.`,
    ]);
  });

  it("waits where the file is not known yet", async () => {
    await expect(machine(UNKNOWN)).rejects.toThrow(/known during preview/);
  });

  it("has nothing to say of another resource", async () => {
    expect(await violations(rule, { type: "tls:index/privateKey:PrivateKey", name: "key", props: {} })).toEqual([]);
  });
});
