/** What a first run of the template `production` makes in the clouds, and what a change touches. Stand-ins make nothing. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IMAGE_NAMES } from "../../tools/images/names.ts";
import { ROOT } from "../../tools/paths.ts";
import { destructionOf } from "../../tools/stack/destruction.ts";
import { CREDENTIALS, listOf, ProductionStack, SECRETS } from "./production-stack.ts";
import { pulumiPath } from "./project.ts";

const MINUTES = 60_000;
const pulumi = pulumiPath();

/** Releases and machines are looked at before each update; that changes nothing. */
const changes = (steps: readonly string[]): readonly string[] => steps.filter((step) => !step.startsWith("refresh "));

/** Mailboxes at two sites are what the settings cannot have yet. */
const ONE_MAILDROP = [
  "[advisory] [severity: high]  require-redundant-maildrops  (pulumi:pulumi:Stack: mailkeep-production)",
];
const violations = (output: string): readonly string[] => output.match(/\[(mandatory|advisory)\].*/g) ?? [];
const PACKS = ["--policy-pack", join(ROOT, "policy")];

const SITES = ["alpha", "bravo", "charlie"];
const RELEASES = SITES.map((site) => `update compose:index:Release ${site}`);

describe.skipIf(pulumi === undefined)("a stack in the clouds", { timeout: 5 * MINUTES }, () => {
  let stack: ProductionStack;
  beforeAll(async () => {
    stack = await ProductionStack.create(String(pulumi), CREDENTIALS);
  }, 3 * MINUTES);
  afterAll(() => stack.project.remove(), MINUTES);

  it("ends well by the same command after failures at its beginning, in the midst of it, and near its end", async () => {
    for (const more of [0, 40, 60]) {
      await stack.limit(more);
      const failed = await stack.project.run("up", "--yes", "--skip-preview");
      expect(failed.code).not.toBe(0);
      expect(failed.output).toContain("The cloud is out of order.");
    }
    await stack.limit();
    const output = await stack.project.expect("up", "--yes", "--skip-preview", ...PACKS);
    expect(violations(output)).toEqual(ONE_MAILDROP);
  });

  it("changes nothing the second time", async () => {
    expect(changes(await stack.steps())).toEqual([]);
  });

  it("keeps no secret readable in its state", async () => {
    const state = await stack.state();
    expect(state).toContain("digitalocean:index/droplet:Droplet");
    for (const secret of [SECRETS.hash, SECRETS.dnsToken, "PRIVATE KEY"]) expect(state).not.toContain(secret);
  });

  it("takes images from a registry once they were pushed there, by digest", async () => {
    const registry = "registry.example.org/mailkeep";
    await stack.configure((config) => ({
      ...config,
      "mailkeep:images": { registry, user: "sites" },
      "mailkeep:registryPassword": SECRETS.registryPassword,
    }));
    const pins = IMAGE_NAMES.map((name) => [name, `${registry}/${name}:0123456789ab@sha256:${"0a".repeat(32)}`]);
    await stack.project.write("stacks/images.production.json", JSON.stringify(Object.fromEntries(pins)));
    const output = await stack.project.expect("up", "--yes", "--skip-preview", ...PACKS);
    expect(violations(output)).toEqual(ONE_MAILDROP);
    expect(output).toContain(`~ ${SITES.length} updated`);
    const state = await stack.state();
    expect(state).toContain(`${registry}/postfix:0123456789ab@sha256:`);
    expect(state).not.toContain(SECRETS.registryPassword);
  });

  it("tells the directory of a new alias, and nobody else", async () => {
    const all = { address: "all@club.example", targets: ["ann@club.example"] };
    await stack.configure((config) => ({
      ...config,
      "mailkeep:aliases": [...listOf(config["mailkeep:aliases"]), all],
    }));
    expect(changes(await stack.steps())).toEqual(RELEASES);
  });

  it("makes a new domain's key and records, and touches no machine", async () => {
    const name = "garden.example";
    const aliases = ["postmaster", "hostmaster", "abuse"].map((local) => ({
      address: `${local}@${name}`,
      targets: ["ann@club.example"],
    }));
    await stack.configure((config) => ({
      ...config,
      "mailkeep:domains": [...listOf(config["mailkeep:domains"]), { name }],
      "mailkeep:aliases": [...listOf(config["mailkeep:aliases"]), ...aliases],
      "mailkeep:dnsZones": [...listOf(config["mailkeep:dnsZones"]), { name, provider: "cloudflare", zoneId: "9a7806" }],
    }));
    const services = ["imap", "imaps", "pop3", "pop3s", "sieve", "submission", "submissions"];
    const records = [
      ...services.map((service) => `_${service}._tcp.${name} SRV`),
      ...["mta-sts", "autoconfig", "autodiscover"].flatMap((label) => [
        `${label}.${name} CNAME`,
        `_acme-challenge.${label}.${name} CNAME`,
      ]),
      ...[`_dmarc.${name}`, `_mta-sts.${name}`, `_smtp._tls.${name}`, `s1._domainkey.${name}`, name].map(
        (owner) => `${owner} TXT`,
      ),
      ...SITES.map((site) => `${name} MX ${site}.mailkeep.example`),
    ].map((record) => `create cloudflare:index/dnsRecord:DnsRecord ${record}`);
    const component = `create mailkeep:dns:CloudflareZone ${name}`;
    const key = `create tls:index/privateKey:PrivateKey dkim/${name}/s1`;
    const ledger = "update ledger:index:KeyLedger keys";
    // The sites' own names are in other certificates.
    const requests = SITES.map((site) => `replace tls:index/certRequest:CertRequest web/${site}/1`);
    expect(changes(await stack.steps())).toEqual(
      [...records, component, key, ledger, ...requests, ...RELEASES].toSorted(),
    );
  });

  it("refuses to take disks with mail away", async () => {
    const { code, output } = await stack.project.run("destroy", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toContain("cannot be deleted");
    const state = await stack.state();
    for (const disk of ["Volume::alpha-mail", "Disk::bravo-mail", "Volume::charlie-mail"])
      expect(state).toContain(disk);
  });

  it("takes down what `down` said, and keeps the disks and what they need", async () => {
    const exported = (): Promise<string> => stack.project.expect("stack", "export");
    const said = destructionOf(await exported());
    expect(said.kept.map(({ name }) => name).toSorted()).toEqual(["alpha-mail", "bravo-mail", "charlie-mail"]);
    await stack.project.expect("destroy", "--yes", "--skip-preview", "--exclude-protected");
    const left = destructionOf(await exported());
    expect(left).toEqual({ ...said, destroyed: new Map() });
  });

  it("says what is wrong with an input of a cloud", async () => {
    const program =
      'import { Volume } from "@pulumi/digitalocean/volume.js";\nnew Volume("x", { region: "fra1", size: "20" });\n';
    await stack.project.write("wrong.ts", program);
    await stack.project.write("package.json", '{"name":"mailkeep","type":"module","main":"wrong.ts"}');
    const { code, output } = await stack.project.run("preview");
    expect(code).not.toBe(0);
    expect(output).toContain('size must be a number, not "20".');
  });
});
