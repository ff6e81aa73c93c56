/** Wherever mail leaves, SPF says so, and no message goes round in circles: for any lists that the settings take. */
import { worldAddresses } from "../../../components/plan/place.ts";
import { literal } from "../../../components/plan/text.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  directSenders,
  ownWays,
  spfSenders,
  waysOut,
  type SendingSite,
  type WayOut,
} from "../../../components/plan/egress.ts";
import { plan as makePlan } from "../../../components/plan/plan.ts";
import type { Plan } from "../../../components/plan/types.ts";
import type { RelaySettings, WayOutSettings } from "../../../components/settings/egress-schema.ts";
import { SettingsError } from "../../../components/settings/problem.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import type { Settings } from "../../../components/settings/schema.ts";
import { threeSitesRaw } from "../settings/local.ts";
import { siteOf, workloadOf } from "./plans.ts";
import { goldenText } from "../mail/golden-text.ts";

const SITES = ["alpha", "bravo", "charlie"];
const RELAYS = ["smart", "clever"];

const way: fc.Arbitrary<WayOutSettings> = fc.oneof(
  fc.constant("direct" as const),
  fc.constantFrom(...SITES).map((via) => ({ via })),
  fc.constantFrom(...RELAYS).map((relay) => ({ relay })),
);
const lists = fc.tuple(
  ...SITES.map(() => fc.uniqueArray(way, { minLength: 1, maxLength: 5, selector: JSON.stringify })),
);

