/** Whether the tokens that sites renew their certificates with open the zones that they are for: one harmless read each. */
import { z } from "zod";
import type { PublishedZone } from "../../../components/plan/published.ts";
import { judgeOf, type Verdict } from "../verdict.ts";
import { googleToken } from "./google-token.ts";
import { type Endpoints, isNotThere, isRefused, read, type Reply, troubleOf } from "./http.ts";

/** Whom to ask about which zones. */
export interface DnsTokensArgs {
  readonly endpoints: Pick<Endpoints, "cloudflare" | "digitalocean" | "googleDns" | "googleToken">;
  /** Of the stack's configuration, decrypted. */
  readonly config: Readonly<Record<string, string>>;
  readonly zones: readonly Pick<PublishedZone, "name" | "provider" | "zoneId" | "project">[];
}

const KEY = "mailkeep:dnsTokens";

/** One verdict for each zone that has a token and can be asked. */
export async function checkDnsTokens(args: DnsTokensArgs): Promise<Verdict[]> {
  const tokens = tokensIn(args.config[KEY]);
  const found = await Promise.all(
    args.zones.map(async (zone) => {
      const token = tokens[zone.name];
      const reply = token === undefined ? undefined : await ask(zone, token, args.endpoints);
      return reply === undefined ? [] : [judge(zone.name, reply)];
    }),
  );
  return found.flat();
}

/** A zone that is yet to be made is no reason to refuse its token. */
function judge(zone: string, reply: Reply): Verdict {
  const verdict = judgeOf("credentials", `dnsTokens ${zone}`);
  if (isRefused(reply))
    return verdict(
      "problem",
      "It does not open the records of the zone, so the sites would get no certificates.",
      `Make one that may read the zone and change its records, and set it: ` +
        `pulumi config set --secret --path '${KEY}["${zone}"]'`,
    );
  if (isNotThere(reply))
    return verdict(
      "unknown",
      "The zone is not there, or the token does not see it.",
      "Try again after the first `up`.",
    );
  if ("failed" in reply || reply.status !== 200)
    return verdict("unknown", `The provider cannot be asked: ${troubleOf(reply)}.`, "Try again.");
  return verdict("ok", "It opens the records of the zone.");
}

/** Undefined for a provider that is given no token. */
async function ask(
  { name, provider, zoneId = "", project = "" }: DnsTokensArgs["zones"][number],
  token: string,
  endpoints: DnsTokensArgs["endpoints"],
): Promise<Reply | undefined> {
  switch (provider) {
    case "cloudflare": {
      const zone = `${endpoints.cloudflare}/client/v4/zones/${encodeURIComponent(zoneId)}`;
      // The sites' client looks the zone up by its name before it changes records.
      const replies = await Promise.all([read(zone, token), read(`${zone}/dns_records?per_page=1`, token)]);
      return replies.find((reply) => !("status" in reply) || reply.status !== 200) ?? replies[0];
    }
    case "digitalocean":
      return await read(`${endpoints.digitalocean}/v2/domains/${encodeURIComponent(name)}/records?per_page=1`, token);
    case "google": {
      const granted = await googleToken(endpoints.googleToken, token, false);
      if ("failed" in granted) return granted.refused ? { status: 401, body: undefined } : { failed: granted.failed };
      const query = `dnsName=${encodeURIComponent(`${name}.`)}`;
      return await read(`${endpoints.googleDns}/dns/v1/projects/${project}/managedZones?${query}`, granted.token);
    }
    case "print":
      return undefined;
  }
}

function tokensIn(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const tokens = z.record(z.string(), z.string()).safeParse(parsed(text));
  return tokens.success ? tokens.data : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
