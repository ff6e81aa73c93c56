/** What `init` wants to know, and how it comes by it: from flags, from a person at a terminal, or by default. */
import { z } from "zod";
import { isMailboxAddress } from "../../components/directory/address.ts";
import { domainName } from "../../components/directory/schema.ts";
import { prefix4, prefix6, project, region, sshHostKey, zone } from "../../components/settings/platforms.ts";
import { fail } from "../console.ts";
import { each, form, oneOf, partsOf, withoutComment } from "./forms.ts";

/** What a site is to stand on. */
export type SiteAnswer =
  | { readonly platform: "digitalocean-droplet"; readonly region: string }
  | { readonly platform: "gcp-instance"; readonly zone: string; readonly project: string }
  | { readonly platform: "host"; readonly v4: string; readonly v6: string | undefined; readonly hostKey: string };

/** A server that sends mail on, with the name that its owner has SPF records include. */
export interface RelayAnswer {
  readonly host: string;
  readonly include: string;
  readonly user: string | undefined;
}

/** All that a stack's file is written from. */
export interface Answers {
  readonly stack: string;
  readonly domain: string;
  readonly infrastructureDomain: string;
  /** Local part of the first mailbox. */
  readonly person: string;
  /** Prefixes that mailkeep is run from. */
  readonly sshFrom: readonly string[];
  readonly sites: readonly SiteAnswer[];
  /** Whether DigitalOcean has opened port 25. */
  readonly port25: boolean;
  readonly relay: RelayAnswer | undefined;
  readonly dns: {
    readonly provider: string;
    readonly zoneId: string | undefined;
    readonly project: string | undefined;
  };
  readonly acme: "staging" | "production";
}

/** What sites can stand on in the real world. */
export const PLATFORMS = ["digitalocean-droplet", "gcp-instance", "host"] as const;
/** Who can serve the zones of such a stack. */
export const DNS_PROVIDERS = ["cloudflare", "digitalocean", "google", "print"] as const;

/** Something to be asked, whoever answers. */
export interface Question {
  /** Name of the flag that answers it. */
  readonly flag: string;
  readonly asks: string;
  readonly example: string;
  readonly fallback?: string;
  /** What is wrong with an answer, such as `it may be yes, no`. @default every answer will do */
  readonly wrong?: (answer: string) => string | undefined;
}

/** Answers one question; undefined where nobody does. */
export type Answering = (question: Question) => Promise<string | undefined>;

const REGIONS = ["fra1", "ams3", "lon1"];
const ZONES = ["europe-west3-a", "europe-west4-a", "europe-west1-b"];

/**
 * Asks for everything that the stack needs.
 *
 * @throws SentenceError naming all flags that are missing, or what is not allowed
 */
export async function answersFor(stack: string, answering: Answering): Promise<Answers> {
  const missing: Question[] = [];
  const ask = async (question: Question): Promise<string> => {
    const given = (await answering(question))?.trim();
    const answer = given === undefined || given === "" ? question.fallback : given;
    const trouble = answer === undefined ? undefined : question.wrong?.(answer);
    if (answer === undefined) missing.push(question);
    else if (trouble !== undefined) fail(`--${question.flag} is "${answer}"; ${trouble}.`);
    return answer ?? question.example;
  };
  const isFinal = stack === "production";
  const domain = (
    await ask({
      flag: "domain",
      asks: "Domain whose mail is to be hosted",
      example: "club.example",
      wrong: form(domainName),
    })
  ).toLowerCase();
  const infrastructureDomain = await ask({
    flag: "infrastructure",
    asks: "Domain of the sites' own names",
    example: `mx.${domain}`,
    fallback: `mx.${domain}`,
    wrong: form(domainName),
  });
  const person = await ask({
    flag: "mailbox",
    asks: `First mailbox, before @${domain}; the postmaster's`,
    example: "ann",
    wrong: (answer) => (isMailboxAddress(`${answer}@${domain}`) ? undefined : "it must be what stands before the @"),
  });
  const platforms = await platformsOf(ask, isFinal);
  const sites: SiteAnswer[] = [];
  for (const [index, platform] of platforms.entries()) sites.push(await siteOf(ask, platform, index));
  const port25 =
    platforms.includes("digitalocean-droplet") &&
    (await ask({
      flag: "port25",
      asks: "Has DigitalOcean opened port 25 for your account, so that mail can leave directly?",
      example: "yes",
      fallback: "no",
      wrong: oneOf(["yes", "no"]),
    })) === "yes";
  const relay = needsRelay(platforms, port25) ? await relayOf(ask) : undefined;
  const provider = await ask({
    flag: "dns",
    asks: `Who serves the zone ${domain}`,
    example: "cloudflare",
    fallback: "cloudflare",
    wrong: oneOf(DNS_PROVIDERS),
  });
  const zoneId =
    provider === "cloudflare"
      ? await ask({
          flag: "zone-id",
          asks: "Cloudflare's id of the zone, from its overview page",
          example: "0".repeat(32),
        })
      : undefined;
  const project = provider === "google" ? await ask(PROJECT) : undefined;
  const sshFrom = await ask({
    flag: "ssh-from",
    asks: "Networks that you run mailkeep from",
    example: "203.0.113.7/32",
    wrong: each(form(z.union([prefix4, prefix6], "a prefix such as 203.0.113.7/32 or 2001:db8:1::/48"))),
  });
  const acme = await ask({
    flag: "acme",
    asks: "Let's Encrypt's authority to try with (staging), or the one that is trusted (production)",
    example: "staging",
    fallback: isFinal ? "production" : "staging",
    wrong: oneOf(["staging", "production"]),
  });
  if (missing.length > 0) {
    const flags = missing.map(({ flag, asks, example }) => `  --${flag} ${example}   ${asks}`);
    fail(`These are still wanted, as flags or at a terminal:\n${[...new Set(flags)].join("\n")}`);
  }
  const dns = { provider, zoneId, project };
  return {
    stack,
    domain,
    infrastructureDomain,
    person,
    sshFrom: partsOf(sshFrom),
    sites,
    port25,
    relay,
    dns,
    acme: acme === "production" ? "production" : "staging",
  };
}

