/** Whether Google lets a project have in a region what the stack will make there, all of it together. Pure. */
import { z } from "zod";
import { GCP_BOOT_DISK_GIB } from "../../../components/plan/machine.ts";
import { judgeOf, type Verdict } from "../verdict.ts";
import { bodyOf, type Reply, troubleOf } from "./http.ts";

/** What one instance takes. */
export interface Taken {
  readonly machineType: string;
  /** As the machine type says; undefined where it did not. */
  readonly cpus: number | undefined;
  readonly mailDiskGiB: number;
}

const quotasSchema = z.looseObject({
  quotas: z.array(z.looseObject({ metric: z.string(), limit: z.number(), usage: z.number() })),
});

/** Families that share the first quota there was. */
const OLD_FAMILIES: readonly string[] = ["e2", "f1", "g1", "n1"];

/** @param reply what Google says of the region */
export function judgeQuotas(region: string, instances: readonly Taken[], reply: Reply): Verdict {
  const verdict = judgeOf("quota", `google ${region}`);
  const quotas = bodyOf(reply, quotasSchema)?.quotas;
  if (quotas === undefined) return verdict("unknown", `Quotas are not told: ${troubleOf(reply)}.`, "Try again.");
  const needs = neededBy(instances);
  // What has no quota is not limited by one.
  const short = quotas.flatMap(({ metric, limit, usage }) => {
    const more = needs.get(metric) ?? 0;
    return more > 0 && usage + more > limit ? [`${metric} (${usage} of ${limit} taken, ${more} more wanted)`] : [];
  });
  const what =
    instances.length === 1
      ? "the machine, its address and its disks"
      : `the ${instances.length} machines, their addresses and disks`;
  if (short.length === 0) return verdict("ok", `There is room for ${what}.`);
  return verdict(
    "problem",
    `The region has not enough left of ${short.join(", ")}.`,
    "Ask Google for more (IAM & Admin, Quotas), or choose another region.",
  );
}

/** By Google's names of quotas. `pd-balanced` counts as SSD. */
function neededBy(instances: readonly Taken[]): ReadonlyMap<string, number> {
  const needs = new Map<string, number>();
  const add = (metric: string, more: number): unknown => needs.set(metric, (needs.get(metric) ?? 0) + more);
  for (const { machineType, cpus = 0, mailDiskGiB } of instances) {
    const [family = ""] = machineType.split("-");
    add("INSTANCES", 1);
    add("STATIC_ADDRESSES", 1);
    add("SSD_TOTAL_GB", GCP_BOOT_DISK_GIB + mailDiskGiB);
    add(`${family.toUpperCase()}_CPUS`, cpus);
    if (OLD_FAMILIES.includes(family)) add("CPUS", cpus);
  }
  return needs;
}
