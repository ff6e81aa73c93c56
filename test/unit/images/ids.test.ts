/** The plan and the images must agree on numeric users: a volume belongs to a number, not to a name. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UID } from "../../../components/plan/ids.ts";
import { IMAGE_NAMES } from "../../../tools/images/names.ts";
import { groupsOf, localPlan } from "../plan/plans.ts";

function dockerfile(image: string): string {
  return readFileSync(new URL(`../../../images/${image}/Dockerfile`, import.meta.url), "utf8");
}

/** Users that an image makes, or gives another number, by name. */
function users(image: string): Map<string, number> {
  const text = dockerfile(image).replaceAll("\\\n", " ");
  const made = [...text.matchAll(/(?:useradd|usermod)\b[^&\n]*?--uid (\d+)[^&\n]*? (\w+)\s*(?=&&|\n|$)/g)];
  return new Map(made.map(([, uid, name = ""]) => [name, Number(uid)]));
}

function groups(image: string): Map<string, number> {
  const text = dockerfile(image).replaceAll("\\\n", " ");
  const made = [...text.matchAll(/(?:groupadd|groupmod)\b[^&\n]*?--gid (\d+) (\w+)/g)];
  return new Map(made.map(([, gid, name = ""]) => [name, Number(gid)]));
}

const DEBIAN_NAMES: Readonly<Record<string, string>> = { rspamd: "_rspamd" };

describe("each user of the plan", () => {
  const planned = Object.entries(UID).filter(([name]) => name !== "root");
  const made = new Map(IMAGE_NAMES.flatMap((image) => [...users(image)]));
  const groupsMade = new Map(IMAGE_NAMES.flatMap((image) => [...groups(image)]));

  it.each(planned)("%s has the number %d in its image, and its group has the same", (name, uid) => {
    const there = DEBIAN_NAMES[name] ?? name;
    expect(made.get(there)).toBe(uid);
    expect(groupsMade.get(there)).toBe(uid);
  });

  it("has a number that no other user of any image has", () => {
    const numbers = [...made.values()];
    expect(numbers.filter((uid, index) => numbers.indexOf(uid) !== index)).toEqual([]);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(2000);
  });

  it("is made before packages are installed, so that they do not take another number", () => {
    for (const image of IMAGE_NAMES.filter((name) => /\buseradd\b/.test(dockerfile(name)))) {
      // What an earlier stage installs stays there.
      const lines = (
        dockerfile(image)
          .split(/^FROM /m)
          .at(-1) ?? ""
      ).split("\n");
      const installs = lines.findIndex((line) => /apt-get install(?!.*adduser)/.test(line));
      const makes = lines.findIndex((line) => line.includes("useradd"));
      if (installs >= 0) expect(makes, image).toBeLessThan(installs);
    }
  });
});

it("each workload runs as a user that its image has", () => {
  for (const { workloads } of groupsOf(localPlan())) {
    for (const { name, image, uid } of workloads) {
      if (uid !== UID.root) expect([...users(image).values()], name).toContain(uid);
    }
  }
});
