/** What is said of routes, by a stand-in for who knows them on the loopback. */
import { describe, expect, it } from "vitest";
import { checkRpki } from "../../../tools/preflight/rpki.ts";
import { type Answers, lastServer, serving } from "./cloud-server.ts";

describe("a route", () => {
  const ORIGIN = "/data/network-info/data.json?resource=93.184.215.14";
  const VALIDATION = "/data/rpki-validation/data.json?resource=AS15133&prefix=93.184.215.0%2F24";
  const origin = (data: object): Answers => ({ [ORIGIN]: [200, { data }] });
  const known = origin({ asns: ["15133"], prefix: "93.184.215.0/24" });
  it.each<[string, Answers, string]>([
    ["valid", { ...known, [VALIDATION]: [200, { data: { status: "valid" } }] }, "ok"],
    ["invalid", { ...known, [VALIDATION]: [200, { data: { status: "invalid_asn" } }] }, "problem"],
    ["without an answer", known, "unknown"],
    ["that nobody sees", origin({ asns: [], prefix: null }), "warning"],
    ["that cannot be asked about", {}, "unknown"],
  ])("%s", async (_, answers, level) => {
    const { base } = await serving(answers);
    expect((await checkRpki(base, "alpha", "93.184.215.14")).level).toBe(level);
  });

  it("to an address for documentation is not asked about", async () => {
    const { base } = await serving({});
    expect((await checkRpki(base, "alpha", "192.0.2.1")).level).toBe("unknown");
    expect(lastServer()?.asked).toEqual([]);
  });
});
