/** Names that something else has already. */
import { isBelow } from "../dns/names.ts";
import { DEPLOY } from "../plan/machine.ts";
import { SRS_LABEL, srsDomain } from "../plan/srs.ts";
import { PROOFS_LABEL, WEB_LABEL, WEB_LABELS } from "../plan/web.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** Problems with names that are taken, or that nobody can have. */
export function checkNames(settings: Settings): Problem[] {
  return [...takenNames(settings), ...reservedDomains(settings)];
}

/** Host names, and the group of workloads, that something else in the local world has. */
const WORLD_NAMES = ["world", "ns", "acme"];

/** Labels of names that are, or lie below, what is served over HTTPS for hosted domains. */
const WEB_HOSTS: readonly string[] = [WEB_LABEL, PROOFS_LABEL, ...WEB_LABELS];

function takenNames({ sites, clientName, infrastructureDomain, domains }: Settings): Problem[] {
  const wanted = "a name that nothing else has";
  const ofSites = sites
    .map(({ name }, index) => ({ path: `sites[${index}].name`, name }))
    .filter(({ name }) => [...WORLD_NAMES, DEPLOY, SRS_LABEL, ...WEB_HOSTS, clientName].includes(name))
    .map(({ path, name }) => ({
      path,
      got: name === clientName ? `${name}, which is the clientName too` : `${name}, ${holder(name)}`,
      wanted,
      fix: "choose another name for the site",
    }));
  const client = [...WORLD_NAMES.slice(1), SRS_LABEL, ...WEB_HOSTS].includes(clientName)
    ? [{ path: "clientName", got: `${clientName}, ${holder(clientName)}`, wanted, fix: "choose another label" }]
    : [];
  // Two SPF records at one name are an error to receivers, RFC 7208 section 3.2; a site's own name has one already.
  const ofDomains = domains.flatMap(({ name }, index) =>
    sites.some((site) => name === `${site.name}.${infrastructureDomain}`)
      ? [
          {
            path: `domains[${index}].name`,
            got: `${name}, which is a site's own host name`,
            wanted: "a domain of its own",
            fix: "choose another domain, or rename the site",
          },
        ]
      : [],
  );
  const ofForwards = domains.flatMap(({ name }, index) =>
    name === srsDomain(infrastructureDomain)
      ? [
          {
            path: `domains[${index}].name`,
            got: `${name}, ${holder(SRS_LABEL)}`,
            wanted: "a domain of its own",
            fix: "choose another domain",
          },
        ]
      : [],
  );
  return [...ofSites, ...client, ...ofDomains, ...ofForwards];
}

function holder(label: string): string {
  if (label === SRS_LABEL) return "which the senders of forwarded mail have";
  if (WEB_HOSTS.includes(label)) return "which is kept for names served over HTTPS for hosted domains";
  if (label === DEPLOY) return "which the key that opens machines has";
  return "which the local world has";
}

/** Domains of the local world's own servers. */
function reservedDomains({ domains, infrastructureDomain, parkedDomains }: Settings): Problem[] {
  const named = [
    { path: "infrastructureDomain", name: infrastructureDomain },
    ...domains.map(({ name }, index) => ({ path: `domains[${index}].name`, name })),
    ...parkedDomains.map((name, index) => ({ path: `parkedDomains[${index}]`, name })),
  ];
  return named
    .filter(({ name }) => isBelow(name, "outside.test"))
    .map(({ path, name }) => ({
      path,
      got: name,
      wanted: "a domain that is not the foreign one of the local world",
      fix: "choose another domain; outside.test is where test mail comes from",
    }));
}
