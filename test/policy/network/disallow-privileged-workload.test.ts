import { describe, expect, it } from "vitest";
import { disallowPrivilegedWorkload as rule } from "../../../policy/network/disallow-privileged-workload.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const mx = (service: Record<string, unknown>) => violations(rule, release({ mx: { service } }));

describe("disallow-privileged-workload", () => {
  it.each([
    [{ privileged: true }, "privileged is true, which makes it root on the host; remove it."],
    [{ privileged: "yes" }, 'privileged is "yes", which makes it root on the host; remove it.'],
    [{ security_opt: ["label:disable"] }, "security_opt has label:disable, which switches a protection off or puts"],
    [{ security_opt: ["seccomp=/srv/all.json"] }, "security_opt has seccomp=/srv/all.json, which switches"],
    [{ cap_drop: undefined }, "it keeps Docker's default capabilities; set cap_drop to [ALL]."],
    [{ cap_drop: ["NET_RAW"] }, "it keeps Docker's default capabilities; set cap_drop to [ALL]."],
    [{ cap_add: ["SYS_ADMIN"] }, "cap_add has SYS_ADMIN; only CHOWN, "],
    [{ cap_add: ["cap_net_admin"] }, "cap_add has NET_ADMIN; only CHOWN, "],
    [{ cap_add: ["ALL"] }, "cap_add has ALL; only CHOWN, "],
    [{ security_opt: ["seccomp:unconfined"] }, "security_opt has seccomp:unconfined, which switches a protection off"],
    [
      { security_opt: ["apparmor=unconfined"] },
      "security_opt has apparmor=unconfined, which switches a protection off",
    ],
    [{ devices: ["/dev/kvm"] }, "it is given devices of the host; remove them."],
  ])("refuses %j", async (service, message) => {
    const found = await mx(service);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`mailkeep-local-alpha, workload mx: ${message}`);
  });

  it("accepts listed capabilities with or without their prefix", async () => {
    expect(await mx({ cap_drop: ["all"], cap_add: ["CAP_CHOWN", "net_bind_service"], privileged: false })).toEqual([]);
  });

  it("cannot run on a value that is not known yet", async () => {
    await expect(mx({ cap_add: UNKNOWN })).rejects.toThrow(/known during preview/);
  });
});
