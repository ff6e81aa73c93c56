/** Whether Google lets us in, has what the settings name, and lets us have as much. */
import { z } from "zod";
import { judgeOf, type Verdict } from "../verdict.ts";
import { checkInstances, type WantedInstance } from "./google-instances.ts";
import { checkOwner } from "./google-owner.ts";
import { googleToken } from "./google-token.ts";
import { bodyOf, type Endpoints, isNotThere, isRefused, read, type Reply, troubleOf } from "./http.ts";
import type { FoundZones } from "./zones.ts";

/** Where to ask with what, about what; `from` is the variable that the credential is from. */
export interface GoogleArgs {
  readonly endpoints: Pick<Endpoints, "googleCompute" | "googleDns" | "googleOwners" | "googleToken">;
  readonly credential: { readonly from: string; readonly value: string };
  /** Instances that are still to be made. */
  readonly instances: readonly (WantedInstance & { readonly hostname: string })[];
  readonly zones: readonly { readonly name: string; readonly project: string }[];
}

const TOKENS: readonly string[] = ["GOOGLE_OAUTH_ACCESS_TOKEN", "gcp:accessToken"];
const managedSchema = z.looseObject({
  managedZones: z
    .array(z.looseObject({ dnsName: z.string(), nameServers: z.array(z.string()).default([]) }))
    .default([]),
});

const GOOD_KEY =
  "Name the JSON key of a service account there, one that may make machines and records in the projects.";

/** The credential, then what instances and zones want. */
export async function checkGoogle({ endpoints, credential, instances, zones }: GoogleArgs): Promise<FoundZones> {
  const { from, value } = credential;
  const granted = await googleToken(endpoints.googleToken, value, TOKENS.includes(from));
  if ("failed" in granted) {
    const verdict = judgeOf("credentials", "google");
    const why = granted.refused
      ? verdict("problem", `What ${from} has does not let us in: ${granted.failed}.`, GOOD_KEY)
      : verdict("unknown", `Whether what ${from} has lets us in is not told: ${granted.failed}.`, "Try again.");
    return { verdicts: [why], servers: new Map() };
  }
  const get = (url: string): Promise<Reply> => read(url, granted.token);
  const isToken = TOKENS.includes(from);
  const [machines, owners] = await Promise.all([
    checkInstances(instances, (project, path) =>
      get(`${endpoints.googleCompute}/compute/v1/projects/${project}/${path}`),
    ),
    checkOwner({ endpoints, given: value, isToken, instances }),
  ]);
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
    verdicts: [letIn, ...machines, ...owners, ...found.flatMap(({ name, reply }) => refusedZone(name, reply))],
    servers: new Map(found.flatMap(({ name, servers }) => (servers === undefined ? [] : [[name, servers] as const]))),
  };
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
