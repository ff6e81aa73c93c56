/** The images there are, and where their folders lie. */
import { join } from "node:path";
import type { ImageName } from "../../components/plan/workload.ts";
import { ROOT } from "../paths.ts";

/** Slow builds first, so that the last ones to run are short. */
export const IMAGE_NAMES = [
  "outside",
  "rspamd",
  "dovecot",
  "postfix",
  "couchmail",
  "certs",
  "knot",
  "unbound",
  "haproxy",
  "opendkim",
  "postsrsd",
  "valkey",
  "pebble",
  "keeper",
] as const satisfies readonly ImageName[];

/** Folder with a folder an image. */
export const IMAGES = join(ROOT, "images");

/** Whether there is a folder for it. */
export function isImageName(name: string): name is ImageName {
  return IMAGE_NAMES.some((known) => known === name);
}
