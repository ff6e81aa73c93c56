/** A stack whose certificates come from its own authority, which asks nobody and lets nobody issue for its names. */
import { describe, expect, it } from "vitest";
import type { MachineFile } from "../../../components/platforms/machine-file.ts";
import { resolveText } from "../../../components/plan/text.ts";
import { goldenText } from "../mail/golden-text.ts";
import { CLOUD, localPlan, PRIVATE, siteOf, workloadOf } from "./plans.ts";

const asked = localPlan();
const plan = localPlan(PRIVATE);

describe("with a private authority", () => {
  it("all certificates are made by Pulumi, and nothing is there to ask for others with", () => {
    expect(plan.keys.requests).toEqual([]);
    expect(plan.keys.keys.map(({ name }) => name)).not.toContain("acme-account");
    const ofAlpha = plan.keys.certificates.filter(
      ({ name }) => name.endsWith("/alpha") || name.startsWith("web/alpha"),
    );
    expect(ofAlpha.map(({ name, key, issuer, dnsNames }) => ({ name, key, issuer, dnsNames }))).toEqual([
      {
        name: "site/alpha",
        key: "site/alpha",
        issuer: "ca",
        dnsNames: ["alpha.mailkeep.test", "mail.mailkeep.test"],
      },
      {
        name: "web/alpha/1",
        key: "web/alpha",
        issuer: "ca",
        dnsNames: ["autoconfig.home.test", "autodiscover.home.test", "autoconfig.club.test", "autodiscover.club.test"],
      },
    ]);
  });

  it("they last as long as devices take them", () => {
    const days = plan.keys.certificates
      .filter(({ name }) => name === "site/alpha" || name.startsWith("web/"))
      .map(({ validityHours }) => validityHours / 24);
    expect(days).toEqual([820, 820]);
  });

  it("the workload certs has them, no secret, and nobody to ask", () => {
    const certs = workloadOf(siteOf(plan, "alpha"), "certs");
    expect(Object.keys(certs.files)).toEqual(["interim.pem", "web/1.pem"]);
    expect(resolveText(certs.files["web/1.pem"] ?? "", (ref) => JSON.stringify(ref))).toBe(
      '{"ref":"certificatePem","certificate":"web/alpha/1"}',
    );
    expect(certs.keeper.environment).toEqual({ ACME_DIRECTORY: "private", LEGO_PATH: "/var/lib/lego" });
  });

  it("nothing flows for them, and no record leads to proofs", () => {
    const reasons = (one: typeof plan): string[] => one.flows.map(({ why }) => why);
    expect(reasons(asked).filter((why) => /certificates/.test(why))).not.toEqual([]);
    expect(reasons(plan).filter((why) => /certificates/.test(why))).toEqual([]);
    const proofs = (one: typeof plan): string[] =>
      one.zones
        .flatMap(({ records }) => records.map(({ name }) => name))
        .filter((name) => name.includes("_acme-challenge"));
    expect(proofs(asked)).not.toEqual([]);
    expect(proofs(plan)).toEqual([]);
  });

  it("no public authority may issue for the sites' names", () => {
    const properties = plan.zones.flatMap(({ records }) =>
      records.flatMap((set) => (set.type === "CAA" ? set.properties.map(({ tag, value }) => `${tag} ${value}`) : [])),
    );
    expect(new Set(properties)).toEqual(new Set(["issue ;", "issuewild ;", "issuemail ;"]));
  });

  it("the sites' own machines are given its certificate to send their mail by", () => {
    const files = (changes: object): readonly MachineFile[] =>
      siteOf(localPlan({ ...CLOUD, ...changes }), "alpha").machine?.files ?? [];
    const remotes = (among: readonly MachineFile[]): string =>
      goldenText(among.find(({ path }) => path === "/etc/nullmailer/remotes")?.content ?? "");
    const withIt = files({ ...PRIVATE, dnsTokens: undefined });
    const authority = withIt.find(({ path }) => path === "/etc/ssl/mailkeep-ca.pem");
    expect(authority?.content).toEqual([{ ref: "certificatePem", certificate: "ca" }]);
    expect(remotes(withIt)).toContain("--x509cafile=/etc/ssl/mailkeep-ca.pem ");
    expect(files({}).map(({ path }) => path)).not.toContain("/etc/ssl/mailkeep-ca.pem");
    expect(remotes(files({}))).toContain("--x509cafile=/etc/ssl/certs/ca-certificates.crt ");
  });
});
