import { describe, expect, it } from "vitest";
import { disallowUnknownExposure as rule } from "../../../policy/network/disallow-unknown-exposure.ts";
import { type RunOptions, violations } from "../../support/policy.ts";

const found = (type: string, props: Readonly<Record<string, unknown>> = {}, options: RunOptions = {}) =>
  violations(rule, { type, name: "front", props }, options);

describe("disallow-unknown-exposure", () => {
  it.each([
    "gcp:compute/forwardingRule:ForwardingRule",
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:storage/bucket:Bucket",
    "digitalocean:index/loadBalancer:LoadBalancer",
    "digitalocean:index/kubernetesCluster:KubernetesCluster",
    "digitalocean:index/reservedIp:ReservedIp",
    "cloudflare:index/spectrumApplication:SpectrumApplication",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/instance:Instance",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "azure-native:network:PublicIPAddress",
    "hcloud:index/server:Server",
    "hcloud:index/firewall:Firewall",
    "openstack:networking/floatingIp:FloatingIp",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:core/v1:Service",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "docker:index/container:Container",
    "command:local:Command",
    "command:remote:Command",
    "pulumi-nodejs:dynamic:Resource",
    "pulumi-python:dynamic:Resource",
    "aws:lightsail/instancePublicPorts:InstancePublicPorts",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:route53/record:Record",
    "aws:s3/bucket:Bucket",
  ])("refuses a %s", async (type) => {
    expect(await found(type)).toEqual([
      `front is of the type ${type}, and no rule here can read what that opens; take it out, or look and list the type.`,
    ]);
  });

  it.each([
    "gcp:compute/firewall:Firewall",
    "digitalocean:index/droplet:Droplet",
    "cloudflare:index/dnsRecord:DnsRecord",
    "compose:index:Machine",
    "tls:index/privateKey:PrivateKey",
    "pulumi:providers:gcp",
    "pulumi:pulumi:Stack",
    "mailkeep:platforms:GcpInstance",
    "ledger:index:KeyLedger",
    "random:index/randomPassword:RandomPassword",
  ])("accepts a %s", async (type) => {
    expect(await found(type)).toEqual([]);
  });

  it("takes further types from its configuration", async () => {
    const type = "gcp:storage/bucket:Bucket";
    expect(await found(type, {}, { config: { types: [type] } })).toEqual([]);
  });

  it("takes all of a package or a kind from its configuration", async () => {
    const options = { config: { types: ["aws:s3/*", "my.org:*"] } };
    expect(await found("aws:s3/bucket:Bucket", {}, options)).toEqual([]);
    expect(await found("my.org:web:Page", {}, options)).toEqual([]);
    expect(await found("aws:ec2/instance:Instance", {}, options)).toHaveLength(1);
    expect(await found("myXorg:web:Page", {}, options)).toHaveLength(1);
  });

  // The engine knows the type of whatever it is asked to make.
  it("judges by the type alone, so that nothing is left for the update", async () => {
    expect(await found("docker:index/container:Container", { ports: undefined })).toHaveLength(1);
  });
});
