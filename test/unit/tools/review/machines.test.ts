/** Changes of machines in a review: whose they are, and what they interrupt. */
import { describe, expect, it } from "vitest";
import { readPreview } from "../../../../tools/review/events.ts";
import { machineChanges } from "../../../../tools/review/machines.ts";
import { reviewMarkdown } from "../../../../tools/review/markdown.ts";
import { reviewOf } from "../../../../tools/review/review.ts";
import { reviewText } from "../../../../tools/review/text.ts";
import { FILES } from "../../platforms/machine.fixture.ts";

const PROJECT = "urn:pulumi:local::mailkeep::";
const SITE_MACHINE = "mailkeep:platforms:SiteMachine";
const SETUP = "mailkeep:platforms:SiteSetup";
const DROPLET = "digitalocean:index/droplet:Droplet";
const INSTANCE = "gcp:compute/instance:Instance";
const VOLUME = "digitalocean:index/volume:Volume";
const DISK = "gcp:compute/disk:Disk";
const FITTED = "compose:index:Machine";

type Inputs = Readonly<Record<string, unknown>>;

interface Stepped {
  readonly op: string;
  /** Types from the outermost component on, and the name of each. */
  readonly at: readonly (readonly [type: string, name: string])[];
  readonly before?: Inputs;
  readonly after?: Inputs;
  readonly paths?: readonly string[];
}

function urnAt(at: Stepped["at"]): string {
  return `${PROJECT}${at.map(([type]) => type).join("$")}::${at.at(-1)?.[1] ?? ""}`;
}

/** As the engine tells: components stay as they are, and tell of their parents too. */
function eventsOf({ op, at, before = {}, after = {}, paths }: Stepped): unknown[] {
  return at.map(([type], index) => {
    const last = index === at.length - 1;
    const parent = index === 0 ? `${PROJECT}pulumi:pulumi:Stack::mailkeep-local` : urnAt(at.slice(0, index));
    return {
      resourcePreEvent: {
        metadata: {
          op: last ? op : "same",
          type,
          urn: urnAt(at.slice(0, index + 1)),
          old: last && op === "create" ? null : { parent, inputs: last ? before : {} },
          new: last && op === "delete" ? null : { parent, inputs: last ? after : {} },
          ...(last && paths && { detailedDiff: Object.fromEntries(paths.map((path) => [path, {}])) }),
        },
      },
    };
  });
}

const review = (...steps: readonly Stepped[]) => {
  const log = steps.flatMap(eventsOf).map((event) => JSON.stringify(event));
  return reviewOf("local", readPreview(log.join("\n")), 0);
};

const droplet = (type: string, name: string): Stepped["at"] => [
  [SITE_MACHINE, "alpha"],
  ["mailkeep:platforms:Droplet", "alpha"],
  [type, name],
];
const instance = (...inner: Stepped["at"]): Stepped["at"] => [
  [SITE_MACHINE, "bravo"],
  ["mailkeep:platforms:GcpInstance", "bravo"],
  ...inner,
];
const disk = instance(["mailkeep:platforms:GcpMailDisk", "bravo-mail"], [DISK, "bravo-mail"]);
const fitted: Stepped["at"] = [
  [SETUP, "alpha"],
  [FITTED, "alpha"],
];

const told = (...steps: readonly Stepped[]) =>
  review(...steps).interruptions.map(
    ({ site, what, effect, causes }) => `${site}: ${what} ${effect} (${causes.join(", ")})`,
  );

describe("a site's own resources", () => {
  it.each<[string, Stepped["at"], string]>([
    ["of its machine", droplet("digitalocean:index/firewall:Firewall", "alpha-firewall"), "alpha"],
    ["at any depth", disk, "bravo"],
    ["of its setup", fitted, "alpha"],
    ["that lie in nothing of a site", [["tls:index/privateKey:PrivateKey", "site/alpha"]], ""],
    [
      "that many sites share",
      [
        ["mailkeep:platforms:DropletAccount", "droplets"],
        ["digitalocean:index/tag:Tag", "droplets-tag"],
      ],
      "",
    ],
  ])("are counted as its: %s", (_, at, site) => {
    expect(review({ op: "create", at }).changes.map((row) => row.site)).toEqual([site]);
  });
});

