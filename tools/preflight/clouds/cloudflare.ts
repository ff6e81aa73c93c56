/** Whether Cloudflare lets us in, and has the zones. It also tells which servers it serves each of them at. */
import { z } from "zod";
import { judgeOf, type Verdict } from "../verdict.ts";
import { bodyOf, isNotThere, isRefused, read, type Reply, troubleOf } from "./http.ts";
import type { FoundZones } from "./zones.ts";

/** A zone of the settings, with the id that they have for it. */
export interface WantedZone {
  readonly name: string;
  readonly zoneId: string;
}

/** Where to ask with what; `from` is the variable that the token is from. */
export interface CloudflareArgs {
  readonly base: string;
  readonly token: string;
  readonly from: string;
  readonly zones: readonly WantedZone[];
}

const tokenSchema = z.looseObject({ result: z.looseObject({ status: z.string() }) });
const zoneSchema = z.looseObject({
  result: z.looseObject({ name: z.string(), status: z.string(), name_servers: z.array(z.string()).default([]) }),
});

/** The token and each zone, by reads alone. */
export async function checkCloudflare({ base, token, from, zones }: CloudflareArgs): Promise<FoundZones> {
  const verified = await read(`${base}/client/v4/user/tokens/verify`, token);
  const found = await Promise.all(
    zones.map(async (zone) =>
      judgeZone(zone, await read(`${base}/client/v4/zones/${encodeURIComponent(zone.zoneId)}`, token)),
    ),
  );
  // A token of an account, not of a user, cannot be verified so; that it reads a zone says more.
  const reads = found.some(({ servers }) => servers !== undefined);
  return {
    verdicts: [judgeToken(verified, from, reads), ...found.map(({ verdict }) => verdict)],
    servers: new Map(found.flatMap(({ name, servers }) => (servers === undefined ? [] : [[name, servers] as const]))),
  };
}

function judgeToken(reply: Reply, from: string, reads: boolean): Verdict {
  const common = { check: "credentials", where: "cloudflare" } as const;
  const status = bodyOf(reply, tokenSchema)?.result.status;
  if (status === "active" || reads) return { ...common, level: "ok", says: `The token in ${from} is active.` };
  if (status !== undefined || isRefused(reply))
    return {
      ...common,
      level: "problem",
      says: status === undefined ? `Cloudflare refuses the token in ${from}.` : `The token in ${from} is ${status}.`,
      fix: "Make one with the permissions Zone:Read and DNS:Edit for the zones, and set it there.",
    };
  return { ...common, level: "unknown", says: `Cloudflare cannot be asked: ${troubleOf(reply)}.`, fix: "Try again." };
}

interface ZoneFound {
  readonly name: string;
  readonly verdict: Verdict;
  readonly servers: readonly string[] | undefined;
}

function judgeZone({ name, zoneId }: WantedZone, reply: Reply): ZoneFound {
  const result = bodyOf(reply, zoneSchema)?.result;
  const verdict = (level: Verdict["level"], says: string, fix?: string): ZoneFound => ({
    name,
    verdict: judgeOf("zone", `cloudflare ${name}`)(level, says, fix),
    servers: result?.name === name ? result.name_servers.map((server) => server.toLowerCase()) : undefined,
  });
  if (result === undefined) {
    if (isRefused(reply) || isNotThere(reply))
      return verdict(
        "problem",
        `The token cannot read the zone ${name} (id ${zoneId}).`,
        "See that the id is the one of the zone's overview page, and that the token has the permission Zone:Read for it.",
      );
    return verdict("unknown", `Cloudflare cannot be asked about ${name}: ${troubleOf(reply)}.`, "Try again.");
  }
  if (result.name !== name)
    return verdict(
      "problem",
      `The zone with the id ${zoneId} is ${result.name}, not ${name}.`,
      "Correct its `zoneId` in `dnsZones`.",
    );
  if (result.status !== "active")
    return verdict(
      "warning",
      `Cloudflare has ${name}, but it is ${result.status}: the registrar does not lead there yet.`,
      `Name ${result.name_servers.join(" and ")} as its name servers at the registrar.`,
    );
  return verdict("ok", `Cloudflare has ${name}, and it is active.`);
}
