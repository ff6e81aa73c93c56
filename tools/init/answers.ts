/** What `init` wants to know, and how it comes by it: from flags, from a person at a terminal, or by default. */
import { fail } from "../console.ts";

export type SiteAnswer =
  | { readonly platform: "digitalocean-droplet"; readonly region: string }
  | { readonly platform: "gcp-instance"; readonly zone: string; readonly project: string }
  | { readonly platform: "host"; readonly v4: string; readonly v6: string | undefined; readonly hostKey: string };

export interface RelayAnswer {
  readonly host: string;
  readonly include: string;
  readonly user: string | undefined;
}

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

export const PLATFORMS = ["digitalocean-droplet", "gcp-instance", "host"] as const;
export const DNS_PROVIDERS = ["cloudflare", "digitalocean", "google", "print"] as const;

export interface Question {
  /** Name of the flag that answers it. */
  readonly flag: string;
  readonly asks: string;
  readonly example: string;
  readonly fallback?: string;
  readonly allowed?: readonly string[];
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
    if (answer === undefined) missing.push(question);
    else if (question.allowed !== undefined && !question.allowed.includes(answer))
      fail(`--${question.flag} is "${answer}"; it may be ${question.allowed.join(", ")}.`);
    return answer ?? question.example;
  };
  const isFinal = stack === "production";
  const domain = (
    await ask({ flag: "domain", asks: "Domain whose mail is to be hosted", example: "club.example" })
  ).toLowerCase();
  const infrastructureDomain = await ask({
    flag: "infrastructure",
    asks: "Domain of the sites' own names",
    example: `mx.${domain}`,
    fallback: `mx.${domain}`,
  });
  const person = await ask({
    flag: "mailbox",
    asks: `First mailbox, before @${domain}; the postmaster's`,
    example: "ann",
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
      allowed: ["yes", "no"],
    })) === "yes";
  const relay = needsRelay(platforms, port25) ? await relayOf(ask) : undefined;
  const provider = await ask({
    flag: "dns",
    asks: `Who serves the zone ${domain}`,
    example: "cloudflare",
    fallback: "cloudflare",
    allowed: DNS_PROVIDERS,
  });
  const zoneId =
    provider === "cloudflare"
      ? await ask({
          flag: "zone-id",
          asks: "Cloudflare's id of the zone, from its overview page",
          example: "0".repeat(32),
        })
      : undefined;
  const project =
    provider === "google"
      ? await ask({ flag: "project", asks: "Project of Google Cloud", example: "mailkeep-production" })
      : undefined;
  const sshFrom = await ask({
    flag: "ssh-from",
    asks: "Networks that you run mailkeep from",
    example: "203.0.113.7/32",
  });
  const acme = await ask({
    flag: "acme",
    asks: "Let's Encrypt's authority to try with (staging), or the one that is trusted (production)",
    example: "staging",
    fallback: isFinal ? "production" : "staging",
    allowed: ["staging", "production"],
  });
  if (missing.length > 0) {
    const flags = missing.map(({ flag, asks, example }) => `  --${flag} ${example}   ${asks}`);
    fail(`These are still wanted, as flags or at a terminal:\n${[...new Set(flags)].join("\n")}`);
  }
  const dns = { provider, zoneId, project };
  const prefixes = sshFrom.split(",").map((prefix) => prefix.trim());
  return {
    stack,
    domain,
    infrastructureDomain,
    person,
    sshFrom: prefixes,
    sites,
    port25,
    relay,
    dns,
    acme: acme === "production" ? "production" : "staging",
  };
}

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
    allowed: ["1", "2", "3"],
  });
  const written = await ask({
    flag: "platform",
    asks: `What they are made of: ${PLATFORMS.join(", ")}; several, with commas, one for each site`,
    example: "digitalocean-droplet",
    fallback: "digitalocean-droplet",
  });
  const named = written.split(",").map((word) => word.trim());
  const platforms = named.flatMap((word) => PLATFORMS.filter((one) => one === word));
  const strange = named.filter((word) => !platforms.some((one) => one === word));
  if (strange.length > 0) fail(`--platform has "${strange.join(", ")}"; it may have ${PLATFORMS.join(", ")}.`);
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
      return { platform, region: await ask({ flag: `region-${nth}`, asks, example: fallback, fallback }) };
    }
    case "gcp-instance": {
      const fallback = ZONES[index] ?? "europe-west3-a";
      const zone = await ask({ flag: `region-${nth}`, asks: `Zone of site ${nth}`, example: fallback, fallback });
      const project = await ask({ flag: "project", asks: "Project of Google Cloud", example: "mailkeep-production" });
      return { platform, zone, project };
    }
    case "host": {
      const example = `192.0.2.1${nth},2001:db8::1${nth}`;
      const addresses = await ask({ flag: `addresses-${nth}`, asks: `IPv4 and IPv6 address of site ${nth}`, example });
      const asks = `Public SSH host key of site ${nth}, as /etc/ssh/ssh_host_ed25519_key.pub has it there`;
      const hostKey = await ask({ flag: `host-key-${nth}`, asks, example: "'ssh-ed25519 AAAA…'" });
      const [v4 = "", v6] = addresses.split(",").map((address) => address.trim());
      return { platform, v4, v6, hostKey: hostKey.split(/\s+/).slice(0, 2).join(" ") };
    }
  }
}

/** Whether no site can send by itself. */
function needsRelay(platforms: readonly Platform[], port25: boolean): boolean {
  return platforms.every((one) => one === "gcp-instance" || (one === "digitalocean-droplet" && !port25));
}

async function relayOf(ask: (question: Question) => Promise<string>): Promise<RelayAnswer> {
  const why = "port 25 is closed at every site, so mail leaves by a relay";
  const host = await ask({ flag: "relay", asks: `Host name of the relay: ${why}`, example: "smtp.provider.example" });
  const asks = "Name whose SPF record holds what the relay sends from, as its operator tells";
  const include = await ask({ flag: "relay-spf", asks, example: "spf.provider.example" });
  const user = await ask({
    flag: "relay-user",
    asks: "Login at the relay, or none",
    example: "none",
    fallback: "none",
  });
  return { host, include, user: user === "none" ? undefined : user };
}
