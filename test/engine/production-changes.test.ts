/** Changes of a running stack of the template `production`, made by the steps of the tools: sites that come and go, keys. */
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { refuseProtected } from "../../tools/site/removal.ts";
import { ROOT } from "../../tools/paths.ts";
import { reviewMarkdown } from "../../tools/review/markdown.ts";
import { reviewStack } from "../../tools/review/preview.ts";
import { reviewText } from "../../tools/review/text.ts";
import { choose } from "../../tools/rotation/choose.ts";
import { ledgerKeys } from "../../tools/rotation/ledger.ts";
import { linesOf, type Step } from "../../tools/rotation/step.ts";
import { writeChanges } from "../../tools/rotation/written.ts";
import { withKeyChange } from "../../tools/stack/key-settings.ts";
import { stackSettings } from "../../tools/stack/settings.ts";
import { withoutSite, withSiteState } from "../../tools/stack/site-settings.ts";
import { bringUp, refuseLeftMail, runningSites, siteChange } from "../../tools/stack/up.ts";
import { CHANGED_MACHINES, EARLY_KEY, EARLY_KEY_MARKDOWN, MOVED_MAILDROP } from "./expected-reviews.ts";
import { listOf, ProductionStack, STACK } from "./production-stack.ts";
import { pulumiPath } from "./project.ts";
import { type Done, RecordedEngine } from "./recorded-engine.ts";
import { NAME, NAMING, OWN, PEERS, POLICIES, SENDERS, SITE, TOLD } from "./site-steps.ts";

const MINUTES = 60_000;
const pulumi = pulumiPath();

const CREDENTIALS = { CLOUDFLARE_API_TOKEN: "x", DIGITALOCEAN_TOKEN: "x", GOOGLE_CREDENTIALS: "{}" };

const DOMAIN = "club.example";
const DROPLET = `digitalocean:index/droplet:Droplet ${NAME}-machine`;
const RELEASES = PEERS.map((site) => `update compose:index:Release ${site}`);
const LEDGER = "update ledger:index:KeyLedger keys";
const RELEASE = `compose:index:Release ${NAME}`;

const all = (op: string, things: readonly string[]): readonly string[] => things.map((thing) => `${op} ${thing}`);
const steps = (update: readonly Done[] | undefined): readonly string[] =>
  (update ?? []).map(({ step }) => step).toSorted();
const same = (expected: readonly string[]): readonly string[] => expected.toSorted();

const siteSchema = z.looseObject({ name: z.string(), roles: z.array(z.string()) });

