import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOfTree, treeOf } from "../../../providers/compose/layout.ts";
import { composeText, specLabels } from "../../../providers/compose/compose-file.ts";
import type { ReleaseInputs } from "../../../providers/compose/inputs.ts";
import { release, withMx } from "./inputs.fixture.ts";

const RESOLV_CONF = "/etc/resolv.conf";

const workload = (files: Record<string, string>, secretFiles: Record<string, string> = {}, uid = 1) => ({
  service: {},
  uid,
  files,
  secretFiles,
});
const hash = (...args: Parameters<typeof workload>): string => hashOfTree(treeOf(workload(...args)));

describe("the hash of a tree", () => {
  test("is a short name for a folder", () => expect(hash({ a: "1" })).toMatch(/^[0-9a-f]{16}$/));

  test("does not depend on the order of files", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z/.]{1,9}$/), fc.string()), (files) => {
        expect(hash(Object.fromEntries(Object.entries(files).reverse()))).toBe(hash(files));
      }),
    );
  });

  test.each([
    ["content", hash({ a: "2" })],
    ["name", hash({ b: "1" })],
    ["mode", hash({}, { a: "1" })],
    ["owner", hash({ a: "1" }, {}, 2)],
    ["number of files", hash({ a: "1", b: "" })],
  ])("changes with the %s", (_, other) => expect(other).not.toBe(hash({ a: "1" })));
});

describe("the Compose file", () => {
  test("has the mounts of the release and labels that say what it was made of", async () => {
    await expect(composeText(release)).toMatchFileSnapshot("golden/compose.yaml");
  });

  test("does not change with a file's content, so that no container is made anew", () => {
    expect(composeText(withMx((mx) => ({ ...mx, files: { "main.cf": "other" } })))).toBe(composeText(release));
  });

  test("lays single files over others, and makes the container anew when one changes", () => {
    const laid = (content: string): ReleaseInputs =>
      withMx((mx) => ({
        ...mx,
        files: { ...mx.files, "resolv.conf": content },
        mounts: { [RESOLV_CONF]: "resolv.conf" },
      }));
    const one = laid("nameserver 10.77.1.53\n");
    expect(composeText(one)).toContain(
      '"source": "/srv/mailkeep/alpha/release/mx/current/resolv.conf",\n          "target": "/etc/resolv.conf"',
    );
    expect(composeText(laid("nameserver 10.77.2.53\n"))).not.toBe(composeText(one));
  });

  test("makes those anew that share the network of a changed one", () => {
    const { net, mx } = release.workloads;
    if (net === undefined || mx === undefined) throw new Error("the fixture lacks a workload");
    const changed = { ...release, workloads: { mx, net: { ...net, service: { ...net.service, image: "keeper:2" } } } };
    expect(specLabels(mx, changed)).not.toEqual(specLabels(mx, release));
  });
});