describe("a machine", () => {
  const at = droplet(DROPLET, "alpha-machine");
  const inBravo = instance([INSTANCE, "bravo-machine"]);

  it.each<[string, Stepped, readonly string[]]>([
    [
      "that is replaced takes its site down",
      { op: "replace", at, paths: ["region"] },
      ["alpha: machine down until the new one is up (region)"],
    ],
    [
      "that is replaced for reasons that nobody tells",
      { op: "replace", at },
      ["alpha: machine down until the new one is up ()"],
    ],
    [
      "of another size stops and starts",
      { op: "update", at, paths: ["size", "tags[0]"] },
      ["alpha: machine stops and starts (size)"],
    ],
    [
      "of another type, where the provider tells no paths",
      {
        op: "update",
        at: inBravo,
        before: { machineType: "e2-small", __defaults: [] },
        after: { machineType: "e2-medium", __defaults: ["name"] },
      },
      ["bravo: machine stops and starts (machineType)"],
    ],
    ["with other tags goes on", { op: "update", at, paths: ["tags[0]"] }, []],
    ["that is new interrupts nothing", { op: "create", at }, []],
    ["that goes", { op: "delete", at }, ["alpha: machine removed ()"]],
    ["that stays", { op: "same", at }, []],
  ])("%s", (_, stepped, expected) => {
    expect(told(stepped)).toEqual(expected);
  });

  it("of one's own that is another one takes its site down", () =>
    expect(
      told({ op: "replace", at: fitted, paths: ["machine"], before: { machine: "a" }, after: { machine: "b" } }),
    ).toEqual(["alpha: machine down until the new one is up (address)"]));

  it("that may be another one, which its cloud's own step tells, is not told of twice", () => {
    const after = { machine: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    expect(told({ op: "replace", at: fitted, paths: ["machine"], after })).toEqual([]);
  });
});

describe("a disk for mail", () => {
  it.each<[string, Stepped, string]>([
    ["replaced", { op: "replace", at: disk, paths: ["zone"] }, "bravo: disk for mail ALL MAIL ON IT IS LOST (zone)"],
    [
      "deleted",
      { op: "delete", at: droplet(VOLUME, "alpha-mail") },
      "alpha: disk for mail ALL MAIL ON IT IS LOST (deleted)",
    ],
  ])("that is %s is the gravest of all, and told at the head", (_, stepped, expected) => {
    const gone = { op: "replace", at: droplet(DROPLET, "alpha-machine"), paths: ["region"] };
    expect(told(gone, stepped)[0]).toBe(expected);
    const site = expected.split(":")[0] ?? "";
    const loss = `The disk for mail of ${site} goes, and all mail on it with it`;
    expect(reviewText(review(gone, stepped)).split("\n\n")[1]).toContain(`!!! ${loss}`);
    expect(reviewMarkdown(review(gone, stepped)).split("\n\n")[3]).toContain(`**${loss}`);
  });

  it.each<[string, Stepped]>([
    ["that grows", { op: "update", at: disk, paths: ["size"] }],
    ["that is new", { op: "create", at: disk }],
  ])("%s loses nothing", (_, stepped) => expect(told(stepped)).toEqual([]));
});

describe("a machine's files", () => {
  it.each<[string, readonly string[]]>([
    ["/etc/docker/daemon.json", ["alpha: docker, not its containers restarts (/etc/docker/daemon.json)"]],
    ["/etc/nftables.conf", ["alpha: nftables reloads (/etc/nftables.conf)"]],
    ["/etc/apt/apt.conf.d/60mailkeep", []],
  ])("that change have their service take them: %s", (file, expected) => {
    const paths = ["files", `hashes[${JSON.stringify(file)}]`];
    expect(told({ op: "update", at: fitted, paths })).toEqual(expected);
  });

  it.each(FILES.map(({ path, apply }) => [path, apply.join(" ")] as const))(
    "interrupt what their own command does: %s",
    (path, command) => {
      const [event] = eventsOf({ op: "update", at: [[FITTED, "alpha"]], paths: [`hashes[${JSON.stringify(path)}]`] });
      const [step] = readPreview(JSON.stringify(event)).steps;
      const found = step === undefined ? [] : machineChanges(step);
      const expected = [...command.matchAll(/systemctl (restart|reload|reload-or-restart) ([\w-]+)/g)].map(
        ([, verb = "", unit = ""]) => ({ unit, effect: verb === "restart" ? "restarts" : "reloads" }),
      );
      expect(found.map(({ what, effect }) => ({ unit: what.split(",")[0], effect }))).toEqual(expected);
    },
  );
});
