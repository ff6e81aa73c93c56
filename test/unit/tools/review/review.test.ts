import { describe, expect, it } from "vitest";
import { readPreview } from "../../../../tools/review/events.ts";
import { reviewMarkdown } from "../../../../tools/review/markdown.ts";
import { reviewOf } from "../../../../tools/review/review.ts";
import { reviewText } from "../../../../tools/review/text.ts";
import { markdownArgument } from "../../../../tools/commands/review.ts";

/** @param parents types of those that it lies in, from the outermost */
const urn = (type: string, name: string, parents: readonly string[] = []) =>
  `urn:pulumi:local::mailkeep::${[...parents, type].join("$")}::${name}`;
const RELEASE = "compose:index:Release";

const keeper = (reload: unknown) => JSON.stringify({ listen: "127.0.0.1:9100", reload });
const workload = (reload: unknown, service: unknown = {}) => ({ service, files: { "keeper.json": keeper(reload) } });

const WORKLOADS = {
  net: workload(undefined),
  edge: workload({ command: ["reload"] }, { network_mode: "service:net" }),
  mx: workload({ command: ["postfix", "reload"] }, { network_mode: "service:net" }),
  unbound: workload(undefined),
  couchmail: workload({ signal: "HUP" }, { volumes: [{ type: "volume", source: "users", target: "/data" }] }),
  webmail: workload({ restart: true }),
};

interface Event {
  readonly [kind: string]: unknown;
}

const GROUP = "mailkeep:release:Group";
const ofGroup = (type: string, name: string) => (type === RELEASE ? { parent: urn(GROUP, name) } : {});

const step = (op: string, type: string, name: string, paths: readonly string[] = []): Event => ({
  resourcePreEvent: {
    metadata: {
      op,
      type,
      urn: type === RELEASE ? urn(type, name, [GROUP]) : urn(type, name),
      old: op === "create" ? null : { ...ofGroup(type, name), inputs: { workloads: WORKLOADS } },
      new: op === "delete" ? null : { ...ofGroup(type, name), inputs: { workloads: WORKLOADS } },
      detailedDiff: Object.fromEntries(paths.map((path) => [path, { diffKind: "update" }])),
    },
  },
});

const policy = (rule: string, enforcementLevel: string, message: string, severity = "high"): Event => ({
  policyEvent: { resourceUrn: urn(RELEASE, "alpha"), policyName: rule, message, enforcementLevel, severity },
});

const SUMMARY: Event = { policyAnalyzeSummaryEvent: { passed: ["one", "two"], failed: ["three"] } };

const preview = (...events: readonly Event[]) => readPreview(events.map((event) => JSON.stringify(event)).join("\n"));
const review = (code: number, ...events: readonly Event[]) => reviewOf("local", preview(SUMMARY, ...events), code);

describe("what changes", () => {
  it("is counted by site and kind, without what only holds others together", () => {
    const { changes } = review(
      0,
      step("create", "pulumi:pulumi:Stack", "local"),
      step("create", "mailkeep:release:Group", "bravo"),
      step("create", RELEASE, "bravo"),
      step("update", RELEASE, "alpha", ['workloads.mx.files["main.cf"]']),
      step("create", "tls:index/privateKey:PrivateKey", "a"),
      step("create", "tls:index/privateKey:PrivateKey", "b"),
      step("delete", "tls:index/privateKey:PrivateKey", "c"),
      step("same", "random:index/randomPassword:RandomPassword", "d"),
      step("refresh", RELEASE, "alpha"),
    );
    const none = { created: 0, updated: 0, replaced: 0, deleted: 0 };
    expect(changes).toEqual([
      { ...none, site: "bravo", kind: "compose Release", created: 1 },
      { ...none, site: "alpha", kind: "compose Release", updated: 1 },
      { ...none, site: "", kind: "tls PrivateKey", created: 2, deleted: 1 },
    ]);
  });
});

