/** Every resource of an instance, with exactly its inputs. That the cloud takes them is not shown here. */
import { beforeAll, describe, expect, it } from "vitest";
import { STARTUP_SCRIPT } from "../../../components/platforms/gcp-instance/startup.ts";
import { Machines } from "../../../components/platforms/machines.ts";
import { deploy, valueOf } from "../../support/mocks.ts";
import type { Seen } from "../../support/mocks.ts";
import { CLOUD, localPlan } from "../plan/plans.ts";
import { COMPUTED, made, make, resolve, the } from "./made.fixture.ts";

describe("an instance", () => {
  let resources: readonly Seen[];
  let machines: Machines;
  const own = { name: "mailkeep-production-charlie", project: "mailkeep-test" };
  beforeAll(async () => {
    ({ resources, result: machines } = await deploy(make, { outputs: COMPUTED }));
  });

  it("is made of these resources and no others", () =>
    expect(made(resources, "charlie")).toEqual([
      "Address charlie-v4",
      "Address charlie-v6",
      "Disk charlie-mail",
      "DiskResourcePolicyAttachment charlie-mail-snapshots",
      "Firewall charlie-link",
      "Firewall charlie-ssh-v4",
      "Firewall charlie-ssh-v6",
      "Firewall charlie-world-v4",
      "Firewall charlie-world-v6",
      "Instance charlie-machine",
      "Machine charlie",
      "Network charlie-network",
      "ResourcePolicy charlie-mail-snapshots",
      "Subnetwork charlie-subnetwork",
    ]));

  it("has kept addresses with its name behind them, and no service account", () => {
    const { inputs, secretPaths } = the(resources, "Instance", "charlie-machine");
    const { metadata, ...others } = inputs;
    const ptr = { publicPtrDomainName: "charlie.mailkeep.test.", networkTier: "PREMIUM" };
    expect(others).toEqual({
      ...own,
      zone: "europe-west3-a",
      machineType: "e2-small",
      hostname: "charlie.mailkeep.test",
      networkInterfaces: [
        {
          subnetwork: "charlie-subnetwork-id",
          networkIp: "10.79.1.10",
          stackType: "IPV4_IPV6",
          accessConfigs: [{ natIp: "192.0.2.33", ...ptr }],
          ipv6AccessConfigs: [{ externalIpv6: "2001:db8:33:0:0:0:0:1", externalIpv6PrefixLength: "96", ...ptr }],
        },
      ],
      shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
      allowStoppingForUpdate: true,
      bootDisk: { initializeParams: { image: "debian-cloud/debian-13", size: 20, type: "pd-balanced" } },
      attachedDisks: [{ source: "link of charlie-mail", deviceName: "mail" }],
      tags: [own.name],
    });
    expect(metadata).toMatchObject({
      "block-project-ssh-keys": "TRUE",
      "enable-oslogin": "FALSE",
      "startup-script": STARTUP_SCRIPT,
    });
    expect(JSON.stringify(metadata)).toContain("/dev/disk/by-id/google-mail");
    expect(secretPaths).toEqual(["metadata"]);
  });

  it("has a network for both families", () => {
    expect(the(resources, "Network", "charlie-network").inputs).toEqual({ ...own, autoCreateSubnetworks: false });
    expect(the(resources, "Subnetwork", "charlie-subnetwork").inputs).toEqual({
      ...own,
      region: "europe-west3",
      network: "charlie-network-id",
      ipCidrRange: "10.79.1.0/24",
      stackType: "IPV4_IPV6",
      ipv6AccessType: "EXTERNAL",
    });
    expect(the(resources, "Address", "charlie-v6").inputs).toEqual({
      ...own,
      name: `${own.name}-v6`,
      region: "europe-west3",
      addressType: "EXTERNAL",
      networkTier: "PREMIUM",
      ipVersion: "IPV6",
      ipv6EndpointType: "VM",
      subnetwork: "charlie-subnetwork-id",
    });
  });

  it.each([
    ["world-v4", ["0.0.0.0/0"], [{ protocol: "tcp", ports: ["80", "443", "465", "587", "993"] }, { protocol: "icmp" }]],
    ["world-v6", ["::/0"], [{ protocol: "tcp", ports: ["80", "443", "465", "587", "993"] }, { protocol: "58" }]],
    ["ssh-v4", ["203.0.113.64/28"], [{ protocol: "tcp", ports: ["22"] }]],
    ["ssh-v6", ["2001:db8:9::/48"], [{ protocol: "tcp", ports: ["22"] }]],
    ["link", ["203.0.113.11/32", "192.0.2.22/32"], [{ protocol: "tcp", ports: ["4433"] }]],
  ])("its firewall %s lets in from %j", (kind, sourceRanges, allows) => {
    expect(the(resources, "Firewall", `charlie-${kind}`).inputs).toEqual({
      ...own,
      name: `${own.name}-${kind}`,
      network: "charlie-network-id",
      direction: "INGRESS",
      sourceRanges,
      allows,
      targetTags: [own.name],
    });
  });

  it("has a disk for mail with a snapshot a day", () => {
    expect(the(resources, "Disk", "charlie-mail").inputs).toEqual({
      ...own,
      name: `${own.name}-mail`,
      zone: "europe-west3-a",
      size: 20,
      type: "pd-balanced",
    });
    expect(the(resources, "ResourcePolicy", "charlie-mail-snapshots").inputs).toMatchObject({
      region: "europe-west3",
      snapshotSchedulePolicy: {
        schedule: { dailySchedule: { daysInCycle: 1, startTime: "03:00" } },
        retentionPolicy: { maxRetentionDays: 14, onSourceDiskDelete: "KEEP_AUTO_SNAPSHOTS" },
      },
    });
  });

  it("tells its addresses", async () => {
    expect(await valueOf(machines.address("charlie", "v4"))).toBe("192.0.2.33");
    expect(await valueOf(machines.address("charlie", "v6"))).toBe("2001:db8:33::1");
  });
});

it("a prefix list of one family makes no rule for the other", async () => {
  const only = localPlan({ ...CLOUD, sshFrom: { v4: ["203.0.113.64/28"] } });
  const { resources } = await deploy(() => new Machines(only.sites, { stack: "production", resolve }), {
    outputs: COMPUTED,
  });
  expect(made(resources, "charlie").filter((one) => one.startsWith("Firewall"))).toEqual([
    "Firewall charlie-link",
    "Firewall charlie-ssh-v4",
    "Firewall charlie-world-v4",
    "Firewall charlie-world-v6",
  ]);
});

it("nothing at a cloud follows from a site's number, or another one would take its addresses away", async () => {
  const atClouds = async (by: number): Promise<readonly (readonly [string, unknown])[]> => {
    const sites = CLOUD.sites.map((site) => ({ ...site, number: site.number + by }));
    const plan = localPlan({ ...CLOUD, sites });
    const { resources } = await deploy(() => new Machines(plan.sites, { stack: "production", resolve }), {
      outputs: COMPUTED,
    });
    const found = resources.filter(({ type }) => /^(digitalocean|gcp):/.test(type));
    // User data is of the first start alone, and has the hour of restarts in it.
    const others = ([key]: readonly [string, unknown]): boolean => key !== "userData" && key !== "metadata";
    return found.map(({ name, inputs }) => [name, Object.fromEntries(Object.entries(inputs).filter(others))]);
  };
  const before = await atClouds(0);
  expect(before.length).toBeGreaterThan(20);
  expect(await atClouds(30)).toEqual(before);
});
