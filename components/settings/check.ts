/** Rules that no single key can check: what must hold between the parts of the settings. */
import { checkDirectory } from "../directory/index.ts";
import { checkDns } from "../dns/check.ts";
import { isBelow } from "../dns/names.ts";
import { SRS_LABEL, srsDomain } from "../plan/srs.ts";
import { PROOFS_LABEL, WEB_LABEL, WEB_LABELS } from "../plan/web.ts";
import { SITE_HOSTS, internetAddress } from "../world/addresses.ts";
import { checkPlatforms } from "./check-platforms.ts";
import { checkBlocklists } from "./check-blocklists.ts";
import { checkEgress } from "./check-egress.ts";
import { checkImages } from "./check-images.ts";
import { checkHostMail } from "./check-host-mail.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** All problems between the parts of the settings; empty when a plan can be made of them. */
export function checkSettings(settings: Settings): Problem[] {
  return [
    ...sameNames(settings),
    ...takenNames(settings),
    ...repeatedRoles(settings),
    ...sameAddresses(settings),
    ...outsideOfWorld(settings),
    ...checkPlatforms(settings),
    ...missingRoles(settings),
    ...severalMaildrops(settings),
    ...missingHashes(settings),
    ...queueOrder(settings),
    ...repeatedDestinations(settings),
    ...reservedDomains(settings),
    ...checkBlocklists(settings),
    ...checkEgress(settings),
    ...checkHostMail(settings),
    ...checkImages(settings),
    ...checkDirectory({ ...settings, ownDomain: settings.infrastructureDomain }),
    ...checkDns(settings),
  ];
}

function sameNames({ sites }: Settings): Problem[] {
  return repeated(sites, (site) => [{ key: "name", value: site.name }]).map(({ path, value, first }) => ({
    path,
    got: `${value}, which ${first} has too`,
    wanted: "a name that no other site has",
    fix: "rename one of the two; a site keeps its name for life, its host name and keys hang on it",
  }));
}

/** Host names, and the group of workloads, that something else in the local world has. */
const WORLD_NAMES = ["world", "ns", "acme"];

/** Labels of names that are, or lie below, what is served over HTTPS for hosted domains. */
const WEB_HOSTS: readonly string[] = [WEB_LABEL, PROOFS_LABEL, ...WEB_LABELS];

function takenNames({ sites, clientName, infrastructureDomain, domains }: Settings): Problem[] {
  const wanted = "a name that nothing else has";
  const ofSites = sites
    .map(({ name }, index) => ({ path: `sites[${index}].name`, name }))
    .filter(({ name }) => [...WORLD_NAMES, SRS_LABEL, ...WEB_HOSTS, clientName].includes(name))
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
  return label === SRS_LABEL ? "which the senders of forwarded mail have" : "which the local world has";
}

function repeatedRoles({ sites }: Settings): Problem[] {
  return sites.flatMap(({ roles }, index) =>
    new Set(roles).size === roles.length
      ? []
      : [
          {
            path: `sites[${index}].roles`,
            got: roles.join(", "),
            wanted: "each role once",
            fix: "take the repeated one out",
          },
        ],
  );
}

function sameAddresses({ sites }: Settings): Problem[] {
  const addresses = repeated(sites, (site) => {
    if (!("addresses" in site)) return [];
    const { v4, v6 } = site.addresses;
    const publishAddress = site.platform === "local" ? site.publishAddress : undefined;
    return [
      { key: "addresses.v4", value: v4 },
      ...(v6 === undefined ? [] : [{ key: "addresses.v6", value: v6 }]),
      ...(publishAddress === undefined ? [] : [{ key: "publishAddress", value: publishAddress }]),
    ];
  });
  return addresses.map(({ path, value, first }) => ({
    path,
    got: `${value}, which ${first} has too`,
    wanted: "an address of its own for each site",
    fix: "give one of the two sites another address",
  }));
}

/** A local site lives on the network that stands for the Internet. */
function outsideOfWorld({ sites }: Settings): Problem[] {
  const allowed = Array.from({ length: SITE_HOSTS.last - SITE_HOSTS.first + 1 }, (_, i) =>
    internetAddress(SITE_HOSTS.first + i),
  );
  const first = internetAddress(SITE_HOSTS.first);
  const last = internetAddress(SITE_HOSTS.last);
  return sites.flatMap((site, index) => {
    if (site.platform !== "local") return [];
    const { v4, v6 } = site.addresses;
    const problems: Problem[] = [];
    if (!allowed.some((address) => address.v4 === v4)) {
      const wanted = `an address from ${first.v4} to ${last.v4}`;
      const fix = `choose one such as ${internetAddress(SITE_HOSTS.first + index).v4}`;
      problems.push({ path: `sites[${index}].addresses.v4`, got: v4, wanted, fix });
    }
    if (v6 !== undefined && !allowed.some((address) => address.v6 === v6)) {
      const wanted = `an address from ${first.v6} to ${last.v6}`;
      const fix = `choose one such as ${internetAddress(SITE_HOSTS.first + index).v6}`;
      problems.push({ path: `sites[${index}].addresses.v6`, got: v6, wanted, fix });
    }
    return problems;
  });
}

