import { describe, expect, test } from "vitest";
import type { Workload } from "../../../components/plan/workload.ts";
import { networkName } from "../../../components/release/names.ts";
import { composeNetworks, releaseVolumes } from "../../../components/release/networks.ts";
import { composeService } from "../../../components/release/service.ts";
import { workloads } from "./workloads.fixture.ts";

const service = (workload: Workload) =>
  composeService(workload, { stack: "local", group: "alpha", image: `mailkeep/${workload.image}:tag` });

const golden = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

describe("a workload as a Compose service", () => {
  test.each(Object.values(workloads))("$name", async (workload) => {
    await expect(golden(service(workload))).toMatchFileSnapshot(`golden/${workload.name}.json`);
  });

  test("never has more rights than are named", () => {
    for (const workload of Object.values(workloads)) {
      expect(service(workload)).toMatchObject({
        cap_drop: ["ALL"],
        read_only: true,
        security_opt: ["no-new-privileges:true"],
        user: `${workload.uid}:${workload.uid}`,
      });
      expect(service(workload)).not.toHaveProperty("privileged");
      expect(service(workload)["cap_add"] ?? []).toEqual(workload.capabilities);
    }
  });

  test("that shares a network has none of the settings that Docker then refuses", () => {
    const keys = Object.keys(service(workloads.mx));
    for (const key of ["networks", "hostname", "dns", "ports", "sysctls"]) expect(keys).not.toContain(key);
  });
});

describe("networks", () => {
  const networks = [
    { name: "site", kind: "owned", subnet: "10.77.1.0/24", gateway: "10.77.1.1", subnet6: undefined },
    {
      name: "internet",
      kind: "external",
      subnet: "198.51.100.0/24",
      gateway: "198.51.100.1",
      subnet6: "2001:db8:100::/64",
    },
  ] as const;

  test("of a site are its own and the one that the world owns", async () => {
    const made = composeNetworks({ name: "alpha", networks, volumes: [] }, "local");
    await expect(golden(made)).toMatchFileSnapshot("golden/networks.json");
  });

  test("have the same name on both sides", () => {
    const internet = { name: "internet", kind: "owned" } as const;
    expect(networkName("local", "world", internet)).toBe(
      networkName("local", "alpha", { ...internet, kind: "external" }),
    );
  });

  test.each(["alpha", "zulu", "internet"])(
    "sort so that ports of site %s are published at the world's address",
    (site) => {
      const [own, world] = networks.map((network) => networkName("local", site, network));
      expect([own, world].toSorted()[0]).toBe(world);
    },
  );
});

test("volumes carry their stack and group in the name", () => {
  const volumes = [{ name: "mail", kind: "mail", uid: 2010, mode: "0700" }] as const;
  expect(releaseVolumes({ name: "alpha", networks: [], volumes }, "local")).toEqual({
    mail: { name: "mailkeep-local-alpha-mail", kind: "mail", uid: 2010, mode: "0700" },
  });
});
