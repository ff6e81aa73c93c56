/** The steps of each kind of key, from one settled state to the next. */
import { describe, expect, it } from "vitest";
import { keyUses } from "../../../components/plan/rotation.ts";
import { parseSettings } from "../../../components/settings/read.ts";
import type { Settings } from "../../../components/settings/schema.ts";
import { advance, type LedgerKeys } from "../../../providers/ledger/ledger.ts";
import { nextSelector } from "../../../tools/rotation/dkim-step.ts";
import { linesOf, type Change, type Step } from "../../../tools/rotation/step.ts";
import { keyTable } from "../../../tools/rotation/table.ts";
import { moment, span } from "../../../tools/rotation/times.ts";
import { CLOUD } from "../plan/plans.ts";
import { localRaw, threeSitesRaw } from "../settings/local.ts";

const START = Date.parse("2026-05-01T12:00:00.000Z");
const HOUR = 3600;
const DAY = 24 * HOUR;

/** What one `up` after the other makes of the settings and the ledger, an hour apart. */
class Stack {
  #raw: Record<string, unknown>;
  #keys: LedgerKeys | undefined;
  #hours = 0;

  constructor(raw: object) {
    this.#raw = { ...raw };
    this.up({});
  }

  get settings(): Settings {
    return parseSettings(this.#raw);
  }

  get keys(): LedgerKeys {
    return this.#keys ?? {};
  }

  up(changes: object): void {
    this.#raw = { ...this.#raw, ...changes };
    const wanted = Object.fromEntries(keyUses(this.settings).map(({ name, ...use }) => [name, use]));
    this.#keys = advance(this.#keys, wanted, new Date(START + this.#hours * HOUR * 1000).toISOString()).keys;
    this.#hours += 1;
  }

  step(line: string): Step {
    const found = linesOf(this.settings, this.keys).find(({ name }) => name === line);
    if (found === undefined) throw new Error(`no line ${line}`);
    return found.step;
  }

  /** Takes the next step. @returns what it is, and how many seconds after the last update it is possible */
  take(line: string): { what: string; wait: number; change: Change } {
    const { what, from, change } = this.step(line);
    const wait = from === undefined ? 0 : from.getTime() / 1000 - (START / 1000 + (this.#hours - 1) * HOUR);
    this.up(changes(this.settings, change));
    return { what, wait, change };
  }
}

function changes(settings: Settings, change: Change): object {
  switch (change.kind) {
    case "dkim": {
      const { domain, algorithm, selector, standby, retired } = change;
      const keys =
        algorithm === "rsa"
          ? { dkimSelector: selector, dkimStandby: standby, dkimRetired: retired }
          : { ed25519Selector: selector, ed25519Standby: standby, ed25519Retired: retired };
      if (domain === settings.infrastructureDomain)
        return { dkim: { ...settings.dkim, infrastructure: { ...settings.dkim.infrastructure, ...keys } } };
      return { domains: settings.domains.map((one) => (one.name === domain ? { ...one, ...keys } : one)) };
    }
    case "tls":
      return { tlsKeys: [{ site: change.site, serves: change.serves, standby: change.standby }] };
    case "ca":
      return { rotation: { linkAuthority: { signs: change.signs, believed: change.believed } } };
    case "deploy":
      return { rotation: { deploy: { uses: change.uses, letIn: change.letIn } } };
    case "link":
      return { rotation: { link: { [change.site]: change.number } } };
    case "ssh":
      return { rotation: { ssh: { [change.site]: change.number } } };
    case "srs":
      return { rotation: { srs: change.generation, srsBelieveLast: change.believeLast } };
  }
}

const one = (): Stack => new Stack(localRaw());
const three = (): Stack => new Stack(threeSitesRaw());
const walk = (stack: Stack, line: string, steps: number): readonly (readonly [string, number])[] =>
  Array.from({ length: steps }, () => stack.take(line)).map(({ what, wait }) => [what, wait]);

describe("a step", () => {
  it("of an SSH host key: one after the other, at any time, where mailkeep makes the machine", () => {
    const clouds = new Stack({ ...localRaw(), ...CLOUD });
    expect(walk(clouds, "ssh/bravo", 2)).toEqual([
      ["give bravo's machine the SSH host key ssh/bravo/2", 0],
      ["give bravo's machine the SSH host key ssh/bravo/3", 0],
    ]);
    const made = linesOf(parseSettings({ ...localRaw(), ...CLOUD }), {}).filter(({ kind }) => kind === "ssh");
    // The first is a host of somebody's own.
    expect(made.map(({ options }) => options)).toEqual(["ssh --site bravo", "ssh --site charlie"]);
  });

  it("of DKIM: publish, wait for the TTL, sign, wait for mail under way, revoke", () => {
    expect(walk(one(), "dkim/club.test", 4)).toEqual([
      ["publish s2", 0],
      ["sign with s2", HOUR],
      ["revoke s1", 5 * DAY],
      ["publish s3", 0],
    ]);
  });

  it.each([
    ["an Ed25519 key", "dkim-ed25519/club.test", "e"],
    ["the sites' own domain", "dkim/mailkeep.test", "s"],
    ["its Ed25519 key", "dkim-ed25519/mailkeep.test", "e"],
  ])("of DKIM is the same for %s", (_, line, stem) => {
    expect(walk(one(), line, 4)).toEqual([
      [`publish ${stem}2`, 0],
      [`sign with ${stem}2`, HOUR],
      [`revoke ${stem}1`, 5 * DAY],
      [`publish ${stem}3`, 0],
    ]);
  });

  it("of DKIM never gives a key the other kind's name", () => {
    const mixed = new Stack({
      ...localRaw(),
      domains: [{ name: "home.test" }, { name: "club.test", ed25519Selector: "s2" }],
    });
    expect(mixed.step("dkim/club.test").what).toBe("publish s3");
    expect(mixed.step("dkim-ed25519/club.test").what).toBe("publish s3");
  });

  it("of DKIM changes what is published and what signs", () => {
    const stack = one();
    const change = (): Change => stack.take("dkim/club.test").change;
    const common = { kind: "dkim", domain: "club.test", algorithm: "rsa" };
    expect(change()).toEqual({ ...common, selector: "s1", standby: ["s2"], retired: [] });
    expect(change()).toEqual({ ...common, selector: "s2", standby: ["s1"], retired: [] });
    expect(change()).toEqual({ ...common, selector: "s2", standby: [], retired: ["s1"] });
    expect(change()).toEqual({ ...common, selector: "s2", standby: ["s3"], retired: ["s1"] });
  });

  it("of DKIM asks whether the record is served", () => {
    const stack = one();
    stack.take("dkim/club.test");
    expect(stack.step("dkim/club.test").served).toEqual({
      name: "s2._domainkey.club.test",
      form: "dkim",
      key: "dkim/club.test/s2",
    });
  });

  it("of TLS: publish, wait for the TTL, serve, take the last out of TLSA", () => {
    const stack = one();
    expect(walk(stack, "tls/alpha", 1)).toEqual([["publish key 2 in TLSA", 0]]);
    expect(stack.step("tls/alpha").served).toMatchObject({ name: "_25._tcp.alpha.mailkeep.test", form: "tlsa" });
    expect(walk(stack, "tls/alpha", 3)).toEqual([
      ["serve with key 2", HOUR],
      ["take key 1 out of TLSA", HOUR],
      ["publish key 3 in TLSA", 0],
    ]);
  });

  it("of the link's authority: believe both, change over, forget the first", () => {
    expect(walk(three(), "ca", 4)).toEqual([
      ["believe authority 2 as well", 0],
      ["have authority 2 vouch for the sites", 0],
      ["believe authority 1 no more", 0],
      ["believe authority 3 as well", 0],
    ]);
  });

  it("of a site's key for the link: another, at once", () => {
    expect(walk(three(), "link/bravo", 2)).toEqual([
      ["give bravo the key link/bravo/2", 0],
      ["give bravo the key link/bravo/3", 0],
    ]);
  });

  it("of the key that opens machines: let the next one in, log in with it, let the last one in no more", () => {
    const clouds = new Stack({ ...localRaw(), ...CLOUD });
    expect(walk(clouds, "deploy", 4)).toEqual([
      ["let ssh/deploy/2 in as well", 0],
      ["log in with ssh/deploy/2", 0],
      ["let ssh/deploy in no more", 0],
      ["let ssh/deploy/3 in as well", 0],
    ]);
    // One of them is somebody's own machine, where mailkeep owns no list of keys.
    const { done, toLetIn } = new Stack({ ...localRaw(), ...CLOUD }).step("deploy");
    expect(toLetIn).toBe("ssh/deploy/2");
    expect(done).toContain("On alpha that is for the owner of the machine to do.");
  });

  it("of SRS: sign with the next, forget the last when its addresses have ended", () => {
    expect(walk(one(), "srs", 3)).toEqual([
      ["sign with secret 2", 0],
      ["forget secret 1", 21 * DAY],
      ["sign with secret 3", 0],
    ]);
  });

  it("is there for each key of the stack, and no link where there is one site", () => {
    const names = (stack: Stack): string[] => linesOf(stack.settings, stack.keys).map(({ name }) => name);
    const both = ["home.test", "club.test", "mailkeep.test"].flatMap((name) => [
      `dkim/${name}`,
      `dkim-ed25519/${name}`,
    ]);
    expect(names(one())).toEqual([...both, "tls/alpha", "srs"]);
    expect(names(three())).toEqual(
      [...both, "tls/alpha", "tls/bravo", "tls/charlie"].concat(
        ["ca", "link/alpha", "link/bravo", "link/charlie"],
        ["srs"],
      ),
    );
  });
});

describe("the next selector", () => {
  it.each([
    [["s1"], "s2"],
    [["s2", "s1"], "s3"],
    [["s9", "s10"], "s11"],
    [["autumn"], "autumn2"],
    [["autumn2", "autumn"], "autumn3"],
    [["2025", "2024"], "2026"],
  ])("after %j is %s", (used, next) => {
    expect(nextSelector(used)).toBe(next);
  });
});

describe("the table", () => {
  it("has each key with its age, and what comes next", () => {
    const stack = one();
    stack.take("dkim/club.test");
    const now = new Date(START + 90 * 60_000);
    const rows = keyTable(linesOf(stack.settings, stack.keys), stack.keys, now).split("\n");
    const row = (key: string): string =>
      rows.find((text) => text.startsWith(`${key} `))?.replace(/ {2,}/g, " | ") ?? "";
    expect(row("dkim/club.test/s1")).toBe(
      "dkim/club.test/s1 | in use | 1 h | sign with s2 | from 2026-05-01 14:00 UTC | dkim --domain club.test",
    );
    expect(row("dkim/club.test/s2")).toBe("dkim/club.test/s2 | next | 30 min");
    expect(row("dkim/mailkeep.test/e1")).toBe(
      "dkim/mailkeep.test/e1 | in use | 1 h | publish e2 | now | dkim --domain mailkeep.test",
    );
    expect(rows).toHaveLength(1 + Object.keys(stack.keys).length);
  });

  it("rounds moments up and spans down, so that nobody comes too early", () => {
    expect(moment(new Date("2026-05-01T12:00:00.001Z"))).toBe("2026-05-01 12:01 UTC");
    expect([59, 60, 7199, 172_800].map(span)).toEqual(["less than a minute", "1 min", "1 h", "2 d"]);
  });
});
