import { describe, expect, test } from "vitest";
import { diffHost, diffInputs, expectedOutputs } from "../../../providers/compose/diff.ts";
import type { Difference } from "../../../providers/compose/protocol.ts";
import { isObject, UNKNOWN } from "../../../providers/compose/values.ts";
import { release, withMx } from "./inputs.fixture.ts";

const brief = (differences: readonly Difference[]): string[] =>
  differences.map(({ path, kind, replace }) => `${kind} ${path}${replace ? " (replace)" : ""}`);

describe("inputs", () => {
  test("that are the same differ in nothing", () => {
    expect(diffInputs(release, structuredClone(release))).toEqual([]);
  });

  test("differ by workload and file", () => {
    const changed = withMx((mx) => ({ ...mx, files: { "main.cf": "a = c\n", "new.cf": "" } }));
    expect(brief(diffInputs(release, changed))).toEqual([
      'update workloads.mx.files["main.cf"]',
      'delete workloads.mx.files["maps/x"]',
      'add workloads.mx.files["new.cf"]',
    ]);
  });

  test("differ in a list as a whole", () => {
    const changed = withMx((mx) => ({ ...mx, service: { ...mx.service, volumes: [] } }));
    expect(brief(diffInputs(release, changed))).toEqual(["update workloads.mx.service.volumes"]);
  });

  test("make a new release only for another project or folder", () => {
    expect(brief(diffInputs(release, { ...release, project: "other", directory: "/srv/else/where" }))).toEqual([
      "update directory (replace)",
      "update project (replace)",
    ]);
  });

  test("need nothing done for another time to wait", () => {
    expect(diffInputs(release, { ...release, waitSeconds: 5 })).toEqual([]);
  });

  test("that are unknown differ", () => {
    const unknown = withMx((mx) => ({ ...mx, secretFiles: { "site.key": UNKNOWN } }));
    expect(brief(diffInputs(release, unknown))).toEqual(['update workloads.mx.secretFiles["site.key"]']);
  });
});

describe("a host", () => {
  test("as it should be differs in nothing", () => {
    expect(diffHost(expectedOutputs(release), release)).toEqual([]);
  });

  test("differs where a container is gone or a file altered", () => {
    const { hashes } = expectedOutputs(release);
    const found = {
      hashes: { ...(isObject(hashes) ? hashes : {}), mx: "0000000000000000" },
      services: { mx: "running", net: "missing" },
    };
    expect(diffHost(found, release)).toEqual([
      { path: "hashes.mx", kind: "update", replace: false, of: "outputs" },
      { path: "services.net", kind: "update", replace: false, of: "outputs" },
    ]);
  });

  test("is not judged while inputs are unknown", () => {
    expect(diffHost({}, { ...release, workloads: UNKNOWN })).toEqual([]);
  });
});
