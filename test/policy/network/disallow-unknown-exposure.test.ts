import { describe, expect, it } from "vitest";
import { disallowUnknownExposure as rule } from "../../../policy/network/disallow-unknown-exposure.ts";
import { type RunOptions, UNKNOWN, violations } from "../../support/policy.ts";

const found = (type: string, props: Readonly<Record<string, unknown>> = {}, options: RunOptions = {}) =>
  violations(rule, { type, name: "front", props }, options);
const service = (spec: unknown) => found("kubernetes:core/v1:Service", { spec });

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
    "aws:s3/bucket:Bucket",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  ])("accepts a %s", async (type) => {
    expect(await found(type)).toEqual([]);
  });

  it("takes further types from its configuration", async () => {
    const type = "gcp:storage/bucket:Bucket";
    expect(await found(type, {}, { config: { types: [type] } })).toEqual([]);
  });

  it.each([
    [{ type: "LoadBalancer" }, "is a LoadBalancer"],
    [{ type: "NodePort" }, "is a NodePort"],
    [{ type: "ClusterIP", externalIPs: ["192.0.2.1"] }, "has addresses outside of its cluster (externalIPs)"],
  ])("refuses a Service of Kubernetes with %j", async (spec, open) => {
    expect(await service(spec)).toEqual([
      `the Service front ${open}, and no rule here can read to whom; keep it inside the cluster (ClusterIP).`,
    ]);
  });

  it.each([[{ type: "ClusterIP" }], [{}], [undefined]])("accepts a Service of Kubernetes with %j", async (spec) => {
    expect(await service(spec)).toEqual([]);
  });

  it("cannot run on a Service that is not known yet", async () => {
    await expect(service(UNKNOWN)).rejects.toThrow(/known during preview/);
  });
});
