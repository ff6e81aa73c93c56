/** A machine's own firewall stands behind its cloud's, and on a host of one's own it is the only one. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { areWorld, isSingle, isWorld } from "../read/address.ts";
import { MACHINE, rulesetFiles, RULESET_PATH } from "../read/machine.ts";
import { type NftChain, parseRuleset, type Ruleset } from "../read/nftables.ts";
import { FURTHER_PORTS, type FurtherPorts, LINK_PORT, whyNot, WORLD_PORTS } from "./allowed.ts";

export const requireClosedMachineRuleset: ResourceValidationPolicy = {
  name: "require-closed-machine-ruleset",
  description:
    "The nftables file of each machine drops what no rule lets in, and its rules open mail's ports to the world, SSH to networks " +
    "that are named, the link to single addresses, and nothing else.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: FURTHER_PORTS,
  remediationSteps: "Let mailkeep render the file from the plan's exposure, and take out what was added to it.",
  validateResource: (args, report) => {
    if (args.type !== MACHINE) return args.notApplicable("It is no machine.");
    const files = rulesetFiles(args.props);
    const problems =
      files.length === 1
        ? files.flatMap((file) => problemsOf(file, args.getConfig<FurtherPorts>().ports))
        : [`comes ${files.length} times among its files, and must once, or it is not known what is open`];
    for (const problem of problems) report(`the machine ${args.name}: ${RULESET_PATH} ${problem}.`);
  },
};

function problemsOf({ content, apply }: { content: string; apply: string }, ports: readonly number[]): string[] {
  const ruleset = readOrRefuse(content);
  if (typeof ruleset === "string") return [ruleset];
  const unused = apply.includes("nftables") ? [] : ["is put there and never used; have nftables take it"];
  const missing = ["input", "forward"].filter((hook) => !ruleset.chains.some((chain) => chain.hook === hook));
  return [
    ...unused,
    ...missing.map((hook) => `has no chain for what comes by the hook ${hook}, so all of that passes; add one`),
    ...ruleset.chains.flatMap((chain) => chainProblems(chain, ruleset, ports)),
  ];
}

function readOrRefuse(content: string): Ruleset | string {
  try {
    return parseRuleset(content);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `cannot be judged, for ${error.message}; write it as mailkeep renders it`;
  }
}

/** Rules of each hook that open nothing to anybody who could do harm. */
const HARMLESS: Readonly<Record<string, ReadonlySet<string>>> = {
  input: new Set([
    "ct state established,related accept",
    'iifname "lo" accept',
    "meta l4proto ipv6-icmp accept",
    "icmp type { destination-unreachable, time-exceeded, parameter-problem } accept",
    "icmp type echo-request limit rate 10/second accept",
    // Addresses by DHCP, RFC 2131 and RFC 8415.
    "udp sport 67 udp dport 68 accept",
    "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
  ]),
  // Docker's networks have names that begin so; what leaves containers is for rules of their own.
  forward: new Set(["ct state established,related accept", 'iifname "br-*" accept']),
};

const DROP = /^[\w\s.,:{}/@"*-]+ drop$/;
/** Who may open a connection to a port of the machine. */
const INPUT = /^tcp dport \d+ ip6? saddr @(\w+) accept$/;
/** What was asked for before Docker put a container's address in. */
const PUBLISHED = /^ct status dnat ct original proto-dst @(\w+) meta l4proto tcp accept$/;
const FROM = /^ct status dnat ct original proto-dst (\d+) ip6? saddr @(\w+) meta l4proto tcp accept$/;

function chainProblems({ name, hook, policy, rules }: NftChain, { sets }: Ruleset, ports: readonly number[]): string[] {
  const harmless = HARMLESS[hook];
  if (harmless === undefined) return [`has a chain ${name} for the hook ${hook}, which is not known here; take it out`];
  const open =
    policy === "drop" ? [] : [`lets through what no rule of its chain ${name} is about; make its policy drop`];
  const judged = rules
    .filter((rule) => !harmless.has(rule) && !DROP.test(rule))
    .flatMap((rule) => ruleProblems(rule, hook, sets, ports));
  return [...open, ...judged];
}

function ruleProblems(rule: string, hook: string, sets: Ruleset["sets"], ports: readonly number[]): string[] {
  const elements = (set: string | undefined): readonly string[] =>
    sets.get(set ?? "")?.elements ?? ["nobody knows whom"];
  const [input, published, from] = [INPUT.exec(rule), PUBLISHED.exec(rule), FROM.exec(rule)];
  if (hook === "input" && input !== null) {
    const named = elements(input[1]);
    const wide = named.filter((one) => isWorld(one) || !isNetwork(one));
    if (wide.length === 0 && areWorld(named))
      return [
        `has "${rule}" with ${named.length} networks in the set that are most of the Internet; name who needs it`,
      ];
    return wide.length === 0 ? [] : [`has "${rule}" with ${wide.join(", ")} in the set; name who needs it`];
  }
  if (hook === "forward" && published !== null) {
    const listed = (port: string): boolean => WORLD_PORTS.has(Number(port)) || ports.includes(Number(port));
    return elements(published[1])
      .filter((port) => !listed(port))
      .map(
        (port) =>
          `opens ${port} to the world: ${/^\d+$/.test(port) ? whyNot(Number(port)) : "it is no single port"}; take it out`,
      );
  }
  if (hook === "forward" && from !== null && Number(from[1]) === LINK_PORT) {
    const wide = elements(from[2]).filter((one) => !isSingle(one));
    return wide.length === 0 ? [] : [`opens the link between sites to ${wide.join(", ")}; name their addresses`];
  }
  return [`has "${rule}" in its chain for ${hook}, which is not among what may be opened; take it out`];
}

function isNetwork(text: string): boolean {
  return /^[\da-f.:]+(\/\d+)?$/i.test(text) && /[.:]/.test(text);
}
