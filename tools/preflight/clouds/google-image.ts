/** Whether Google has the images that instances are made of. */
import { judgeOf, type Verdict } from "../verdict.ts";
import type { ReadOf, WantedInstance } from "./google-instances.ts";
import { isNotThere } from "./http.ts";

/** Where a name without a project is looked for besides. */
const DEBIAN = "debian-cloud";

/** As the provider reads a name: a family or an image, with its project before it or in the form of a path, or alone. */
export async function checkImage(
  { image, project }: Pick<WantedInstance, "image" | "project">,
  readOf: ReadOf,
): Promise<Verdict[]> {
  const [, given, name = image] =
    /^(?:projects\/)?([^/]+)\/(?:global\/images\/)?(?:family\/)?([^/]+)$/.exec(image) ?? [];
  const projects = given === undefined ? [project, DEBIAN] : [given];
  const replies = await Promise.all(
    projects.flatMap((one) => [readOf(one, `global/images/family/${name}`), readOf(one, `global/images/${name}`)]),
  );
  // Whoever may not look at an image may be let to use it.
  if (!replies.every(isNotThere)) return [];
  return [
    judgeOf("image", `google ${image}`)(
      "problem",
      `Google has no image ${image}.`,
      "Debian 13 is called debian-cloud/debian-13 there.",
    ),
  ];
}
