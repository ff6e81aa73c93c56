/** Slips in the template `production`, whose disks are resources of clouds. */
import type { Slips } from "../../support/mutations.ts";
import { unprotected } from "../../support/slips.ts";

export const CLOUD_SLIPS: Slips = {
  "require-protected-mail-disk": {
    when: "a disk could be deleted",
    change: unprotected("alpha-mail", "digitalocean:index/volume:Volume"),
    says: "the disk alpha-mail is not protected",
  },
};
