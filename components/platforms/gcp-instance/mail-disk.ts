/** The disk for mail of an instance, protected, with snapshots. */
import * as pulumi from "@pulumi/pulumi";
import { Disk } from "@pulumi/gcp/compute/disk.js";
import { DiskResourcePolicyAttachment } from "@pulumi/gcp/compute/diskResourcePolicyAttachment.js";
import { ResourcePolicy } from "@pulumi/gcp/compute/resourcePolicy.js";

/** The disk of one machine. */
export interface MailDiskArgs {
  /** Google's name of the machine; the disk's is `<name>-mail`. */
  readonly name: string;
  /** Google's project that owns it. */
  readonly project: string;
  /** Where the machine is, such as `europe-west3-a`. */
  readonly zone: string;
  /** The zone's region. Snapshots are taken for one. */
  readonly region: string;
  /** A larger one is grown in place; Google shrinks none. */
  readonly sizeGiB: number;
}

const SNAPSHOT_DAYS = 14;

/** One disk, and a snapshot of it each night, which outlives it. Destroying it is refused (`protect`). */
export class MailDisk extends pulumi.ComponentResource {
  /** What an instance names as the source of an attached disk. */
  readonly source: pulumi.Output<string>;

  constructor(name: string, args: MailDiskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailkeep:platforms:GcpMailDisk", name, args, opts);
    const child = { parent: this };
    const { project, zone, region } = args;
    const own = { name: `${args.name}-mail`, project };
    const disk = new Disk(name, { ...own, zone, size: args.sizeGiB, type: "pd-balanced" }, { ...child, protect: true });
    const schedule = new ResourcePolicy(
      `${name}-snapshots`,
      {
        ...own,
        region,
        snapshotSchedulePolicy: {
          schedule: { dailySchedule: { daysInCycle: 1, startTime: "03:00" } },
          retentionPolicy: { maxRetentionDays: SNAPSHOT_DAYS, onSourceDiskDelete: "KEEP_AUTO_SNAPSHOTS" },
        },
      },
      child,
    );
    const attachment = { name: schedule.name, disk: disk.name, zone, project };
    new DiskResourcePolicyAttachment(`${name}-snapshots`, attachment, child);
    this.source = disk.selfLink;
    this.registerOutputs({ source: this.source });
  }
}
