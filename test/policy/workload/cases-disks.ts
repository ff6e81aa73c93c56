/** Cases for the rule about disks that clouds keep. */
import { type FakeResource, UNKNOWN } from "../../support/policy.ts";
import type { RuleCases } from "../../support/rule-cases.ts";
import { all, type Change, inResource, nothing, unprotected, withoutResource } from "../../support/slips.ts";

const VOLUME = "digitalocean:index/volume:Volume";
const DISK = "gcp:compute/disk:Disk";
const SCHEDULE = "gcp:compute/resourcePolicy:ResourcePolicy";
const ATTACHMENT = "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment";
const PRODUCTION = { stack: "production" } as const;

const schedule = (snapshotSchedulePolicy: unknown) =>
  inResource(SCHEDULE, "bravo-mail-snapshots", (props) => ({ ...props, snapshotSchedulePolicy }));
const attachment =
  (props: FakeResource["props"], sources: NonNullable<FakeResource["sources"]> = {}): Change =>
  (resources) =>
    resources.map((one) => (one.type === ATTACHMENT ? { ...one, props: { ...one.props, ...props }, sources } : one));
export const diskCases: Readonly<Record<string, RuleCases>> = {
  "require-protected-mail-disk": {
    refuses: [
      [
        "a volume that can be deleted",
        unprotected("alpha-mail", VOLUME),
        "the disk alpha-mail is not protected, so a slip could delete the mail on it; set protect.",
        PRODUCTION,
      ],
      [
        "a disk of Google's that can be deleted",
        unprotected("bravo-mail", DISK),
        "the disk bravo-mail is not protected",
        PRODUCTION,
      ],
      [
        "a disk without snapshots",
        withoutResource("bravo-mail-snapshots", ATTACHMENT),
        "the disk bravo-mail has no schedule of snapshots; attach one.",
        PRODUCTION,
      ],
      ["another disk's snapshots", attachment({ disk: "charlie" }), "the disk bravo-mail has no schedule", PRODUCTION],
      ["a policy of another kind", schedule(undefined), "the disk bravo-mail has no schedule", PRODUCTION],
      [
        "a disk in a stack that is named",
        unprotected("alpha-mail", VOLUME),
        "the disk alpha-mail",
        { stack: "live", config: { production: ["live"] } },
      ],
    ],
    accepts: [
      ["one that is, and has snapshots", nothing, PRODUCTION],
      ["one elsewhere that can be deleted", unprotected("alpha-mail", VOLUME), { stack: "staging" }],
      [
        "one that holds nothing that matters",
        unprotected("alpha-mail", VOLUME),
        { ...PRODUCTION, config: { withoutMail: ["alpha-mail"] } },
      ],
      [
        "names that are known only when the disk is made",
        all(
          inResource(DISK, "bravo-mail", (props) => ({ ...props, name: UNKNOWN })),
          attachment(
            { disk: UNKNOWN, name: UNKNOWN },
            { disk: [`${DISK}::bravo-mail`], name: [`${SCHEDULE}::bravo-mail-snapshots`] },
          ),
        ),
        PRODUCTION,
      ],
    ],
    unknown: [schedule(UNKNOWN), PRODUCTION],
  },
};
