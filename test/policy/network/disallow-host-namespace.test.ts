import { describe, expect, it } from "vitest";
import { disallowHostNamespace as rule } from "../../../policy/network/disallow-host-namespace.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const edge = (service: Record<string, unknown>) => violations(rule, release({ edge: { service } }));

describe("disallow-host-namespace", () => {
  it.each(["network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup"])("refuses the host's %s", async (key) => {
    expect(await edge({ [key]: "host" })).toEqual([
      `mailkeep-local-alpha, workload edge: ${key} is host, which shares the machine's own; remove it.`,
    ]);
  });

  it("refuses the network of a container outside the release", async () => {
    expect(await edge({ network_mode: "container:other" })).toEqual([
      "mailkeep-local-alpha, workload edge: network_mode is container:other, a container outside the release; name a " +
        "workload of it, as in service:net.",
    ]);
  });

  it.each(["bridge", "default", "mailkeep-other_site"])(
    "refuses the network %s, which is not the release's",
    async (mode) => {
      expect(await edge({ network_mode: mode })).toEqual([
        `mailkeep-local-alpha, workload edge: network_mode is ${mode}, a network outside the release; attach it to one of the ` +
          "release's own.",
      ]);
    },
  );

  it("accepts the network of a workload of the release", async () => {
    expect(await edge({ network_mode: "service:net" })).toEqual([]);
  });

  it("cannot run on a mode that is not known yet", async () => {
    await expect(edge({ network_mode: UNKNOWN })).rejects.toThrow(/known during preview/);
  });
});
