import { describe, expect, it } from "vitest";
import { disallowDockerSocketMount as rule } from "../../../policy/network/disallow-docker-socket-mount.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const mount = (volume: unknown) => violations(rule, release({ dovecot: { service: { volumes: [volume] } } }));

describe("disallow-docker-socket-mount", () => {
  it.each([
    ["/var/run/docker.sock:/var/run/docker.sock", "/var/run/docker.sock"],
    ["/run/docker.sock:/sock:ro", "/run/docker.sock"],
    ["/:/host:ro", "/"],
    ["/srv/../etc:/x", "/etc"],
    ["//run//:/x", "/run"],
    [{ type: "bind", source: "/opt/containerd.sock", target: "/x" }, "/opt/containerd.sock"],
    [{ type: "bind", source: "/proc", target: "/x", read_only: true }, "/proc"],
  ])("refuses %j", async (volume, path) => {
    expect(await mount(volume)).toEqual([
      `mailkeep-local-alpha, workload dovecot: it mounts ${path} of the host, which gives it power over the machine; ` +
        "use a named volume instead.",
    ]);
  });

  it.each([
    "mail:/srv/mail",
    { type: "volume", source: "run", target: "/run/milter" },
    { type: "tmpfs", target: "/run" },
  ])("accepts %j", async (volume) => {
    expect(await mount(volume)).toEqual([]);
  });

  it("cannot run on a path that is not known yet", async () => {
    await expect(mount({ type: "bind", source: UNKNOWN, target: "/x" })).rejects.toThrow(/known during preview/);
  });
});
