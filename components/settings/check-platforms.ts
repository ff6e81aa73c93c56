/** Rules for sites that are machines of their own. */
import type { Problem } from "./problem.ts";
import { proofOf, providerProof } from "../plan/acme.ts";
import { closestZone } from "../dns/names.ts";
import { isWorldPrefix } from "./prefix.ts";
import type { Settings } from "./schema.ts";

/** Problems with machines, with how they are reached, and with who holds their records. */
export function checkPlatforms(settings: Settings): Problem[] {
  const machines = settings.sites.filter(({ platform }) => platform !== "local");
  if (machines.length === 0) return tokensOfNobody(settings);
  return [
    ...sameNumbers(settings),
    ...mixedWithLocal(settings),
    ...localAuthority(settings),
    ...closedToEveryone(settings),
    ...openToTheWorld(settings),
    ...unreachableFamily(settings),
    ...zonesOfNobody(settings),
    ...recordsOfNobody(settings),
    ...missingToken(settings),
    ...tokensOfNobody(settings),
  ];
}

/**
 * A local site lives in a closed world: its addresses are for documentation, its name server knows invented zones, and
 * nothing is routed out of it, so that it can do no harm. No machine elsewhere could exchange mail with it.
 */
function mixedWithLocal({ sites }: Settings): Problem[] {
  return sites.flatMap(({ platform }, index) =>
    platform !== "local"
      ? []
      : [
          {
            path: `sites[${index}].platform`,
            got: "local, beside sites that are machines of their own",
            wanted: "local for all sites of a stack, or for none: nothing leaves the closed world of local sites",
            fix: "keep local sites in a stack of their own",
          },
        ],
  );
}

function localAuthority({ acme }: Settings): Problem[] {
  if (acme.directory !== "local") return [];
  return [
    {
      path: "acme.directory",
      got: "local, an authority that only the local world has and believes",
      wanted: "the URL of an ACME directory, or private",
      fix: "such as https://acme-staging-v02.api.letsencrypt.org/directory to try, then acme-v02",
    },
  ];
}

function closedToEveryone({ sshFrom }: Settings): Problem[] {
  if (sshFrom.v4.length + sshFrom.v6.length > 0) return [];
  return [
    {
      path: "sshFrom",
      got: "no prefix: nobody could reach the machines, not even mailkeep",
      wanted: "at least one prefix that mailkeep is run from",
      fix: 'name your address, such as { v4: ["203.0.113.7/32"] }',
    },
  ];
}

function openToTheWorld({ sshFrom }: Settings): Problem[] {
  return (["v4", "v6"] as const).flatMap((family) =>
    sshFrom[family].flatMap((prefix, index) =>
      isWorldPrefix(prefix)
        ? [
            {
              path: `sshFrom.${family}[${index}]`,
              got: `${prefix}, the whole Internet or a large part of it`,
              wanted: "prefixes of your own networks, of /8 and longer by IPv4, of /16 and longer by IPv6",
              fix: "name them; where addresses change, name the provider's range or a machine to go through",
            },
          ]
        : [],
    ),
  );
}

/** Machines are reached over IPv4. */
function unreachableFamily({ sites, sshFrom }: Settings): Problem[] {
  const made = sites.some(({ platform }) => platform === "digitalocean-droplet" || platform === "gcp-instance");
  if (!made || sshFrom.v4.length > 0 || sshFrom.v6.length === 0) return [];
  return [
    {
      path: "sshFrom.v4",
      got: "no prefix",
      wanted: "an IPv4 prefix that mailkeep is run from: it reaches new machines by IPv4",
      fix: 'add it, such as v4: ["203.0.113.7/32"]',
    },
  ];
}

function sameNumbers({ sites }: Settings): Problem[] {
  const numbers = sites.map((site) => (site.platform === "local" ? undefined : site.number));
  return numbers.flatMap((number, index) => {
    const first = numbers.indexOf(number);
    if (number === undefined || first === index) return [];
    return [
      {
        path: `sites[${index}].number`,
        got: `${number}, which sites[${first}] has too`,
        wanted: "a number that no other site has",
        fix: "give the newer of the two another one",
      },
    ];
  });
}

/** No local world serves the zones of sites in the real one. */
function zonesOfNobody({ dnsZones, infrastructureDomain, domains, parkedDomains }: Settings): Problem[] {
  const wanted = "a provider that serves it, or `print` for a zone that is kept by hand";
  const names = dnsZones.map(({ name }) => name);
  const all = [...new Set([infrastructureDomain, ...domains.map(({ name }) => name), ...parkedDomains])];
  const nowhere = all.filter((name) => closestZone(name, names) === undefined);
  return [
    ...nowhere.map((name) => ({
      path: "dnsZones",
      got: `no zone that holds ${name}`,
      wanted,
      fix: `add it, such as { name: ${name}, provider: print }`,
    })),
    ...dnsZones.flatMap(({ name, provider }, index) =>
      provider === "local"
        ? [
            {
              path: `dnsZones[${index}].provider`,
              got: `local for ${name}, and these sites are not in the local world`,
              wanted,
              fix: "name its provider",
            },
          ]
        : [],
    ),
  ];
}

/** Sites that are told to prove their names by records need somebody who takes records. */
function recordsOfNobody(settings: Settings): Problem[] {
  if (settings.acme.proof !== "dns" || providerProof(settings) !== undefined) return [];
  return [
    {
      path: "acme.proof",
      got: `dns, and the zone that holds ${settings.infrastructureDomain} is kept by hand`,
      wanted: "http, or a provider for that zone that takes records from the sites",
      fix: "take it out: answers over HTTP are the rule then",
    },
  ];
}

/** By records, certificates come by proof in the zone of the sites' names. */
function missingToken(settings: Settings): Problem[] {
  const proof = proofOf(settings);
  if (proof?.by !== "provider" || settings.dnsTokens[proof.zone] !== undefined) return [];
  return [
    {
      path: `dnsTokens["${proof.zone}"]`,
      got: "nothing: the sites could not prove to the ACME directory that their names are ours",
      wanted: TOKEN_WORDS[proof.provider],
      fix: `pulumi config set --secret --path 'mailkeep:dnsTokens["${proof.zone}"]'`,
    },
  ];
}

const TOKEN_WORDS = {
  cloudflare: "a token of Cloudflare's with the permissions Zone:Read and DNS:Edit for this zone",
  digitalocean: "a token of DigitalOcean's with the scopes domain:read, domain:create and domain:delete",
  google: "the JSON key of a service account of Google's with the role DNS Administrator in the zone's project",
} as const;

function tokensOfNobody(settings: Settings): Problem[] {
  const proof = settings.sites.some(({ platform }) => platform !== "local") ? proofOf(settings) : undefined;
  const zone = proof?.by === "provider" ? proof.zone : undefined;
  return Object.keys(settings.dnsTokens)
    .filter((name) => name !== zone)
    .map((name) => ({
      path: `dnsTokens["${name}"]`,
      got: "a token that no site uses",
      wanted:
        "only that of the zone that holds the sites' own names, where a provider serves it and they prove names by records",
      fix: "take it out",
    }));
}
