/** An SPF record that lets everybody send, or says nothing of them, protects nobody. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { areWorld } from "../read/address.ts";
import { meaningOf, parseSpf, type SpfTerm, spfTexts } from "./spf.ts";
import { forSystem } from "./system.ts";

export const disallowPermissiveSpf: StackValidationPolicy = {
  name: "disallow-permissive-spf",
  description:
    "The SPF record of each domain and HELO name ends in `-all` or `~all`, and no SPF record lets everybody send.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "End the record in `-all`, and name addresses in front of it.",
  validateStack: forSystem(({ domains, hosts, records }, report) => {
    const named = new Set([...domains, ...hosts.map(({ hostname }) => hostname)]);
    const owners = records.all.filter(({ type }) => type === "TXT").map(({ owner }) => owner);
    for (const name of new Set([...named, ...owners])) {
      if (spfTexts(records, name).length === 0) continue;
      const { senders, rest } = meaningOf(records, name);
      // A record that others include may leave the last word to them.
      if (rest === undefined && named.has(name))
        report(`the SPF record of ${name} says nothing of other senders; end it in -all.`);
      if (rest === "+" || (rest === "?" && named.has(name)))
        report(`the SPF record of ${name} ends in ${rest}all, so anyone passes; use -all.`);
      const networks = senders.filter((one) => one.includes("/"));
      if (areWorld(networks))
        report(`the SPF record of ${name} lets most of the Internet send (${networks.join(", ")}); name addresses.`);
      for (const term of parseSpf(spfTexts(records, name)[0] ?? "").filter(letsAnyone))
        report(`the SPF record of ${name} has ${shown(term)}, by which anyone may pass; name addresses.`);
    }
  }),
};

/**
 * Who keeps the reverse zone of an address says what name it has (`ptr`, RFC 7208 section 5.5), and a name that does not depend on the
 * address is there for all alike (`exists`).
 */
function letsAnyone({ qualifier, mechanism, value }: SpfTerm): boolean {
  if (qualifier !== "+") return false;
  return mechanism === "ptr" || (mechanism === "exists" && !/%\{[ip]/i.test(value));
}

function shown({ mechanism, value }: SpfTerm): string {
  return value === "" ? mechanism : `${mechanism}:${value}`;
}
