import { describe, expect, it } from "vitest";
import { unboundWorkload } from "../../../../components/mail/unbound/workload.ts";
import type { SiteContext } from "../../../../components/plan/context.ts";
import { resolveText } from "../../../../components/plan/text.ts";
import { alpha, siteWith } from "../site-context.ts";

const config = (site: SiteContext) =>
  resolveText(unboundWorkload(site).files["unbound.conf"] ?? "", (ref) =>
    "key" in ref ? `<${ref.ref} ${ref.key}>` : `<${ref.ref}>`,
  );

describe("the resolver", () => {
  it("of a closed world is configured as the golden file says", async () => {
    await expect(config(alpha)).toMatchFileSnapshot("golden/unbound.conf");
  });

  it("of the real world is configured as the golden file says", async () => {
    await expect(config(siteWith({ stubZones: [] }))).toMatchFileSnapshot("golden/unbound-root.conf");
  });

  it("is kept as the golden file says", async () => {
    const workload = { ...unboundWorkload(alpha), files: {} };
    await expect(`${JSON.stringify(workload, null, 2)}\n`).toMatchFileSnapshot("golden/workload.json");
  });

  it("believes a zone without a key unsigned", () => {
    const text = config(
      siteWith({ stubZones: [{ zone: "plain.test", server: "198.51.100.2", signingKey: undefined }] }),
    );
    expect(text).toContain('stub-zone:\n    name: "plain.test."');
    expect(text).not.toContain("trust-anchor:");
  });

  it("never answers towards the world", () => {
    const interfaces = [...config(alpha).matchAll(/^ {4}interface: (.*)$/gm)].map(([, address]) => address);
    expect(interfaces).toEqual(["10.77.1.53", "127.0.0.1"]);
  });
});
