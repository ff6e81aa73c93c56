/** The port of the link is for the stack's own machines; an address that one had yesterday may be anybody's today. */
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { canonicalAddress, isSingle } from "../read/address.ts";
import { openingsOf } from "../read/firewall.ts";
import { MACHINE, rulesetFiles, RULESET_PATH } from "../read/machine.ts";
import { parseRuleset } from "../read/nftables.ts";
import { ownAddresses } from "../read/own-addresses.ts";
import { LINK_PORT } from "./allowed.ts";

/** A firewall that opens the link, as a reader knows it, and to whom. */
interface LinkOpening {
  readonly where: string;
  readonly sources: readonly string[];
}

export const disallowForeignLinkPeer: StackValidationPolicy = {
  name: "disallow-foreign-link-peer",
  description:
    "Firewalls of clouds and machines open the link between sites to addresses of this stack's machines alone.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Let mailkeep name the other sites' addresses, and take out what was added to them.",
  validateStack: ({ resources }, report) => {
    const openings = resources.flatMap((one) => [...cloudOpenings(one), ...rulesetOpenings(one)]);
    if (openings.length === 0) return;
    const own = ownAddresses(resources);
    for (const { where, sources } of openings) {
      // Networks are the concern of rules of their own.
      for (const source of sources.filter(isSingle)) {
        const [address = ""] = source.split("/");
        if (!own.has(canonicalAddress(address)))
          report(`${where} opens the link between sites to ${source}, which is no machine of this stack; take it out.`);
      }
    }
  },
};

function cloudOpenings(resource: PolicyResource): LinkOpening[] {
  const openings = openingsOf(resource) ?? [];
  return openings
    .filter(({ protocol }) => protocol === "tcp" || protocol === "all")
    .filter(({ ports: [first, last] }) => first <= LINK_PORT && LINK_PORT <= last)
    .map(({ sources }) => ({ where: `the firewall ${resource.name}`, sources }));
}

/** What cannot be read is refused by a rule of its own. */
function rulesetOpenings({ type, name, props }: PolicyResource): LinkOpening[] {
  if (type !== MACHINE) return [];
  return rulesetFiles(props).flatMap(({ content }) => {
    const sources = linkSources(content);
    return sources.length === 0 ? [] : [{ where: `the machine ${name} (${RULESET_PATH})`, sources }];
  });
}

function linkSources(content: string): readonly string[] {
  try {
    const { sets, chains } = parseRuleset(content);
    const named = chains
      .flatMap(({ rules }) => rules)
      .flatMap((rule) => new RegExp(` proto-dst ${LINK_PORT} ip6? saddr @(\\w+) `).exec(rule)?.[1] ?? []);
    return named.flatMap((set) => sets.get(set)?.elements ?? []);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