const ROLE_NEEDS = {
  mx: "no mail could come in",
  submission: "nobody could send mail",
  maildrop: "the domains' mail would have nowhere to go",
} as const;

/** Records lead to serving sites alone. A site on standby has its mailboxes still, and is reached over the link. */
function missingRoles({ sites }: Settings): Problem[] {
  return (["mx", "submission", "maildrop"] as const).flatMap((role): Problem[] => {
    const having = sites.filter(({ roles }) => roles.includes(role));
    const path = "sites[*].roles";
    if (having.length === 0) {
      const got = `no site has the role ${role}: ${ROLE_NEEDS[role]}`;
      const wanted = "each of mx, submission and maildrop at one site or more";
      return [{ path, got, wanted, fix: `add ${role} to the roles of a site` }];
    }
    if (role === "maildrop" || having.some(({ state }) => state === "serving")) return [];
    const got = `only sites on standby have the role ${role}: ${ROLE_NEEDS[role]}`;
    const fix = `npm run mailkeep -- site resume ${having[0]?.name ?? ""}`;
    return [{ path, got, wanted: `a serving site with the role ${role}`, fix }];
  });
}

/** Mailboxes are not replicated yet: two stores would each have half of somebody's mail. */
function severalMaildrops({ sites }: Settings): Problem[] {
  const [first, ...more] = sites.filter(({ roles }) => roles.includes("maildrop"));
  return more.map((site) => ({
    path: `sites[${sites.indexOf(site)}].roles`,
    got: `maildrop, which ${first?.name ?? ""} has too`,
    wanted: "the role maildrop at one site, as long as mailboxes are not replicated between sites",
    fix: "leave mx and submission there: its mail goes over the link to the mailboxes",
  }));
}

/** A machine without one gets a made-up password. */
function missingHashes({ mailboxes, machines, passwordHashes }: Settings): Problem[] {
  const people = mailboxes.map(({ address }, index) => ({ path: `mailboxes[${index}].address`, name: address }));
  const names = new Set([...people.map(({ name }) => name), ...machines.map(({ login }) => login)]);
  const without = people
    .filter(({ name }) => passwordHashes[name] === undefined)
    .map(({ path, name }) => ({
      path,
      got: `${name} without a password hash`,
      wanted: `a hash under passwordHashes["${name}"]`,
      fix: `npm run mailkeep -- password ${name}`,
    }));
  const strange = Object.keys(passwordHashes)
    .filter((name) => !names.has(name))
    .map((name) => ({
      path: `passwordHashes["${name}"]`,
      got: "a hash for an account that is not listed",
      wanted: "the address of a mailbox or the login of a machine",
      fix: `list ${name} under mailboxes, or take the hash out`,
    }));
  return [...without, ...strange];
}

/** Times of the queue that would never come. */
function queueOrder({ queue }: Settings): Problem[] {
  const { firstRetrySeconds, longestRetryMinutes, delayWarningMinutes, lifetimeMinutes } = queue;
  const retries =
    firstRetrySeconds > longestRetryMinutes * 60
      ? [
          {
            path: "queue.firstRetrySeconds",
            got: `${firstRetrySeconds} s, which is more than longestRetryMinutes (${longestRetryMinutes} min)`,
            wanted: "a first wait that is no longer than the longest",
            fix: "lower the one or raise the other",
          },
        ]
      : [];
  const times = { longestRetryMinutes, delayWarningMinutes };
  const late = Object.entries(times)
    .filter(([, minutes]) => minutes >= lifetimeMinutes)
    .map(([key, minutes]) => ({
      path: `queue.${key}`,
      got: `${minutes} min, and a message lives ${lifetimeMinutes} min (lifetimeMinutes)`,
      wanted: "a time within a message's life",
      fix: "lower the one or raise the other",
    }));
  return [...retries, ...late];
}

function repeatedDestinations({ outboundTls: { destinations } }: Settings): Problem[] {
  const first = new Map<string, number>();
  return destinations.flatMap(({ domain }, index) => {
    const earlier = first.get(domain);
    if (earlier === undefined) first.set(domain, index);
    return earlier === undefined
      ? []
      : [
          {
            path: `outboundTls.destinations[${index}].domain`,
            got: `${domain}, which outboundTls.destinations[${earlier}] has too`,
            wanted: "each destination once",
            fix: "take one of the two out",
          },
        ];
  });
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

interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Values of sites that an earlier site has already. */
function repeated<Site>(
  sites: readonly Site[],
  entries: (site: Site) => readonly Entry[],
): { readonly path: string; readonly value: string; readonly first: string }[] {
  const seen = new Map<string, string>();
  return sites.flatMap((site, index) =>
    entries(site).flatMap(({ key, value }) => {
      const path = `sites[${index}].${key}`;
      const first = seen.get(value);
      if (first === undefined) seen.set(value, path);
      return first === undefined ? [] : [{ path, value, first }];
    }),
  );
}
