/** Sites that prove their names over HTTP: all with one account, so that any of them answers for every name. */
import { Resolver } from "node:dns/promises";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run as bringUp } from "../../tools/commands/up.ts";
import { stackFile } from "../../tools/paths.ts";
import { editSettings } from "../support/changes.ts";
import { sitesFixture, type SitesFixture } from "../support/sites.ts";
import { shownCertificate } from "../support/shown.ts";
import { containerOf, docker, until, untilHealthy } from "../support/system.ts";
import { askHttp } from "../support/web-client.ts";

const SITES = ["alpha", "bravo", "charlie"] as const;
const PATIENCE_MS = 120_000;
const CHALLENGE = "/.well-known/acme-challenge";
let on: SitesFixture;
let original: string;
let ca: string;

beforeAll(async () => {
  on = await sitesFixture();
  original = await readFile(stackFile(on.stack), "utf8");
  await untilHealthy(on.stack);
  await editSettings(on.stack, (settings) => {
    settings["mailkeep:acme"] = { directory: "local", proof: "http" };
  });
  expect(await bringUp([on.stack, "--yes"])).toBe(0);
  ca = await readFile(on.report.ca ?? "", "utf8");
}, 300_000);

afterAll(async () => {
  await writeFile(stackFile(on.stack), original);
  expect(await bringUp([on.stack, "--yes"])).toBe(0);
  await untilHealthy(on.stack);
}, 300_000);

describe("the edge of each site", () => {
  it("answers any question of an authority, the same everywhere", async () => {
    const answers = await Promise.all(
      SITES.map((site) => askHttp(on.site(site).address, "mta-sts.home.test", `${CHALLENGE}/a-Token_1`)),
    );
    const [first] = answers;
    expect(first).toMatchObject({ status: 200, type: "application/octet-stream" });
    expect(first?.text).toMatch(/^a-Token_1\.[\w-]{43}$/);
    expect(answers).toEqual(SITES.map(() => first));
  });

  it.each([`${CHALLENGE}/`, `${CHALLENGE}/a%0d%0ab`, `${CHALLENGE}/<b>`, `${CHALLENGE}/a/b`])(
    "says nothing of its own to %s",
    async (path) => {
      const { status, text } = await askHttp(on.site("bravo").address, "mta-sts.home.test", path);
      expect([status, text]).toEqual([301, ""]);
    },
  );
});

it("all sites get their certificates at the same time", { timeout: 300_000 }, async () => {
  const names = [on.report.clientHostname, "mta-sts.home.test"];
  const shown = SITES.flatMap((site) => names.map((name) => ({ site, name, port: name === names[0] ? 993 : 443 })));
  // Those that are served over HTTPS may not be there yet.
  const now = (one: Shown): Promise<string> => serialNumber(one).catch(() => "");
  const before = await Promise.all(shown.map(now));
  const asked = new Date().toISOString();
  await Promise.all(SITES.map(async (site) => docker("exec", await containerOf(on.stack, site, "certs"), "renew")));
  for (const [index, one] of shown.entries()) {
    const another = async (): Promise<boolean> => !["", before[index]].includes(await now(one));
    await until(`${one.site} has another certificate for ${one.name}`, another, PATIENCE_MS);
  }
  for (const site of SITES) {
    const said = await docker("logs", "--since", asked, await containerOf(on.stack, site, "certs"));
    expect(said).not.toContain("Letting other sites ask first");
    expect(said).not.toContain("No certificate");
  }
  await untilHealthy(on.stack);
});

it("an authority is told so, and nobody is pointed to records that prove anything", async () => {
  const dns = new Resolver();
  dns.setServers([on.report.dns]);
  const permitted = await dns.resolveCaa(on.site("alpha").hostname);
  expect(permitted.flatMap(({ issue }) => issue ?? [])).toEqual(["acme.mailkeep.test; validationmethods=http-01"]);
  await expect(dns.resolveCname("_acme-challenge.mta-sts.home.test")).rejects.toMatchObject({ code: "ENOTFOUND" });
});

interface Shown {
  readonly site: string;
  readonly name: string;
  readonly port: number;
}

/** Of the certificate that a site shows under a name, verified. */
async function serialNumber({ site, name, port }: Shown): Promise<string> {
  return (await shownCertificate({ host: on.site(site).address, port, servername: name, ca })).serialNumber;
}
