/** A cloud deletes a disk as soon as it is told to; mail has nothing else that it could be made again from. */
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import { names } from "../read/origins.ts";
import { PRODUCTION, type Production, stackOf } from "../read/stack.ts";
import { isFields, list } from "../read/values.ts";

interface Config extends Production {
  readonly withoutMail: readonly string[];
}

const DISKS: ReadonlySet<string> = new Set(["digitalocean:index/volume:Volume", "gcp:compute/disk:Disk"]);
const ATTACHMENT = "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment";
const SCHEDULE = "gcp:compute/resourcePolicy:ResourcePolicy";

export const requireProtectedMailDisk: StackValidationPolicy = {
  name: "require-protected-mail-disk",
  description:
    "In production the disks that clouds keep are protected from deletion, and where the cloud makes snapshots of disks by a " +
    "schedule, they have one.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      ...PRODUCTION,
      withoutMail: listOption("Names of disks, as the program has them, that hold nothing that matters."),
    },
  },
  remediationSteps:
    "Give the disk the option `protect: true`, and one of Google's a ResourcePolicy with a `snapshotSchedulePolicy` by a DiskResourcePolicyAttachment.",
  validateStack: (args, report) => {
    const { resources } = args;
    const { production, withoutMail } = args.getConfig<Config>();
    if (!production.includes(stackOf(resources[0]?.urn ?? ""))) return;
    for (const disk of resources.filter(({ type, name }) => DISKS.has(type) && !withoutMail.includes(name))) {
      if (!disk.opts.protect)
        report(`the disk ${disk.name} is not protected, so a slip could delete the mail on it; set protect.`);
      if (disk.type.startsWith("gcp:") && !hasSnapshots(disk, resources))
        report(`the disk ${disk.name} has no schedule of snapshots; attach one.`);
    }
  },
};

function hasSnapshots(disk: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const schedules = resources.filter(({ type, props }) => type === SCHEDULE && makesSnapshots(props));
  const attached = resources.filter((one) => one.type === ATTACHMENT && names(one, "disk", disk));
  return schedules.some((schedule) => attached.some((one) => names(one, "name", schedule)));
}

/** One object, or a list of one with older plugins. */
function makesSnapshots({ snapshotSchedulePolicy }: PolicyResource["props"]): boolean {
  return isFields(list(snapshotSchedulePolicy)[0] ?? snapshotSchedulePolicy);
}
