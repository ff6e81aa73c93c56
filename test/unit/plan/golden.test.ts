/** Every file that the containers of a local stack get can be read as a golden file, the keepers' configuration too. */
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Text } from "../../../components/plan/text.ts";
import { groupsOf, localPlan } from "./plans.ts";

const UNIT = fileURLToPath(new URL("..", import.meta.url));
const GOLDEN = readdirSync(UNIT, { recursive: true, encoding: "utf8" }).filter((path) => path.includes("/golden/"));

const workloads = groupsOf(localPlan()).flatMap((group) => group.workloads);

/** A key, a certificate or a zone by itself: nothing was rendered but a reference. Zones have golden files in test/unit/dns. */
function isReference(text: Text): boolean {
  return typeof text !== "string" && text.every((part) => typeof part !== "string");
}

describe.each(workloads.map((workload) => [workload.name, workload] as const))("%s", (name, { files, keeper }) => {
  it("has its keeper's configuration as in its golden file", async () => {
    await expect(`${JSON.stringify(keeper, null, 2)}\n`).toMatchFileSnapshot(`golden/keeper/${name}.json`);
  });

  it("has a golden file for each rendered file", () => {
    const rendered = Object.entries(files).filter(([, text]) => !isReference(text));
    const missing = rendered
      .map(([path]) => path)
      .filter((path) => !GOLDEN.some((one) => basename(one) === basename(path)));
    expect(missing).toEqual([]);
  });
});
