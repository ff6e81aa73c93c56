/** Addresses of a stack's own machines. */
import type { PolicyResource } from "@pulumi/policy";
import { canonicalAddress } from "./address.ts";
import { MACHINE } from "./machine.ts";
import { listOf, postfixOf } from "./postfix.ts";
import { readRelease, RELEASE } from "./release.ts";
import { fields, list, word } from "./values.ts";

type Props = PolicyResource["props"];

/** Whoever knows an address of a machine: its cloud, who reaches it, and its Postfix, which is told how the world knows it. */
const READERS: Readonly<Record<string, (props: Props) => readonly string[]>> = {
  "digitalocean:index/droplet:Droplet": ({ ipv4Address, ipv6Address }) => [word(ipv4Address), word(ipv6Address)],
  "gcp:compute/instance:Instance": ({ networkInterfaces }) =>
    list(networkInterfaces)
      .map(fields)
      .flatMap((one) => [...list(one["accessConfigs"]), ...list(one["ipv6AccessConfigs"])].map(fields))
      .map((access) => word(access["natIp"]) || word(access["externalIpv6"])),
  [MACHINE]: ({ connection }) => [word(fields(connection)["address"])],
  [RELEASE]: (props) =>
    readRelease(props).workloads.flatMap((workload) =>
      listOf(postfixOf(workload)?.parameter("proxy_interfaces") ?? ""),
    ),
};

/** All of them, in the form of {@link canonicalAddress}. */
export function ownAddresses(resources: readonly PolicyResource[]): ReadonlySet<string> {
  const all = resources.flatMap(({ type, props }) => READERS[type]?.(props) ?? []);
  return new Set(all.filter((one) => one !== "").map(canonicalAddress));
}
