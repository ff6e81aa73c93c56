/** Every resource of each kind of machine, with exactly its inputs. That the clouds take them is not shown here. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { STARTUP_SCRIPT } from "../../../components/platforms/gcp-instance/startup.ts";
import { Machines } from "../../../components/platforms/machines.ts";
import { PACKAGES } from "../../../components/platforms/machine-files.ts";
import { resolveText, type Ref } from "../../../components/plan/text.ts";
import { deploy, valueOf } from "../../support/mocks.ts";
import type { MockOptions, Seen } from "../../support/mocks.ts";
import { CLOUD, localPlan, siteOf } from "../plan/plans.ts";

const plan = localPlan(CLOUD);

/** Says what it was asked for; a private key is a secret as from the real ones. */
const resolve = (ref: Ref): pulumi.Output<string> => {
  const said = pulumi.output(`<${Object.values(ref).join(" ")}>`);
  return ref.ref === "privateKeyOpenssh" ? pulumi.secret(said) : said;
};

const COMPUTED: NonNullable<MockOptions["outputs"]> = {
  "digitalocean:index/droplet:Droplet": () => ({
    ipv4Address: "192.0.2.22",
    ipv6Address: "2001:0DB8:22:0:0:0:0:1",
    dropletUrn: "do:droplet:22",
  }),
  "digitalocean:index/volume:Volume": () => ({ volumeUrn: "do:volume:v" }),
  "digitalocean:index/sshKey:SshKey": () => ({ fingerprint: "aa:bb" }),
  "gcp:compute/address:Address": ({ inputs }) => ({
    address: inputs["ipVersion"] === "IPV6" ? "2001:db8:33:0:0:0:0:1" : "192.0.2.33",
  }),
  "gcp:compute/disk:Disk": ({ name }) => ({ selfLink: `link of ${name}` }),
  "gcp:compute/instance:Instance": () => ({ instanceId: "3333" }),
};

const make = () => new Machines(plan.sites, { stack: "production", resolve });

/** Types and names of what has been made for some sites, components left out. */
const made = (resources: readonly Seen[], ...names: readonly string[]): readonly string[] =>
  resources
    .filter(({ custom, name }) => custom && names.includes(name.split("-")[0] ?? ""))
    .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
    .toSorted();

function the(resources: readonly Seen[], type: string, name: string): Seen {
  const found = resources.filter((one) => one.type.endsWith(`:${type}`) && one.name === name);
  expect(found).toHaveLength(1);
  const [one] = found;
  if (one === undefined) throw new Error(`There is no ${type} ${name}.`);
  return one;
}

const SSH_FROM = ["203.0.113.64/28", "2001:db8:9::/48"];
const WORLD = ["0.0.0.0/0", "::/0"];

it("a stack of local sites has no machines and none of their resources", async () => {
  const { result, resources } = await deploy(() => new Machines(localPlan().sites, { stack: "local", resolve }));
  expect(resources).toEqual([]);
  expect(result.deployKey).toBeUndefined();
  expect(result.releaseArgs("alpha")).toEqual({});
});

describe("a host", () => {
  it("is made fit for a release, and nothing else is made", async () => {
    const { result, resources } = await deploy(make, { outputs: COMPUTED });
    expect(made(resources, "alpha")).toEqual(["Machine alpha"]);
    const { inputs, secretPaths } = the(resources, "Machine", "alpha");
    expect(inputs).toEqual({
      machine: "203.0.113.11",
      connection: {
        address: "203.0.113.11",
        port: 22,
        user: "root",
        hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
        identity: "<privateKeyOpenssh ssh/deploy>",
      },
      packages: [...PACKAGES, "nullmailer"],
      files: siteOf(plan, "alpha").machine?.files.map((file) => ({
        ...file,
        content: resolveText(file.content, (ref) => {
          if (ref.ref === "password") return "<password machine/hosts@home.test>";
          return "site" in ref && ref.site === "bravo" ? "192.0.2.22" : "192.0.2.33";
        }),
      })),
    });
    expect([...secretPaths].sort()).toEqual(["connection", "files"]);
    expect(result.releaseArgs("alpha")).toMatchObject({ directory: "/var/lib/mailkeep/production" });
    expect(result.releaseArgs("alpha")).not.toHaveProperty("mailFolder");
  });
});

