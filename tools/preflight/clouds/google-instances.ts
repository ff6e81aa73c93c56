/** Whether Google has the places, types and images of the instances that are still to be made, and room for all of them. */
import { z } from "zod";
import { groupedBy } from "../../../components/plan/grouped.ts";
import { judgeOf, type Verdict } from "../verdict.ts";
import { checkImage } from "./google-image.ts";
import { judgeQuotas } from "./google-quotas.ts";
import { bodyOf, isNotThere, isRefused, type Reply, troubleOf } from "./http.ts";

/** What a site's instance is to be. */
export interface WantedInstance {
  readonly site: string;
  readonly project: string;
  readonly zone: string;
  readonly machineType: string;
  readonly image: string;
  readonly mailDiskGiB: number;
}

/** Reads a path of the interface that lies below a project. */
export type ReadOf = (project: string, path: string) => Promise<Reply>;

const itemsSchema = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })).default([]) });
const typeSchema = z.looseObject({ guestCpus: z.number() });

/** @param readOf reads something of a project's */
export async function checkInstances(instances: readonly WantedInstance[], readOf: ReadOf): Promise<Verdict[]> {
  const machines = await Promise.all(instances.map((instance) => checkPlace(instance, readOf)));
  const byImage = groupedBy(instances, ({ project, image }) => `${project} ${image}`);
  const images = await Promise.all([...byImage.values()].map(async ([one]) => (one ? checkImage(one, readOf) : [])));
  // What cannot be made takes nothing.
  const room = machines.filter(({ verdict }) => verdict.level === "ok");
  const byRegion = groupedBy(room, ({ instance }) => `${instance.project} ${regionOf(instance)}`);
  const quotas = await Promise.all(
    [...byRegion.values()].map(async (found) => {
      const [first] = found;
      if (first === undefined) return [];
      const region = regionOf(first.instance);
      const taken = found.map(({ instance: { machineType, mailDiskGiB }, cpus }) => ({
        machineType,
        mailDiskGiB,
        cpus,
      }));
      return [judgeQuotas(region, taken, await readOf(first.instance.project, `regions/${region}`))];
    }),
  );
  return [...machines.map(({ verdict }) => verdict), ...images.flat(), ...quotas.flat()];
}

interface Place {
  readonly instance: WantedInstance;
  readonly verdict: Verdict;
  readonly cpus: number | undefined;
}

async function checkPlace(instance: WantedInstance, readOf: ReadOf): Promise<Place> {
  const { project, zone, machineType } = instance;
  const [place, type] = await Promise.all([
    readOf(project, `zones/${zone}`),
    readOf(project, `zones/${zone}/machineTypes/${machineType}`),
  ]);
  const verdict = isNotThere(place)
    ? noZone(instance, await readOf(project, "zones"))
    : judgePlace(instance, place, type);
  return { instance, verdict, cpus: bodyOf(type, typeSchema)?.guestCpus };
}

function judgePlace({ site, project, zone, machineType }: WantedInstance, place: Reply, type: Reply): Verdict {
  const verdict = judgeOf("machine", site);
  if (isRefused(place))
    return verdict(
      "problem",
      `The project ${project} may not be read.`,
      "See that the project is called so, that its Compute Engine is switched on, and that the account has a role in it.",
    );
  if (isNotThere(type))
    return verdict(
      "problem",
      `Google has no machine type ${machineType} in ${zone}.`,
      "Choose another, such as e2-small, or another zone.",
    );
  const trouble = [place, type].find((reply) => !("status" in reply) || reply.status !== 200);
  if (trouble !== undefined)
    return verdict("unknown", `What Google offers is not told: ${troubleOf(trouble)}.`, "Try again.");
  return verdict("ok", `${machineType} is to be had in ${zone}.`);
}

function noZone({ site, project, zone }: WantedInstance, zones: Reply): Verdict {
  const all = bodyOf(zones, itemsSchema)?.items.map(({ name }) => name) ?? [];
  const near = all.filter((name) => name.split("-")[0] === zone.split("-")[0]);
  const fix =
    all.length === 0
      ? "Look at the project's name too."
      : `Choose one of ${(near.length > 0 ? near : all).join(", ")}.`;
  return judgeOf("machine", site)("problem", `Google has no zone ${zone} for ${project}.`, fix);
}

/** `europe-west3-a` lies in `europe-west3`. */
function regionOf({ zone }: Pick<WantedInstance, "zone">): string {
  return zone.replace(/-[a-z]$/, "");
}