describe.skipIf(pulumi === undefined)("a change of a running stack in the clouds", { timeout: 5 * MINUTES }, () => {
  let stack: ProductionStack;
  let engine: RecordedEngine;

  beforeAll(async () => {
    stack = await ProductionStack.create(String(pulumi), CREDENTIALS);
    // The first step of a rotation publishes a key, which the template has done.
    await stack.configure((config) => ({
      ...config,
      "mailkeep:domains": listOf(config["mailkeep:domains"]).map((one) => withoutStandby(one)),
    }));
    // Mailboxes at two sites are what the settings cannot have yet.
    await stack.project.write("rules.json", JSON.stringify({ "require-redundant-maildrops": "disabled" }));
    await symlink(join(ROOT, "policy"), join(stack.project.folder, "policy"));
    engine = new RecordedEngine(stack.project, "rules.json");
    await stack.project.expect("up", "--yes", "--skip-preview");
  }, 5 * MINUTES);
  afterAll(() => stack.project.remove(), MINUTES);

  const settings = () => stackSettings(STACK, false, stack.file);

  describe("that adds a site", () => {
    it("makes it, tells the others of it, and only then leads the world there; nothing else changes", async () => {
      await stack.configure((config) => ({
        ...config,
        "mailkeep:sites": [...listOf(config["mailkeep:sites"]), SITE],
      }));
      // As `npm run up` does it, but for the preview before.
      const change = siteChange((await runningSites(STACK, engine)).siteNames, (await settings()).sites);
      await bringUp(STACK, engine, change, ["--yes", "--skip-preview"]);
      const updates = engine.updates();
      const [made, ...named] = updates.map(steps);
      expect(made).toEqual(same([...all("create", OWN), ...all("update", TOLD)]));
      expect(named).toEqual([same(all("create", NAMING))]);

      const expectOrder = orderOf(updates);
      for (const naming of all("create", NAMING)) {
        expectOrder(`create ${DROPLET}`, naming);
        expectOrder(`create ${RELEASE}`, naming);
        // The others let its link in, SPF has its addresses, and MTA-STS policies everywhere its name.
        for (const told of all("update", TOLD)) expectOrder(told, naming);
      }
      for (const spf of all("update", SENDERS)) expectOrder(`create ${DROPLET}`, spf);
      // Who sees that the policy is another finds the new one, at whichever site.
      for (const policy of all("update", POLICIES))
        for (const release of [`create ${RELEASE}`, ...RELEASES]) expectOrder(release, policy);
      expectOrder(`create digitalocean:index/firewall:Firewall ${NAME}-firewall`, `create ${RELEASE}`);
    });
  });

  describe("that takes a site away", () => {
    it("begins with the records that lead there, and with nothing else", async () => {
      await stack.edit((text) => withSiteState(text, NAME, "standby"));
      expect(steps(await engine.update())).toEqual(same(all("delete", NAMING)));
    });

    it("keeps it while its disk is protected, and says how the protection is taken off", async () => {
      const refusal = await refuseProtected(STACK, NAME, engine).then(String, String);
      expect(refusal).toContain(`${NAME} stays: ${NAME}-mail would be deleted with it, and is protected.`);
      const [, command = ""] = /`pulumi (state unprotect '[^']+' -s production)`/.exec(refusal) ?? [];
      expect(command).toContain("digitalocean:index/volume:Volume");
      await stack.project.expect(...command.replaceAll("'", "").split(" "), "--yes");
      await expect(refuseProtected(STACK, NAME, engine)).resolves.toBeUndefined();
      // That of another site is no obstacle, and stays protected.
      await expect(refuseProtected(STACK, "charlie", engine)).rejects.toThrow("charlie-mail would be deleted");
    });

    it("tells the others before it goes, with its own things and no others", async () => {
      await stack.edit((text) => withoutSite(text, NAME));
      // The clouds fail in the midst of the changes, and then of the deletions; the same command goes on from there.
      engine.updates();
      for (const more of [4, TOLD.length]) {
        await stack.limit(more);
        await expect(engine.update()).rejects.toThrow("The update ended with");
      }
      await stack.limit();
      const last = await engine.update();
      const done = [...engine.updates(), last].map((update) => update.filter(({ ended }) => Number.isFinite(ended)));
      expect(steps(done.flat())).toEqual(same([...all("update", TOLD), ...all("delete", OWN)]));

      const expectOrder = orderOf(done);
      for (const told of all("update", TOLD)) {
        expectOrder(told, `delete ${RELEASE}`);
        expectOrder(told, `delete ${DROPLET}`);
      }
      expectOrder(`delete ${RELEASE}`, `delete ${DROPLET}`);
    });
  });

  describe("that moves domains and aliases into a file of their own", () => {
    it("changes nothing", async () => {
      const { domains, aliases } = await moveIntoFile(["domains", "aliases"]);
      expect(domains).not.toEqual([]);
      expect(aliases).not.toEqual([]);
      expect((await settings()).domains.map(({ name }) => name)).toEqual([DOMAIN]);
      expect(await stack.steps()).toEqual([]);
    });
  });

  // What a step left undone, or does each time, would be among the next one's, and in the review of the maildrop.
  describe("of a DKIM key", () => {
    const [last, next] = ["s1", "s2"].map((selector) => ({
      key: `tls:index/privateKey:PrivateKey dkim/${DOMAIN}/${selector}`,
      record: `cloudflare:index/dnsRecord:DnsRecord ${selector}._domainkey.${DOMAIN} TXT`,
    }));

    it("publishes the next one, and has no site do anything", async () => {
      const { what } = await takeStep();
      expect(what).toBe("publish s2");
      expect(steps(await engine.update())).toEqual(same([`create ${next?.key}`, `create ${next?.record}`, LEDGER]));
    });

    it("is refused in review when it is too early to sign with it", async () => {
      const { what } = await takeStep();
      expect(what).toBe("sign with s2");
      const review = await reviewStack(STACK, engine);
      expect(review.passes).toBe(false);
      const [text, markdown] = [reviewText(review), reviewMarkdown(review)].map(withoutFigures);
      expect(text).toBe(EARLY_KEY);
      expect(markdown).toBe(EARLY_KEY_MARKDOWN);
    });

    it("has all sites sign with it, and changes no record", async () => {
      const hurried = { MAILKEEP_HURRIED: `dkim/${DOMAIN}` };
      expect(steps(await engine.update(hurried))).toEqual(same([...RELEASES, LEDGER]));
    });

    it("revokes the last one, and has no site do anything", async () => {
      const { what } = await takeStep();
      expect(what).toBe("revoke s1");
      const done = await engine.update({ MAILKEEP_HURRIED: `dkim/${DOMAIN}` });
      expect(steps(done)).toEqual(same([`update ${last?.record}`, `delete ${last?.key}`, LEDGER]));
      // Nobody is without the record while the key is there.
      orderOf([done])(`update ${last?.record}`, `delete ${last?.key}`);
    });
  });

  describe("of an SSH host key", () => {
    it("touches its machine and what is reached by it, and no cloud; the last key goes at the end", async () => {
      await stack.edit((text) => withKeyChange(text, { kind: "ssh", site: "alpha", number: 2 }));
      const done = await engine.update();
      const [last, next] = ["ssh/alpha", "ssh/alpha/2"].map((key) => `tls:index/privateKey:PrivateKey ${key}`);
      const [machine, release] = ["Machine", "Release"].map((type) => `update compose:index:${type} alpha`);
      expect(steps(done)).toEqual(
        same([
          `create ${next}`,
          String(machine),
          String(release),
          "update ledger:index:KeyLedger keys",
          `delete ${last}`,
        ]),
      );
      const expectOrder = orderOf([done]);
      expectOrder(String(machine), String(release));
      expectOrder(String(release), `delete ${last}`);
    });
  });

  describe("of machines", () => {
    it("is told with what it interrupts at each site, and what could not be got back", async () => {
      const kept = await readFile(stack.file, "utf8");
      await stack.configure((config) => ({
        ...config,
        "mailkeep:hostMail": { account: `hosts@${DOMAIN}`, to: `abuse@${DOMAIN}` },
        "mailkeep:sites": listOf(config["mailkeep:sites"]).map((one) => {
          const site = siteSchema.parse(one);
          if (site.name === "alpha") return { ...site, size: "s-4vcpu-8gb" };
          return site.name === "charlie" ? { ...site, region: "lon1" } : site;
        }),
      }));
      const review = await reviewStack(STACK, engine);
      await stack.edit(() => kept);
      expect(review.passes).toBe(false);
      expect(review.errors.join("\n")).toContain("charlie-mail");
      const [, losses, , interruptions] = reviewText(review).split("\n\n");
      expect([losses, interruptions].join("\n\n")).toBe(CHANGED_MACHINES);
    });
  });

  describe("of the key that opens machines", () => {
    const [last, next] = ["ssh/deploy", "ssh/deploy/2"].map((key) => `tls:index/privateKey:PrivateKey ${key}`);
    const machines = PEERS.map((site) => `update compose:index:Machine ${site}`);
    const sshKey = "digitalocean:index/sshKey:SshKey droplets-key";
    const known = [`create ${sshKey}-2`, `delete ${sshKey}`];

    it("has each machine let the next one in, and nothing else", async () => {
      await stack.edit((text) => withKeyChange(text, { kind: "deploy", uses: 1, letIn: [2] }));
      expect(steps(await engine.update())).toEqual(same([`create ${next}`, ...machines, LEDGER]));
    });

    it("logs in with it everywhere, and makes no machine anew", async () => {
      await stack.edit((text) => withKeyChange(text, { kind: "deploy", uses: 2, letIn: [1] }));
      // The account knows it for droplets to come.
      expect(steps(await engine.update())).toEqual(same([...machines, ...RELEASES, ...known, LEDGER]));
    });

    it("lets the last one in no more before it goes", async () => {
      await stack.edit((text) => withKeyChange(text, { kind: "deploy", uses: 2, letIn: [] }));
      const done = await engine.update();
      expect(steps(done)).toEqual(same([...machines, `delete ${last}`, LEDGER]));
      for (const machine of machines) orderOf([done])(machine, `delete ${last}`);
    });
  });

  describe("that moves the maildrop", () => {
    it("makes one workload anew at two sites, has the edges read their files again, and touches no cloud", async () => {
      await stack.configure((config) => ({
        ...config,
        "mailkeep:sites": listOf(config["mailkeep:sites"]).map((one) => {
          const site = siteSchema.parse(one);
          if (site.name === "alpha") return { ...site, roles: ["mx", "submission"] };
          return site.name === "charlie" ? { ...site, roles: [...site.roles, "maildrop"] } : site;
        }),
      }));
      const running = await runningSites(STACK, engine);
      const { sites } = await settings();
      expect(() => refuseLeftMail(STACK, running, sites)).toThrow("The mail there is not moved to charlie");
      const review = await reviewStack(STACK, engine);
      expect(review).toMatchObject({ passes: true, violations: [], errors: [] });
      expect(withoutFigures(reviewText(review))).toBe(MOVED_MAILDROP);
    });
  });

  /** As `rotate dkim` writes it into the settings. */
  async function takeStep(): Promise<Step> {
    const lines = linesOf(await settings(), await ledgerKeys(STACK, engine));
    const [line, ...more] = choose(lines, { kind: "dkim", owner: DOMAIN, key: undefined }, STACK);
    if (line === undefined || more.length > 0) throw new Error(`${DOMAIN} signs with one key.`);
    const own = await readFile(stack.file, "utf8");
    await writeChanges(stack.file, (await settings()).include, [line.step.change]);
    // Where the domain lies now.
    expect(await readFile(stack.file, "utf8")).toBe(own);
    return line.step;
  }

  async function moveIntoFile(keys: readonly string[]): Promise<Record<string, unknown>> {
    const moved: Record<string, unknown> = {};
    await stack.configure((config) => {
      for (const key of keys) moved[key] = config[`mailkeep:${key}`];
      const left = Object.entries(config).filter(([key]) => !keys.includes(key.replace("mailkeep:", "")));
      return { ...Object.fromEntries(left), "mailkeep:include": ["clubs.yaml"] };
    });
    await stack.writeBeside("clubs.yaml", moved);
    return moved;
  }
});

function withoutStandby(domain: unknown): Record<string, unknown> {
  const { dkimStandby, ...rest } = z.looseObject({ dkimStandby: z.array(z.string()) }).parse(domain);
  expect(dkimStandby).toEqual(["s2"]);
  return rest;
}

/** @returns what fails unless one step of the updates had ended before another began */
function orderOf(updates: readonly (readonly Done[])[]): (earlier: string, later: string) => void {
  const find = (step: string): Done => {
    const [found, ...more] = updates.flat().filter((one) => one.step === step);
    if (found === undefined || more.length > 0) throw new Error(`Not done once: ${step}`);
    return found;
  };
  return (earlier, later) => {
    expect(find(earlier).ended, `${earlier} before ${later}`).toBeLessThan(find(later).began);
  };
}

/** Times and numbers of rules are others each time. */
function withoutFigures(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>").replaceAll(/\b\d+ rules/g, "<all> rules");
}
