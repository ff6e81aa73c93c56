/** A stack seen as a mail system: its sites, the domains they host, and what DNS says of them. */
import type { PolicyResource, StackValidation, StackValidationArgs } from "@pulumi/policy";
import { canonicalAddress } from "../read/address.ts";
import { exitsOf, listOf, type Postfix, postfixOf } from "../read/postfix.ts";
import { type DnsRecord, recordsOf } from "../read/records.ts";
import { readRelease, type Release, RELEASE, type Report } from "../read/release.ts";
import { stackOf } from "../read/stack.ts";
import { groupedBy } from "../read/values.ts";
import { directoryOf } from "./directory.ts";

/** What is not asked for is not read, so a value that a preview does not know yet stops only the rules that need it. */
export interface System {
  readonly stack: string;
  readonly releases: readonly Release[];
  readonly hosts: readonly MailHost[];
  /** Hosted domains. */
  readonly domains: readonly string[];
  readonly records: Records;
  readonly resources: readonly PolicyResource[];
}

/** A name under which mail leaves, and the addresses it leaves from. */
export interface MailHost {
  /** What it says in HELO. */
  readonly hostname: string;
  readonly release: Release;
  /** Canonical. Empty where all mail goes by other servers. */
  readonly egress: readonly string[];
  /** Addresses by which the world knows it, whether mail leaves from them or not. Canonical. */
  readonly addresses: readonly string[];
  /** Parameters that do not say which address of a family it leaves from, so that the machine chooses. */
  readonly unbound: readonly string[];
  /** Servers of others that send its mail on. */
  readonly relays: readonly string[];
}

/** DNS records of the stack, whoever serves them. */
export interface Records {
  readonly all: readonly DnsRecord[];
  /** Values of the records of one type at a name. */
  readonly at: (name: string, type: string) => readonly string[];
}

/** A validator for whole stacks. */
export function forSystem(
  validate: (system: System, report: Report, args: StackValidationArgs) => void,
): StackValidation {
  return (args, report) => {
    validate(
      systemOf(args.resources),
      (problem) => {
        report(problem);
      },
      args,
    );
  };
}

function systemOf(resources: readonly PolicyResource[]): System {
  const releases = resources.filter(({ type }) => type === RELEASE).map(({ props }) => readRelease(props));
  return {
    stack: stackOf(resources[0]?.urn ?? ""),
    releases,
    resources,
    get hosts() {
      return releases.flatMap(hostsOf);
    },
    get domains() {
      const names = releases.flatMap((release) => directoryOf(release)?.domains ?? []).map(({ name }) => name);
      return [...new Set(names)].toSorted();
    },
    get records() {
      const all = recordsOf(resources);
      const key = (name: string, type: string): string => `${type} ${name.toLowerCase()}`;
      const byKey = groupedBy(all, ({ owner, type }) => key(owner, type));
      return { all, at: (name: string, type: string) => (byKey.get(key(name, type)) ?? []).map(({ value }) => value) };
    },
  };
}

/** The Postfixes of a site that share a name are one host. */
function hostsOf(release: Release): MailHost[] {
  const found = release.workloads.flatMap((workload) => {
    const postfix = postfixOf(workload);
    return postfix === undefined
      ? []
      : namesOf(postfix).map((hostname) => ({ hostname: hostname.toLowerCase(), postfix }));
  });
  return [...groupedBy(found, ({ hostname }) => hostname)].map(([hostname, same]) => {
    const exits = same.map(({ postfix }) => ({ postfix, ...exitsOf(postfix) }));
    const direct = exits.filter((one) => one.direct).map(({ postfix }) => postfix);
    return {
      hostname,
      release,
      egress: [...new Set(direct.flatMap((one) => egressOf(one, release.elsewhere)).map(canonicalAddress))],
      addresses: [
        ...new Set(same.flatMap(({ postfix }) => egressOf(postfix, release.elsewhere)).map(canonicalAddress)),
      ],
      unbound: [...new Set(direct.flatMap(unboundOf))],
      relays: [...new Set(exits.flatMap(({ relays }) => relays))],
    };
  });
}

/** What it says in HELO: by main.cf, and by clients of master.cf that have a name of their own. */
function namesOf(postfix: Postfix): readonly string[] {
  const { parameter } = postfix;
  const names = [parameter("smtp_helo_name") ?? parameter("myhostname"), ...ofClients(postfix, "smtp_helo_name")];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** What clients of master.cf have for a parameter; those that send to the loopback alone are nobody's. */
function ofClients({ services, expand }: Postfix, name: string): readonly string[] {
  return services
    .filter(({ command, options }) => command === "smtp" && options.get("smtp_bind_address") !== "127.0.0.1")
    .flatMap(({ options }) => options.get(name) ?? [])
    .map(expand);
}

const FAMILIES = ["smtp_bind_address", "smtp_bind_address6"] as const;

/** A machine of its own translates what its containers send from; Postfix is told by which addresses the world knows it. */
function egressOf(postfix: Postfix, translated: boolean): string[] {
  const { parameter } = postfix;
  const bound = FAMILIES.map((name) => [parameter(name) ?? "", ...ofClients(postfix, name)].flatMap(listOf));
  const known = translated ? listOf(parameter("proxy_interfaces") ?? "") : [];
  if (known.length === 0) return bound.flat();
  return bound.flatMap((addresses, family) =>
    addresses.length === 0 ? [] : known.filter((address) => address.includes(":") === (family === 1)),
  );
}

/** Families that it speaks and is given no address for. */
function unboundOf(postfix: Postfix): string[] {
  const { parameter } = postfix;
  const protocols = parameter("inet_protocols") ?? "all";
  const spoken = FAMILIES.filter(
    (_, family) => protocols === "all" || protocols.includes(family === 1 ? "ipv6" : "ipv4"),
  );
  return spoken.filter((name) => [parameter(name) ?? "", ...ofClients(postfix, name)].includes(""));
}