function settingsWith(egress: readonly (readonly WayOutSettings[])[]): Settings | undefined {
  const raw = threeSitesRaw();
  const sites = raw["sites"];
  if (!Array.isArray(sites)) throw new Error("no sites");
  const relays = RELAYS.map((name, index) => ({
    name,
    host: `${name}.example`,
    senders: { addresses: [`192.0.2.${index}`], includes: [`spf.${name}.example`] },
  }));
  try {
    return parseSettings({ ...raw, relays, sites: sites.map((one: object, i) => ({ ...one, egress: egress[i] })) });
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

const sound = lists.map(settingsWith).filter((one) => one !== undefined);

function addressesOf(site: Settings["sites"][number]): string[] {
  const { v4, v6 = "" } = worldAddresses(site);
  return [literal(v4), literal(v6)];
}

/** The ends of all ways that a message from a site may take: an address of ours, or a relay. */
function ends(settings: Settings, name: string): { addresses: readonly string[]; relays: readonly string[] } {
  const site = settings.sites.find((one) => one.name === name);
  if (site === undefined) throw new Error(name);
  const of = (one: typeof site, ways: readonly WayOut[]): string[] =>
    ways.flatMap((each): string[] => {
      if (each.kind === "direct") return addressesOf(one);
      if (each.kind === "relay") return [`relay ${each.relay.name}`];
      const other = settings.sites.find((candidate) => candidate.name === each.site);
      if (other === undefined) throw new Error(each.site);
      return of(other, ownWays(waysOut(other, settings.relays)));
    });
  const all = of(site, waysOut(site, settings.relays));
  return {
    addresses: all.filter((end) => !end.startsWith("relay ")),
    relays: all.filter((end) => end.startsWith("relay ")).map((end) => end.slice("relay ".length)),
  };
}

describe("any lists of ways that the settings take", { timeout: 120_000 }, () => {
  it("have SPF cover each address that mail leaves from, and name no other", () =>
    fc.assert(
      fc.property(sound, (settings) => {
        const all = SITES.map((name) => ends(settings, name));
        const wanted = new Set([
          ...all.flatMap(({ addresses }) => addresses),
          ...all.flatMap(({ relays }) => relays.map((name) => `192.0.2.${RELAYS.indexOf(name)}`)),
        ]);
        const includes = new Set(all.flatMap(({ relays }) => relays.map((name) => `spf.${name}.example`)));
        const text = spfOf(makePlan("local", settings), "home.test");
        const terms = text.split(" ").slice(1, -1);
        expect(new Set(terms.filter((term) => term.startsWith("ip")).map((term) => term.slice(4)))).toEqual(wanted);
        expect(new Set(terms.filter((term) => term.startsWith("include:")).map((term) => term.slice(8)))).toEqual(
          includes,
        );
      }),
      { numRuns: 60 },
    ));

  it("let no message come back to where it has been, as Postfix and the edge have them", () =>
    fc.assert(
      fc.property(sound, (settings) => {
        const plan = makePlan("local", settings);
        for (const site of SITES) expect(longestPath(plan, site, "own", [])).toBeLessThanOrEqual(2);
      }),
      { numRuns: 40 },
    ));
});

/** How many sites a message passes, followed through the rendered files. @throws Error when it comes back to one */
function longestPath(plan: Plan, site: string, entrance: "own" | "carried", before: readonly string[]): number {
  if (before.includes(site)) throw new Error(`round in circles: ${[...before, site].join(", ")}`);
  const files = workloadOf(siteOf(plan, site), "mx").files;
  const [main, master] = [goldenText(files["main.cf"] ?? ""), goldenText(files["master.cf"] ?? "")];
  const edge = goldenText(workloadOf(siteOf(plan, site), "edge").files["haproxy.cfg"] ?? "");
  const option = (service: string, name: string): string =>
    new RegExp(`^${service.replaceAll(".", "\\.")} .*\\n(?: .*\\n)*? +-o \\{ ${name} =(.*) \\}`, "m").exec(
      master,
    )?.[1] ?? "";
  const parameter = (name: string): string => new RegExp(`^${name} =(.*)$`, "m").exec(main)?.[1] ?? "";
  const destinations =
    entrance === "own"
      ? `${parameter("relayhost")}, ${parameter("smtp_fallback_relay")}`
      : `${option("127.0.0.1:10026", "content_filter")}, ${option("carry", "smtp_fallback_relay")}`;
  const next = [...destinations.matchAll(/\[127\.0\.0\.1\]:(106\d\d)/g)].map(([, port = ""]) => {
    const bind = new RegExp(`^frontend egress-mx-(\\w+)\\n {4}bind 127\\.0\\.0\\.1:${port}$`, "m");
    const [, other] = bind.exec(edge) ?? [];
    if (other === undefined) throw new Error(`nothing listens on ${port} at ${site}`);
    return other;
  });
  return 1 + Math.max(0, ...next.map((other) => longestPath(plan, other, "carried", [...before, site])));
}

function spfOf(plan: Plan, name: string): string {
  const sets = plan.zones.flatMap(({ records }) => records).filter((set) => set.name === name);
  const texts = sets.flatMap((set) => (set.type === "TXT" ? set.texts.map(goldenText) : []));
  return texts.find((text) => text.startsWith("v=spf1")) ?? "";
}

describe("a site", () => {
  const relay: RelaySettings = {
    name: "smart",
    host: "smart.example",
    port: 587,
    tls: "verified",
    senders: { addresses: [], includes: [] },
  };
  const egress = { v4: "198.51.100.11", v6: "2001:db8:100::11" };
  const site = (ways: readonly WayOut[]): SendingSite => ({ egress, waysOut: ways });

  it("that sends nothing has no ways, whatever its list says", () => {
    expect(waysOut({ roles: ["maildrop"], egress: ["direct"] }, [])).toEqual([]);
    expect(spfSenders([site([])])).toEqual({ addresses: [], includes: [] });
  });

  it("has its ways in the order of the settings", () => {
    const list: WayOutSettings[] = [{ via: "bravo" }, { relay: "smart" }, "direct"];
    expect(waysOut({ roles: ["mx"], egress: list }, [relay]).map(({ kind }) => kind)).toEqual([
      "via",
      "relay",
      "direct",
    ]);
  });

  it("that sends by way of another alone is in no SPF record, not even its own", () => {
    const bravo = site([{ kind: "via", site: "alpha" }]);
    expect(directSenders(bravo)).toEqual([]);
    expect(spfSenders([bravo])).toEqual({ addresses: [], includes: [] });
    const settings = settingsWith([["direct"], [{ via: "alpha" }], ["direct"]]);
    if (settings === undefined) throw new Error("the settings are sound");
    const plan = makePlan("local", settings);
    expect(spfOf(plan, "bravo.mailkeep.test")).toBe("v=spf1 -all");
    expect(spfOf(plan, "home.test")).not.toContain("198.51.100.12");
    expect(spfOf(plan, "home.test")).toContain("198.51.100.11");
  });
});
