/** All rules of the pack. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { disallowDirectInternalWorkloadOnInternetNetwork } from "./disallow-direct-internal-workload-on-internet-network.ts";
import { disallowDockerSocketMount } from "./disallow-docker-socket-mount.ts";
import { disallowForeignLinkPeer } from "./disallow-foreign-link-peer.ts";
import { disallowInternalServerBehindEdge } from "./disallow-internal-server-behind-edge.ts";
import { disallowHostNamespace } from "./disallow-host-namespace.ts";
import { disallowOpenFirewallPort } from "./disallow-open-firewall-port.ts";
import { disallowPrivilegedWorkload } from "./disallow-privileged-workload.ts";
import { disallowPublishOnAllAddresses } from "./disallow-publish-on-all-addresses.ts";
import { disallowUnknownComposeKey } from "./disallow-unknown-compose-key.ts";
import { disallowUnknownDockerSetting } from "./disallow-unknown-docker-setting.ts";
import { disallowUnknownExposure } from "./disallow-unknown-exposure.ts";
import { disallowUnknownMachineFile } from "./disallow-unknown-machine-file.ts";
import { disallowUnlistedPublishedPort } from "./disallow-unlisted-published-port.ts";
import { disallowWiderIpv6Firewall } from "./disallow-wider-ipv6-firewall.ts";
import { requireClientAddress } from "./require-client-address.ts";
import { requireClosedMachineRuleset } from "./require-closed-machine-ruleset.ts";
import { requireLinkForCarriedMail } from "./require-link-for-carried-mail.ts";
import { requireListedProxyBinds } from "./require-listed-proxy-binds.ts";
import { requireMachineFirewall } from "./require-machine-firewall.ts";
import { requireMutualTlsOnLink } from "./require-mutual-tls-on-link.ts";
import { requirePrivateProxyPeers } from "./require-private-proxy-peers.ts";
import { requireProxyListenersOnLoopback } from "./require-proxy-listeners-on-loopback.ts";
import { requireSshByKeyAlone } from "./require-ssh-by-key-alone.ts";

/** What `policy/network/index.ts` makes a pack of. */
export const rules: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  disallowUnlistedPublishedPort,
  disallowPublishOnAllAddresses,
  disallowDirectInternalWorkloadOnInternetNetwork,
  disallowHostNamespace,
  disallowPrivilegedWorkload,
  disallowDockerSocketMount,
  disallowUnknownComposeKey,
  requireProxyListenersOnLoopback,
  requireListedProxyBinds,
  disallowInternalServerBehindEdge,
  requireMutualTlsOnLink,
  requireLinkForCarriedMail,
  disallowOpenFirewallPort,
  disallowWiderIpv6Firewall,
  disallowForeignLinkPeer,
  disallowUnknownExposure,
  requireMachineFirewall,
  requireClosedMachineRuleset,
  requireSshByKeyAlone,
  disallowUnknownDockerSetting,
  disallowUnknownMachineFile,
  requireClientAddress,
  requirePrivateProxyPeers,
];
