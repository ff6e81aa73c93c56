/** What `init` wants to know, and how it comes by it: from flags, from a person at a terminal, or by default. */
import { z } from "zod";
import { isMailboxAddress } from "../../components/directory/address.ts";
import { domainName } from "../../components/directory/schema.ts";
import { prefix4, prefix6 } from "../../components/settings/platforms.ts";
import { fail } from "../console.ts";
import { each, form, oneOf, partsOf } from "./forms.ts";
import type { Answering, Ask, Question } from "./question.ts";
import { type Platform, platformsOf, PROJECT, type SiteAnswer, siteOf } from "./site-answers.ts";

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

/** Who can serve the zones of such a stack. */
export const DNS_PROVIDERS = ["cloudflare", "digitalocean", "google", "print"] as const;

/**
 * Asks for everything that the stack needs.
 *
 * @throws SentenceError naming all flags that are missing, or what is not allowed
 */
export async function answersFor(stack: string, answering: Answering): Promise<Answers> {
  const missing: Question[] = [];
  const ask: Ask = async (question) => {
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

/** Whether no site can send by itself. */
function needsRelay(platforms: readonly Platform[], port25: boolean): boolean {
  return platforms.every((one) => one === "gcp-instance" || (one === "digitalocean-droplet" && !port25));
}

async function relayOf(ask: Ask): Promise<RelayAnswer> {
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
