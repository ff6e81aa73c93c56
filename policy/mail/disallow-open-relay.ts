/** A server that sends anyone's mail anywhere is found within hours, and then refused everywhere. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { isLoopbackNetwork } from "../read/address.ts";
import { CARRY_PORTS, permittedClients } from "../read/carry.ts";
import { listOf, postfixOf, smtpListeners } from "../read/postfix.ts";
import { eachWorkload } from "../read/release.ts";

interface Config {
  readonly networks: readonly string[];
  readonly relayDomains: readonly string[];
}

export const disallowOpenRelay: ResourceValidationPolicy = {
  name: "disallow-open-relay",
  description:
    "Postfix relays for logins alone: no network is trusted, and every listener refuses what is not for here.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      networks: listOption("Networks besides loopback that may be in mynetworks."),
      relayDomains: listOption("Domains of others that mail is taken in for."),
    },
  },
  remediationSteps:
    "Leave `mynetworks` empty and put `reject_unauth_destination` or `reject` into `smtpd_relay_restrictions`.",
  validateResource: eachWorkload((workload, report, _, args) => {
    const postfix = postfixOf(workload);
    if (postfix === undefined) return;
    const { networks, relayDomains } = args.getConfig<Config>();
    // Others that listen relay by rules of their own (qmqpd), or run what they like (spawn).
    for (const { name, command } of postfix.services.filter(({ type }) => type === "inet" || type === "pass")) {
      if (command !== "smtpd" && command !== "postscreen")
        report(`master.cf has ${name} with ${command}, of which no rule knows whom it serves; take it out.`);
    }
    for (const { name, parameter } of smtpListeners(postfix)) {
      for (const key of ["mydestination", "virtual_alias_domains", "virtual_mailbox_domains"] as const)
        for (const one of listOf(parameter(key) ?? "").filter(isTable))
          report(`${name} takes for its own whatever domain ${one} has (${key}); name the domains.`);
      const trusted = parameter("mynetworks");
      if (trusted === undefined) report(`main.cf does not set mynetworks, so Postfix chooses; set it to nothing.`);
      for (const one of listOf(trusted ?? "").filter((net) => !isLoopbackNetwork(net) && !networks.includes(net))) {
        report(`${name} has ${one} in mynetworks, which may then relay; take it out.`);
      }
      for (const one of listOf(parameter("relay_domains") ?? "").filter((domain) => !relayDomains.includes(domain))) {
        report(`${name} takes in mail for ${one} (relay_domains), which is not hosted here; take it out.`);
      }
      if (isForOwnDaemons(name, parameter) || isForOtherSites(name, parameter)) continue;
      const restrictions = relayRestrictions(parameter);
      const hole = restrictions === undefined ? undefined : holeIn(inFull(listOf(restrictions), parameter));
      if (hole !== undefined) report(`${name} relays for strangers: ${hole}; put reject_unauth_destination in front.`);
    }
  }),
};

/** On the loopback, and without the PROXY header of an edge: no stranger stands behind who connects there. */
function isForOwnDaemons(name: string, parameter: (name: string) => string | undefined): boolean {
  return /^(127\.0\.0\.1|\[::1\]):\d+$/.test(name) && (parameter("smtpd_upstream_proxy_protocol") ?? "") === "";
}

/** A file, or a table such as `static:all`; names of domains have neither slash nor colon. */
function isTable(entry: string): boolean {
  return /[/:]/.test(entry);
}

/** The link alone leads there, which the network pack sees to, and it says which sites may send: addresses, one by one. */
function isForOtherSites(name: string, parameter: (name: string) => string | undefined): boolean {
  const [, port] = /^127\.0\.0\.1:(\d+)$/.exec(name) ?? [];
  return CARRY_PORTS.has(Number(port)) && permittedClients(parameter("smtpd_relay_restrictions") ?? "") !== undefined;
}

/** What decides on relaying; undefined where Postfix's own default does, which is safe. */
function relayRestrictions(parameter: (name: string) => string | undefined): string | undefined {
  const own = parameter("smtpd_relay_restrictions");
  // An empty list leaves the decision to the recipient restrictions.
  return own === "" ? (parameter("smtpd_recipient_restrictions") ?? "") : own;
}

const CLOSING: ReadonlySet<string> = new Set([
  "reject_unauth_destination",
  "defer_unauth_destination",
  "reject",
  "defer",
]);
/** They let pass only whom another rule or list has named. */
const BOUNDED: ReadonlySet<string> = new Set([
  "permit_mynetworks",
  "permit_sasl_authenticated",
  "permit_auth_destination",
]);

/** They look something up that the next word names, and refuse or do nothing. */
const WITH_ARGUMENT = /^(reject_(rbl|rhsbl)_\w+|sleep)$/;
const REFUSING = /^(reject|defer)_\w+$/;

/** Classes of restrictions with their words in their place. Deep enough for any sane file. */
function inFull(
  words: readonly string[],
  parameter: (name: string) => string | undefined,
  depth = 5,
): readonly string[] {
  const classes = listOf(parameter("smtpd_restriction_classes") ?? "");
  if (depth === 0) return words;
  return words.flatMap((word) =>
    classes.includes(word) ? inFull(listOf(parameter(word) ?? ""), parameter, depth - 1) : [word],
  );
}

/** What would let a stranger relay; undefined where something closes the list before. Postfix reads the words in either case. */
function holeIn(restrictions: readonly string[]): string | undefined {
  for (let at = 0; at < restrictions.length; at++) {
    const one = (restrictions[at] ?? "").toLowerCase();
    if (CLOSING.has(one)) return undefined;
    // It only warns of what the next one would refuse.
    if (one === "warn_if_reject" || WITH_ARGUMENT.test(one)) at++;
    else if (one.startsWith("check_")) return `${one} may say OK`;
    else if (one.startsWith("permit") && !BOUNDED.has(one)) return `it has ${one}`;
    else if (!BOUNDED.has(one) && !REFUSING.test(one)) return `it has ${one}, of which no rule knows what it says`;
  }
  return "nothing in smtpd_relay_restrictions refuses";
}
