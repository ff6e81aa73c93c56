/** What must hold between the sites. */
import { SITE_HOSTS, internetAddress } from "../world/addresses.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** Problems with names, roles and addresses of sites. */
export function checkSites(settings: Settings): Problem[] {
  return [
    ...sameNames(settings),
    ...repeatedRoles(settings),
    ...sameAddresses(settings),
    ...outsideOfWorld(settings),
    ...missingRoles(settings),
    ...severalMaildrops(settings),
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
