/** A port that the world may reach says nothing of what answers there: the edge could lead to the directory from 143. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { CARRY_PORTS } from "../read/carry.ts";
import { backendsOf, bindsOf, type Section, sectionsOf, socketsOf } from "../read/haproxy.ts";
import { isLoopback } from "../read/publication.ts";
import { eachWorkload, fileOf } from "../read/release.ts";
import { LINK_PORT, NEVER_PORTS } from "./allowed.ts";

/** Listeners that are for strangers and users, behind a PROXY header: of both Postfixes and of Dovecot. */
const FOR_THE_WORLD: ReadonlySet<number> = new Set([10025, 10465, 10587, 10993, 10143]);
/** What sites have of each other besides: LMTP, and Postfix's listeners for their mail. */
const FOR_SITES: ReadonlySet<number> = new Set([2424, ...CARRY_PORTS]);

export const disallowInternalServerBehindEdge: ResourceValidationPolicy = {
  name: "disallow-internal-server-behind-edge",
  description:
    "Where the world connects to the edge, it is led to the listeners of Postfix and Dovecot that are for it, or over the link to " +
    "another site, and to nothing else.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Lead the frontend to a backend whose servers are 10025, 10465, 10587, 10993 or 10143 of the site.",
  validateResource: eachWorkload((workload, report) => {
    const sections = sectionsOf(fileOf(workload, "haproxy.cfg") ?? "");
    for (const frontend of sections.filter(isBeyondLoopback)) {
      const { problems } = judge(frontend, { sections, link: isLink(frontend), seen: new Set() });
      for (const problem of new Set(problems)) report(`haproxy.cfg leads ${frontend.name} ${problem}.`);
    }
  }),
};

interface Context {
  readonly sections: readonly Section[];
  /** Whoever comes in there has a certificate of a site. */
  readonly link: boolean;
  /** Sections that have been looked at. */
  readonly seen: Set<Section>;
}

/** What is wrong with where a section leads to, by way of the file system's sockets too. */
function judge(section: Section, context: Context): { problems: string[] } {
  if (context.seen.has(section)) return { problems: [] };
  context.seen.add(section);
  const { sections } = context;
  const named = backendsOf(section);
  const targets = sections.filter(
    ({ kind, name }) => (kind === "backend" || kind === "listen") && named.includes(name),
  );
  const unknown = named.filter((name) => !targets.some((target) => target.name === name));
  const problems = [
    ...unknown.map((name) => `to ${name}, which is no backend whose name is known here; name one`),
    ...section.lines.flatMap((line) => lineProblems(line, context)),
    ...targets.flatMap((target) => judge(target, context).problems),
  ];
  return { problems };
}

function lineProblems(line: string, context: Context): string[] {
  const [keyword = "", name = "", address = ""] = line.split(/\s+/);
  const [, service] = /\suse-service\s+(\S+)/.exec(line) ?? [];
  // It says "busy" and hangs up.
  if (service !== undefined && service !== "lua.busy")
    return [`to the service ${service}, which is for this site alone`];
  if (/^(tcp|http)-request\s.*\sset-dst(-port)?\b/.test(line))
    return ["to where a rule of its own says; take set-dst out"];
  if (keyword === "server-template" || keyword === "dispatch") return [`on by ${keyword}, which no rule here reads`];
  if (keyword !== "server") return [];
  const [, socket] = /^(?:unix@)?(\/.*)$/.exec(address) ?? [];
  if (socket !== undefined) {
    const behind = context.sections.filter((section) => socketsOf(section).includes(socket));
    return behind.length === 0
      ? [`to the server ${name} at ${socket}, where nothing in this file listens`]
      : behind.flatMap((section) => judge(section, context).problems);
  }
  const [, port] = /:(\d+)$/.exec(address) ?? [];
  if (port === undefined) return [`to the server ${name} at ${address}, which names no single port`];
  const number = Number(port);
  const listed = FOR_THE_WORLD.has(number) || number === LINK_PORT || (context.link && FOR_SITES.has(number));
  const what = NEVER_PORTS.get(number) ?? "not for the world";
  return listed ? [] : [`to the server ${name} at ${address}, and port ${port} is ${what}; lead it elsewhere`];
}

function isBeyondLoopback(section: Section): boolean {
  return bindsOf(section).some(({ address }) => !isLoopback(address));
}

function isLink(section: Section): boolean {
  return bindsOf(section).every(({ ports: [first, last] }) => first === LINK_PORT && last === undefined);
}
