/** What no rule looks at may give a container anything: Compose has keys that mount Docker's socket or run programs on the host. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { forRelease, reportOf } from "../read/release.ts";
import { type Fields, fields, word } from "../read/values.ts";

interface Config {
  readonly keys: readonly string[];
}

/** Keys of a service that rules of these packs look at. */
const READ = [
  "cap_add",
  "cap_drop",
  "environment",
  "group_add",
  "healthcheck",
  "image",
  "labels",
  "logging",
  "mem_limit",
  "memswap_limit",
  "network_mode",
  "networks",
  "pids_limit",
  "ports",
  "read_only",
  "restart",
  "security_opt",
  "tmpfs",
  "ulimits",
  "user",
  "volumes",
] as const;

/** They give a container nothing, or less than it would have. `sysctls` are those of its own network. */
const HARMLESS = [
  "cpu_shares",
  "cpus",
  "depends_on",
  "hostname",
  "init",
  "mem_reservation",
  "pull_policy",
  "stop_grace_period",
  "stop_signal",
  "sysctls",
] as const;

const SERVICE_KEYS: ReadonlySet<string> = new Set([...READ, ...HARMLESS]);
const NETWORK_KEYS: ReadonlySet<string> = new Set([
  "driver",
  "driver_opts",
  "enable_ipv6",
  "external",
  "internal",
  "ipam",
  "labels",
  "name",
]);
/** A bridge may be told more, such as to let everybody through to its containers (`gateway_mode_ipv4`). */
const NETWORK_OPTIONS: ReadonlySet<string> = new Set(["com.docker.network.bridge.enable_ip_masquerade"]);

export const disallowUnknownComposeKey: ResourceValidationPolicy = {
  name: "disallow-unknown-compose-key",
  description: "A release says of its containers and networks only what rules read, and its networks are bridges.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      keys: listOption("Further keys of a service that somebody has looked at, such as `domainname`."),
    },
  },
  remediationSteps: "Take the key out, or see for yourself what it gives and name it under `keys` of this rule.",
  validateResource: forRelease((release, report, args) => {
    const { keys } = args.getConfig<Config>();
    for (const workload of release.workloads) {
      const tell = reportOf(workload, release, report);
      for (const key of unlisted(workload.service, SERVICE_KEYS).filter((one) => !keys.includes(one)))
        tell(
          `its service has the key ${key}, and no rule here reads what that gives; take it out, or look and list it.`,
        );
    }
    for (const [name, network] of release.networks) {
      const driver = word(network["driver"]) || "bridge";
      const options = unlisted(fields(network["driver_opts"]), NETWORK_OPTIONS);
      const found = [...unlisted(network, NETWORK_KEYS), ...options];
      if (driver !== "bridge")
        report(
          `${release.project}: the network ${name} has the driver ${driver}, past which rules do not see; use bridge.`,
        );
      for (const key of found)
        report(
          `${release.project}: the network ${name} has the key ${key}, and no rule here reads what that opens; take it out.`,
        );
    }
  }),
};

function unlisted(values: Fields, listed: ReadonlySet<string>): string[] {
  return Object.keys(values).filter((key) => !listed.has(key) && values[key] !== undefined);
}
