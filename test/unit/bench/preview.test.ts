import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { DOMAINS_FILE, moreDomains, withDomains } from "../../../bench/preview/domains.ts";
import { recordedIn, withSecrets } from "../../../bench/preview/recorded.ts";
import { systemZoneNames } from "../../../components/plan/zones.ts";
import { zonesArgs } from "../../../components/plan/zones-args.ts";
import { withIncluded } from "../../../components/settings/include.ts";
import { parseWritten } from "../../../components/settings/read.ts";
import { HASH } from "../settings/local.ts";
import { templateConfig } from "../settings/template.ts";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '{"a":"s"}' };

describe("a state that is made again", () => {
  const resource = (urn: string, type: string, custom: boolean, inputs: object) => ({ urn, type, custom, inputs });
  const exported = JSON.stringify({
    version: 3,
    deployment: {
      resources: [
        resource("urn:pulumi:production::mailkeep::pulumi:pulumi:Stack::mailkeep", "pulumi:pulumi:Stack", false, {}),
        resource("urn:pulumi:production::mailkeep::pulumi:providers:tls::default", "pulumi:providers:tls", true, {}),
        resource("urn:pulumi:production::mailkeep::a:b:C$x:y:Z::one::two", "x:y:Z", true, {
          __defaults: [],
          key: SECRET,
        }),
      ],
    },
  });

  it("is what providers made, without what holds it together", () => {
    expect(recordedIn(exported)).toEqual([{ type: "x:y:Z", name: "one::two", inputs: { key: SECRET } }]);
  });

  it("has its secrets again", () => {
    const wrapped = withSecrets({ list: [SECRET, 1], plain: "text" }, (plain) => ({ secret: plain }));
    expect(wrapped).toEqual({ list: [{ secret: { a: "s" } }, 1], plain: "text" });
    const within = { ...SECRET, plaintext: JSON.stringify([SECRET]) };
    expect(withSecrets({ within }, (plain) => ({ secret: plain }))).toEqual({ within: { secret: [{ a: "s" }] } });
  });
});

describe("the template with more domains", () => {
  it.each([1, 12, 500])("has %i that the settings take", (count) => {
    const template = {
      ...templateConfig("production"),
      "mailkeep:passwordHashes": { "ann@club.example": HASH },
      "mailkeep:dnsTokens": { "mailkeep.example": "atokenthatnobodyhas" },
    };
    const folder = mkdtempSync(join(tmpdir(), "mailkeep-domains-"));
    writeFileSync(join(folder, DOMAINS_FILE), stringify(moreDomains(count)));
    const raw = Object.entries(withDomains(template)).map(
      ([key, value]) => [key.replace("mailkeep:", ""), value] as const,
    );
    const settings = parseWritten(withIncluded(Object.fromEntries(raw), folder));
    rmSync(folder, { recursive: true });
    expect(settings.domains).toHaveLength(count);
    // And the sites' own.
    expect(systemZoneNames(zonesArgs(settings))).toHaveLength(count + 1);
  });
});
