/** The images there are, and where their folders lie. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ImageName } from "../../components/plan/workload.ts";

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
  "valkey",
  "pebble",
  "keeper",
] as const satisfies readonly ImageName[];

/** The checkout that these tools belong to. */
export const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Folder with a folder an image. */
export const IMAGES = join(PROJECT, "images");

export function isImageName(name: string): name is ImageName {
  return IMAGE_NAMES.some((known) => known === name);
}