describe("what is interrupted", () => {
  const effects = (...paths: readonly string[]) =>
    review(0, step("update", RELEASE, "alpha", paths)).interruptions.map(
      ({ what: name, effect, causes }) => `${name} ${effect} ${causes.join("+")}`,
    );

  it.each<[string, readonly string[]]>([
    ['workloads.mx.files["main.cf"]', ["mx reloads main.cf"]],
    ['workloads.couchmail.secretFiles["directory.json"]', ["couchmail reloads directory.json"]],
    ["workloads.mx.secretFiles", ["mx reloads secretFiles"]],
    ['workloads.unbound.files["unbound.conf"]', ["unbound restarts unbound.conf"]],
    ['workloads.webmail.files["config.php"]', ["webmail restarts config.php"]],
    ['workloads.mx.files["keeper.json"]', ["mx restarts keeper.json"]],
    ["workloads.couchmail.service.image", ["couchmail made anew image"]],
    ["workloads.couchmail.uid", ["couchmail made anew uid"]],
    [
      "workloads.net.service.ports[0].target",
      ["edge made anew network of net", "mx made anew network of net", "net made anew ports"],
    ],
    ["volumes.users", ["couchmail made anew volumes users"]],
    ["volumes.mail", []],
    ["workloads.mx", ["mx new "]],
    ["workloads.gone", ["gone removed "]],
    ["services.mx", ["mx made anew not as it should be"]],
    ["hashes.mx", ["mx reloads altered on the host"]],
    ["waitSeconds", []],
  ])("%s: %j", (path, expected) => {
    expect(effects(path)).toEqual(expected);
  });

  it("is the gravest of several, with all their causes", () => {
    expect(effects('workloads.mx.files["main.cf"]', "workloads.mx.service.mem_limit")).toEqual([
      "mx made anew main.cf+mem_limit",
    ]);
  });

  it("is all of a release that is made, replaced or taken away", () => {
    const of = (op: string) => new Set(review(0, step(op, RELEASE, "alpha")).interruptions.map(({ effect }) => effect));
    expect([of("create"), of("replace"), of("delete")]).toEqual([
      new Set(["new"]),
      new Set(["made anew"]),
      new Set(["removed"]),
    ]);
  });

  it("reads the same in whatever order the engine comes to the sites", () => {
    const of = (...sites: readonly string[]) =>
      review(
        0,
        ...sites.map((site) => step("update", RELEASE, site, ["volumes.users", 'workloads.mx.files["main.cf"]'])),
      );
    const told = of("bravo", "alpha");
    expect(told).toEqual(of("alpha", "bravo"));
    expect(told.interruptions.map(({ site, what: name }) => `${site} ${name}`)).toEqual([
      "alpha couchmail",
      "bravo couchmail",
      "alpha mx",
      "bravo mx",
    ]);
  });

  it("is all of a site whose network changes", () => {
    expect(effects("networks.site.ipam.config[0].subnet")).toHaveLength(6);
  });
});

describe("which rules failed", () => {
  const refused = policy(
    "three",
    "mandatory",
    "A description.\nalpha, workload mx: it is wrong; mend it.\n",
    "critical",
  );

  it("stops the change when a mandatory one did", () => {
    const { passes, violations } = review(1, policy("advice", "advisory", "Better so.\nbe kind"), refused);
    expect(passes).toBe(false);
    expect(violations.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      "three: alpha, workload mx: it is wrong; mend it.",
      "advice: be kind",
    ]);
  });

  it("does not stop it for advice", () =>
    expect(review(0, policy("advice", "advisory", "Better so.\nbe kind")).passes).toBe(true));

  it("stops it when the preview failed, for whatever reason", () => {
    expect(review(255).passes).toBe(false);
    const events = ["no such key\n", "preview failed"].map((message) => ({
      diagnosticEvent: { severity: "error", message },
    }));
    expect(review(0, ...events)).toMatchObject({
      passes: false,
      errors: ["no such key"],
    });
  });

  it("tells rules that could not judge from those that found something", () => {
    const unknown = policy("one", "advisory", "can't run policy 'one' from policy pack 'x' during preview: …");
    expect(review(0, unknown, unknown)).toMatchObject({ violations: [], unjudged: ["one"], judged: 2, passes: true });
  });

  it("are told as text", () => {
    const text = reviewText(review(1, step("update", RELEASE, "alpha", ['workloads.mx.files["main.cf"]']), refused));
    expect(text).toContain("Review of local: refused by 1 of 3 rules.");
    expect(text).toContain("✗ three (critical, alpha)\n  alpha, workload mx: it is wrong; mend it.");
    expect(text).toMatch(/alpha +mx +reloads +main\.cf/);
    expect(reviewText(review(0))).toBe("Review of local: passes 3 rules.\n\nNothing changes.");
  });

  it("are told as Markdown in which no text can break out of its cell", () => {
    const tricky = policy("three", "mandatory", "A description.\na | b <script>\n");
    const text = reviewMarkdown(review(1, tricky, { diagnosticEvent: { severity: "error", message: "```\nbad" } }));
    expect(text).toContain("<!-- mailkeep review -->\n\n## ❌ mailkeep review of `local`\n\nRefused by 1 of 3 rules.");
    expect(text).toContain("| `three` | mandatory | high | alpha | a \\| b &lt;script> |");
    expect(text).toContain("````text\n```\nbad\n````");
  });
});

describe("--markdown", () => {
  it.each<[readonly string[], readonly string[], string | undefined]>([
    [["staging"], ["staging"], undefined],
    [["--markdown"], [], ""],
    [["staging", "--markdown"], ["staging"], ""],
    [["--markdown", "staging"], ["staging"], ""],
    [["--markdown", "review.md", "staging"], ["staging"], "review.md"],
    [["staging", "--markdown=out/review.md"], ["staging"], "out/review.md"],
    [["--markdown", "--other"], ["--other"], ""],
  ])("%j", (args, rest, markdown) => {
    expect(markdownArgument(args)).toEqual({ rest, markdown });
  });
});
