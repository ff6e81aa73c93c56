/** Whether Google lets us in, has what the settings name, and lets us have as much. */
import { z } from "zod";
import type { Verdict } from "../verdict.ts";
import { googleToken } from "./google-token.ts";
import { bodyOf, type Endpoints, isNotThere, isRefused, read, type Reply, troubleOf } from "./http.ts";
import type { FoundZones } from "./zones.ts";

export interface WantedInstance {
  readonly site: string;
  readonly project: string;
  readonly zone: string;
  readonly machineType: string;
}

export interface GoogleArgs {
  readonly endpoints: Pick<Endpoints, "googleCompute" | "googleDns" | "googleToken">;
  readonly credential: { readonly from: string; readonly value: string };
  /** Instances that are still to be made. */
  readonly instances: readonly WantedInstance[];
  readonly zones: readonly { readonly name: string; readonly project: string }[];
}

const TOKENS: readonly string[] = ["GOOGLE_OAUTH_ACCESS_TOKEN", "gcp:accessToken"];
const itemsSchema = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })).default([]) });
const quotasSchema = z.looseObject({
  quotas: z.array(z.looseObject({ metric: z.string(), limit: z.number(), usage: z.number() })),
});
const managedSchema = z.looseObject({
  managedZones: z
    .array(z.looseObject({ dnsName: z.string(), nameServers: z.array(z.string()).default([]) }))
    .default([]),
});

/** What one instance takes of its region, by Google's names. */
const NEEDED = ["INSTANCES", "STATIC_ADDRESSES"] as const;

export async function checkGoogle({ endpoints, credential, instances, zones }: GoogleArgs): Promise<FoundZones> {
  const { from, value } = credential;
  const granted = await googleToken(endpoints.googleToken, value, TOKENS.includes(from));
  if ("failed" in granted) {
    const says = `What ${from} has does not let us in: ${granted.failed}.`;
    const fix = "Name the JSON key of a service account there, one that may make machines and records in the projects.";
    return { verdicts: [{ check: "credentials", where: "google", level: "problem", says, fix }], servers: new Map() };
  }
  const get = (url: string): Promise<Reply> => read(url, granted.token);
  const compute = (project: string, path: string): string =>
    `${endpoints.googleCompute}/compute/v1/projects/${project}/${path}`;
  const machines = await Promise.all(instances.map((instance) => checkInstance(instance, compute, get)));
  const found = await Promise.all(
    zones.map(async ({ name, project }) => {
      const url = `${endpoints.googleDns}/dns/v1/projects/${project}/managedZones?dnsName=${encodeURIComponent(`${name}.`)}`;
      const reply = await get(url);
      const servers = bodyOf(reply, managedSchema)?.managedZones.find(
        ({ dnsName }) => dnsName === `${name}.`,
      )?.nameServers;
      return { name, reply, servers: servers?.map((server) => server.replace(/\.$/, "").toLowerCase()) };
    }),
  );
  const letIn: Verdict = { check: "credentials", where: "google", level: "ok", says: `What ${from} has lets us in.` };
  return {
    verdicts: [letIn, ...machines.flat(), ...found.flatMap(({ name, reply }) => refusedZone(name, reply))],
    servers: new Map(found.flatMap(({ name, servers }) => (servers === undefined ? [] : [[name, servers] as const]))),
  };
}

async function checkInstance(
  { site, project, zone, machineType }: WantedInstance,
  compute: (project: string, path: string) => string,
  get: (url: string) => Promise<Reply>,
): Promise<Verdict[]> {
  const common = { check: "machine", where: site } as const;
  const region = zone.replace(/-[a-z]$/, "");
  const [place, type, quotas] = await Promise.all([
    get(compute(project, `zones/${zone}`)),
    get(compute(project, `zones/${zone}/machineTypes/${machineType}`)),
    get(compute(project, `regions/${region}`)),
  ]);
  if (isRefused(place))
    return [
      {
        ...common,
        level: "problem",
        says: `The project ${project} may not be read.`,
        fix: "See that the project is called so, that its Compute Engine is switched on, and that the account has a role in it.",
      },
    ];
  if (isNotThere(place)) {
    const all = bodyOf(await get(compute(project, "zones")), itemsSchema)?.items.map(({ name }) => name) ?? [];
    const near = all.filter((name) => name.split("-")[0] === zone.split("-")[0]);
    const fix =
      all.length === 0
        ? "Look at the project's name too."
        : `Choose one of ${(near.length > 0 ? near : all).join(", ")}.`;
    return [{ ...common, level: "problem", says: `Google has no zone ${zone} for ${project}.`, fix }];
  }
  if (isNotThere(type)) {
    const says = `Google has no machine type ${machineType} in ${zone}.`;
    return [{ ...common, level: "problem", says, fix: "Choose another, such as e2-small, or another zone." }];
  }
  const trouble = [place, type].find((reply) => !("status" in reply) || reply.status !== 200);
  if (trouble !== undefined)
    return [
      {
        ...common,
        level: "unknown",
        says: `What Google offers is not told: ${troubleOf(trouble)}.`,
        fix: "Try again.",
      },
    ];
  return [{ ...common, level: "ok", says: `${machineType} is to be had in ${zone}.` }, ...judgeQuotas(region, quotas)];
}

function judgeQuotas(region: string, reply: Reply): Verdict[] {
  const quotas = bodyOf(reply, quotasSchema)?.quotas;
  const common = { check: "quota", where: `google ${region}` } as const;
  if (quotas === undefined)
    return [{ ...common, level: "unknown", says: `Quotas are not told: ${troubleOf(reply)}.`, fix: "Try again." }];
  const short = quotas.filter(({ metric, limit, usage }) => NEEDED.some((one) => one === metric) && usage + 1 > limit);
  if (short.length === 0)
    return [{ ...common, level: "ok", says: "There is room for one more machine and its address." }];
  const list = short.map(({ metric, limit, usage }) => `${metric} (${usage} of ${limit})`).join(", ");
  return [
    {
      ...common,
      level: "problem",
      says: `The region has nothing left of ${list}.`,
      fix: "Ask Google for more (IAM & Admin, Quotas), or choose another region.",
    },
  ];
}

/** A zone that is not there yet will be made. */
function refusedZone(name: string, reply: Reply): Verdict[] {
  const common = { check: "zone", where: `google ${name}` } as const;
  if (bodyOf(reply, managedSchema) !== undefined) return [];
  if (isRefused(reply) || isNotThere(reply)) {
    const fix = "Switch Cloud DNS on in the project, and give the account the role DNS Administrator.";
    return [{ ...common, level: "problem", says: "The project's zones may not be read.", fix }];
  }
  return [{ ...common, level: "unknown", says: `Google cannot be asked: ${troubleOf(reply)}.`, fix: "Try again." }];
}
