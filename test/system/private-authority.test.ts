/** Certificates of the stack's own authority in place of an ACME directory's, and back. `up` itself sends a message in and one out. */
import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { caFile } from "../../tools/site/ca.ts";
import { stackFile } from "../../tools/paths.ts";
import { editSettings } from "../support/changes.ts";
import { bringUpWell, mailkeep } from "../support/command-line.ts";
import { shownCertificate } from "../support/shown.ts";
import { containerOf, docker, fixture, type Fixture } from "../support/system.ts";

const OWN = "CN=mailkeep private CA";
const domainsSchema = z.array(z.looseObject({ name: z.string() }));

let on: Fixture;
let original: string;
let pem = "";

beforeAll(async () => {
  on = await fixture();
  original = await readFile(stackFile(on.stack), "utf8");
  await editSettings(on.stack, (settings) => {
    settings["mailkeep:acme"] = { directory: "private" };
    const domains = domainsSchema.parse(settings["mailkeep:domains"]);
    settings["mailkeep:domains"] = domains.map((domain) => ({ ...domain, mtaSts: "off" }));
  });
  await bringUpWell(on.stack);
  pem = await authority();
}, 400_000);

afterAll(async () => {
  await writeFile(stackFile(on.stack), original);
  await bringUpWell(on.stack);
  // Whom the interim certificate comes from is believed no longer.
  expect(await issuerOf("mail.mailkeep.test", 993, await readFile(caFile(on.stack), "utf8"))).not.toBe(OWN);
  expect(await readFile(caFile(on.stack), "utf8")).not.toContain(pem.trim());
}, 400_000);

describe("with a private authority", () => {
  it.each([
    ["mail.mailkeep.test", 993],
    ["mail.mailkeep.test", 465],
    ["autoconfig.home.test", 443],
    ["autodiscover.club.test", 443],
  ])(
    "%s at port %i shows a certificate that it has issued, and that whoever has been given it believes",
    async (name, port) => {
      expect(await issuerOf(name, port, pem)).toBe(OWN);
    },
  );

  it("nothing is left at the site to ask somebody else with", async () => {
    const certs = await containerOf(on.stack, on.site.name, "certs");
    expect(
      await docker(
        "exec",
        certs,
        "sh",
        "-c",
        "ls -A /var/lib/lego; ls /run/conf/account.key /run/conf/csr.pem 2>&1 || true",
      ),
    ).toMatch(
      /^ls: cannot access '\/run\/conf\/account.key': No such file.*\nls: cannot access '\/run\/conf\/csr.pem': No such file.*\n$/,
    );
  });

  it("a policy that no other server could keep to is refused before anything is changed", async () => {
    const before = await readFile(stackFile(on.stack), "utf8");
    await editSettings(on.stack, (settings) => (settings["mailkeep:domains"] = [{ name: "home.test" }]));
    const { code, output } = await mailkeep("up", on.stack, "--yes");
    await writeFile(stackFile(on.stack), before);
    expect(code).toBe(1);
    expect(output).toContain("no other server believes the stack's own authority");
    expect(output).not.toContain("Updating");
  });
});

/** What `authority` prints for people's devices. */
async function authority(): Promise<string> {
  const { code, stdout, output } = await mailkeep("authority", on.stack);
  expect({ code, output }).toMatchObject({ code: 0 });
  const own = (stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).filter(
    (one) => new X509Certificate(one).subject === OWN,
  );
  expect(own).toHaveLength(1);
  return own.join();
}

/** Who has issued what a port shows under a name, to somebody who believes these authorities. */
async function issuerOf(servername: string, port: number, ca: string): Promise<string> {
  return (await shownCertificate({ host: on.site.address, port, servername, ca })).issuer;
}