describe("a droplet", () => {
  let resources: readonly Seen[];
  let machines: Machines;
  beforeAll(async () => {
    ({ resources, result: machines } = await deploy(make, { outputs: COMPUTED }));
  });

  it("is made of these resources and no others", () =>
    expect(made(resources, "bravo", "droplets")).toEqual([
      "Droplet bravo-machine",
      "Firewall bravo-firewall",
      "Firewall bravo-link",
      "Machine bravo",
      "Project droplets-project",
      "ProjectResources bravo-project",
      "SshKey droplets-key",
      "Tag droplets-tag",
      "Volume bravo-mail",
      "VolumeAttachment bravo-mail",
      "Vpc bravo-network",
    ]));

  it("has its fully qualified name, from which DigitalOcean makes its PTR record", () => {
    const { inputs, secretPaths } = the(resources, "Droplet", "bravo-machine");
    const { userData, ...others } = inputs;
    expect(others).toEqual({
      name: "bravo.mailkeep.test",
      region: "fra1",
      size: "s-1vcpu-2gb",
      image: "debian-13-x64",
      ipv6: true,
      monitoring: true,
      dropletAgent: false,
      vpcUuid: "bravo-network-id",
      sshKeys: ["aa:bb"],
      tags: ["mailkeep-egress-port-25-confirmed", "mailkeep-production"],
    });
    expect(secretPaths).toEqual(["userData"]);
    expect(userData).toContain("ed25519_private: <privateKeyOpenssh ssh/bravo/first>");
    expect(userData).not.toContain("<privateKeyOpenssh ssh/bravo>");
    expect(userData).not.toContain("fs_setup");
  });

  it("has a volume for mail with a file system, attached", () => {
    expect(the(resources, "Volume", "bravo-mail").inputs).toEqual({
      name: "mailkeep-production-bravo-mail",
      region: "fra1",
      size: 20,
      initialFilesystemType: "ext4",
      initialFilesystemLabel: "mailkeep-mail",
      description: "Mail of mailkeep-production-bravo",
      tags: ["mailkeep-production"],
    });
    expect(the(resources, "VolumeAttachment", "bravo-mail").inputs["volumeId"]).toBe("bravo-mail-id");
  });

  it("lets in SSH from those named and mail from everybody", () => {
    const { inputs } = the(resources, "Firewall", "bravo-firewall");
    const all = { portRange: "1-65535", destinationAddresses: WORLD };
    expect(inputs).toMatchObject({
      inboundRules: [
        { protocol: "tcp", portRange: "22", sourceAddresses: SSH_FROM },
        { protocol: "tcp", portRange: "25", sourceAddresses: WORLD },
        { protocol: "tcp", portRange: "80", sourceAddresses: WORLD },
        { protocol: "tcp", portRange: "443", sourceAddresses: WORLD },
        { protocol: "icmp", sourceAddresses: WORLD },
      ],
      outboundRules: [
        { protocol: "tcp", ...all },
        { protocol: "udp", ...all },
        { protocol: "icmp", destinationAddresses: WORLD },
      ],
    });
  });

  it("lets in the other sites at the link, and nobody else", () => {
    expect(the(resources, "Firewall", "bravo-link").inputs).toEqual({
      name: "mailkeep-production-bravo-link",
      dropletIds: expect.anything() as unknown,
      inboundRules: [{ protocol: "tcp", portRange: "4433", sourceAddresses: ["203.0.113.11/32", "192.0.2.33/32"] }],
    });
  });

  it("has a network of its own, and is in the stack's project", () => {
    expect(the(resources, "Vpc", "bravo-network").inputs).toEqual({
      name: "mailkeep-production-bravo",
      region: "fra1",
      ipRange: "10.79.2.0/24",
    });
    expect(the(resources, "ProjectResources", "bravo-project").inputs).toEqual({
      project: "droplets-project-id",
      resources: ["do:droplet:22", "do:volume:v"],
    });
  });

  it("is known by one key at the first contact, and by another for good", () => {
    const { inputs, secretPaths } = the(resources, "Machine", "bravo");
    expect(inputs).toMatchObject({
      machine: "bravo-machine-id",
      connection: { address: "192.0.2.22", user: "mailkeep", hostKey: "<publicKeyOpenssh ssh/bravo>" },
      firstContact: {
        hostKey: "<publicKeyOpenssh ssh/bravo/first>",
        privateKey: "<privateKeyOpenssh ssh/bravo>",
      },
    });
    expect([...secretPaths].sort()).toEqual(["connection", "files", "firstContact"]);
  });

  it("tells its addresses, with one spelling of IPv6", async () => {
    expect(await valueOf(machines.address("bravo", "v4"))).toBe("192.0.2.22");
    expect(await valueOf(machines.address("bravo", "v6"))).toBe("2001:db8:22::1");
    expect(machines.releaseArgs("bravo")).toMatchObject({ mailFolder: "/srv/mail" });
  });
});

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
          networkIp: "10.79.3.10",
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
      ipCidrRange: "10.79.3.0/24",
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

it("a droplet whose account may not send mail has no tag that says so", async () => {
  const [host, bravo, charlie] = CLOUD.sites;
  const closed = { ...bravo, egressPort25: undefined, egress: [{ via: "alpha" }] };
  const plan = localPlan({ ...CLOUD, sites: [host, closed, charlie] });
  const { resources } = await deploy(() => new Machines(plan.sites, { stack: "production", resolve }), {
    outputs: COMPUTED,
  });
  expect(the(resources, "Droplet", "bravo-machine").inputs["tags"]).toEqual(["mailkeep-production"]);
});

it("droplets of one stack share one key and one project", async () => {
  const [, bravo] = CLOUD.sites;
  const two = localPlan({
    ...CLOUD,
    sites: [
      { ...bravo, roles: ["mx", "submission", "maildrop"] },
      { ...bravo, name: "delta", number: 4 },
    ],
  });
  const { resources } = await deploy(() => new Machines(two.sites, { stack: "production", resolve }), {
    outputs: COMPUTED,
  });
  expect(
    made(resources, "bravo", "delta", "droplets").filter((one) => /^(SshKey|Project|Tag|Droplet) /.test(one)),
  ).toEqual([
    "Droplet bravo-machine",
    "Droplet delta-machine",
    "Project droplets-project",
    "SshKey droplets-key",
    "Tag droplets-tag",
  ]);
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
