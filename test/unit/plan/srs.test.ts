/** Secrets of rewritten senders: a site that has moved on and one that has not must believe each other. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { srsSecrets } from "../../../components/plan/srs.ts";
import { BRAVO, localPlan, refsIn, siteOf, workloadOf, ALPHA } from "./plans.ts";

const generation = fc.integer({ min: 1, max: 1_000_000 });

describe("the secrets of a generation", () => {
  it.each([
    [1, ["srs/1", "srs/2"]],
    [2, ["srs/2", "srs/1", "srs/3"]],
    [7, ["srs/7", "srs/6", "srs/8"]],
  ])("%d: the one that signs, the one before, the next", (one, names) => expect(srsSecrets(one)).toEqual(names));

  it("hold the one that signs a step earlier and a step later", () =>
    fc.assert(
      fc.property(generation, (one) => {
        expect(srsSecrets(one + 1)).toContain(srsSecrets(one)[0]);
        expect(srsSecrets(one)).toContain(srsSecrets(one + 1)[0]);
      }),
    ));
});

describe("a step to the next generation", () => {
  const before = localPlan({ sites: [ALPHA, BRAVO] });
  const after = localPlan({ sites: [ALPHA, BRAVO], rotation: { srs: 2 } });
  const passwords = (plan: typeof before): readonly string[] => plan.keys.passwords.map(({ name }) => name);

  it("makes one password and takes none away", () => {
    expect(passwords(after).filter((name) => !passwords(before).includes(name))).toEqual(["srs/3"]);
    expect(passwords(before).filter((name) => !passwords(after).includes(name))).toEqual([]);
  });

  it("changes PostSRSd's secrets at each site, and nothing else there", () => {
    for (const name of ["alpha", "bravo"]) {
      const [old, now] = [siteOf(before, name), siteOf(after, name)];
      const changed = now.workloads.filter((one) => JSON.stringify(one) !== JSON.stringify(workloadOf(old, one.name)));
      expect(changed.map((one) => one.name)).toEqual(["postsrsd"]);
      expect(refsIn(workloadOf(now, "postsrsd").files["secrets"] ?? "")).toEqual(
        ["srs/2", "srs/1", "srs/3"].map((password) => ({ ref: "password", password })),
      );
    }
  });
});