/** The same project for machines and zones, so it is asked for once. */
const PROJECT: Question = {
  flag: "project",
  asks: "Project of Google Cloud",
  example: "mailkeep-production",
  wrong: form(project),
};

const ADDRESSES = z.union(
  [z.tuple([z.ipv4()]), z.tuple([z.ipv4(), z.ipv6()])],
  "an IPv4 address, and an IPv6 address behind a comma where there is one",
);

type Platform = (typeof PLATFORMS)[number];

async function platformsOf(
  ask: (question: Question) => Promise<string>,
  isFinal: boolean,
): Promise<readonly Platform[]> {
  const count = await ask({
    flag: "sites",
    asks: "How many sites",
    example: "3",
    fallback: isFinal ? "3" : "1",
    wrong: oneOf(["1", "2", "3"]),
  });
  const written = await ask({
    flag: "platform",
    asks: `What they are made of: ${PLATFORMS.join(", ")}; several, with commas, one for each site`,
    example: "digitalocean-droplet",
    fallback: "digitalocean-droplet",
    wrong: each(oneOf(PLATFORMS)),
  });
  const platforms = partsOf(written).flatMap((word) => PLATFORMS.filter((one) => one === word));
  const last = platforms.at(-1) ?? "host";
  return Array.from({ length: Number(count) }, (_, index) => platforms[index] ?? last);
}

async function siteOf(
  ask: (question: Question) => Promise<string>,
  platform: Platform,
  index: number,
): Promise<SiteAnswer> {
  const nth = index + 1;
  switch (platform) {
    case "digitalocean-droplet": {
      const fallback = REGIONS[index] ?? "fra1";
      const asks = `Region of site ${nth}`;
      const question = { flag: `region-${nth}`, asks, example: fallback, fallback, wrong: form(region) };
      return { platform, region: await ask(question) };
    }
    case "gcp-instance": {
      const fallback = ZONES[index] ?? "europe-west3-a";
      const asks = `Zone of site ${nth}`;
      const where = await ask({ flag: `region-${nth}`, asks, example: fallback, fallback, wrong: form(zone) });
      const project = await ask(PROJECT);
      return { platform, zone: where, project };
    }
    case "host": {
      const example = `192.0.2.1${nth},2001:db8::1${nth}`;
      const addresses = await ask({
        flag: `addresses-${nth}`,
        asks: `IPv4 and IPv6 address of site ${nth}`,
        example,
        wrong: (answer) => form(ADDRESSES)(partsOf(answer)),
      });
      const hostKey = await ask({
        flag: `host-key-${nth}`,
        asks: `Public SSH host key of site ${nth}, as /etc/ssh/ssh_host_ed25519_key.pub has it there`,
        example: "'ssh-ed25519 AAAA…'",
        wrong: (answer) => form(sshHostKey)(withoutComment(answer)),
      });
      const [v4 = "", v6] = partsOf(addresses);
      return { platform, v4, v6, hostKey: withoutComment(hostKey) };
    }
  }
}

/** Whether no site can send by itself. */
function needsRelay(platforms: readonly Platform[], port25: boolean): boolean {
  return platforms.every((one) => one === "gcp-instance" || (one === "digitalocean-droplet" && !port25));
}

async function relayOf(ask: (question: Question) => Promise<string>): Promise<RelayAnswer> {
  const why = "port 25 is closed at every site, so mail leaves by a relay";
  const host = await ask({
    flag: "relay",
    asks: `Host name of the relay: ${why}`,
    example: "smtp.provider.example",
    wrong: form(domainName),
  });
  const include = await ask({
    flag: "relay-spf",
    asks: "Name whose SPF record holds what the relay sends from, as its operator tells",
    example: "spf.provider.example",
    wrong: form(domainName),
  });
  const user = await ask({
    flag: "relay-user",
    asks: "Login at the relay, or none",
    example: "none",
    fallback: "none",
  });
  return { host, include, user: user === "none" ? undefined : user };
}
