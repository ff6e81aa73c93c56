/** Every resource of a droplet, with exactly its inputs. That the cloud takes them is not shown here. */
import { beforeAll, describe, expect, it } from "vitest";
import { Machines } from "../../../components/platforms/machines.ts";
import { deploy, valueOf } from "../../support/mocks.ts";
import type { Seen } from "../../support/mocks.ts";
import { CLOUD, localPlan } from "../plan/plans.ts";
import { COMPUTED, made, make, resolve, the } from "./made.fixture.ts";

const SSH_FROM = ["203.0.113.64/28", "2001:db8:9::/48"];
const WORLD = ["0.0.0.0/0", "::/0"];

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
      resizeDisk: false,
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

  it("has its next host key once the settings say so, and its user data stays as it is", () => {
    const change = { rotation: { ssh: { bravo: 2 } } };
    const [, next] = localPlan({ ...CLOUD, ...change }).sites;
    const [, before] = localPlan(CLOUD).sites;
    expect(next?.machine?.connection.hostKey).toEqual([{ ref: "publicKeyOpenssh", key: "ssh/bravo/2" }]);
    expect(next?.machine?.made?.keys).toEqual({ ...before?.machine?.made?.keys, host: "ssh/bravo/2" });
    expect(next?.machine?.made?.firstFiles).toEqual(before?.machine?.made?.firstFiles);
  });

  it("tells its addresses, with one spelling of IPv6", async () => {
    expect(await valueOf(machines.address("bravo", "v4"))).toBe("192.0.2.22");
    expect(await valueOf(machines.address("bravo", "v6"))).toBe("2001:db8:22::1");
    expect(machines.releaseArgs("bravo")).toMatchObject({ mailFolder: "/srv/mail" });
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
