import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requireClosedMachineRuleset as rule } from "../../../policy/network/require-closed-machine-ruleset.ts";
import { type RunOptions, UNKNOWN, violations } from "../../support/policy.ts";

/** What the program renders for a machine that has peers. */
const RULESET = readFileSync(new URL("../../unit/platforms/golden/etc/nftables.conf", import.meta.url), "utf8");
const APPLY = ["sh", "-c", "systemctl enable --now nftables && systemctl reload nftables"];

interface File {
  readonly path: string;
  readonly content: unknown;
  readonly apply: readonly string[];
}

const file = (content: unknown): File => ({ path: "/etc/nftables.conf", content, apply: APPLY });
const machine = (files: readonly File[], options: RunOptions = {}) =>
  violations(rule, { type: "compose:index:Machine", name: "alpha", props: { machine: "1", files } }, options);

const EIGHTS = Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`);

function changed(from: string | RegExp, to: string): string {
  const text = RULESET.replace(from, to);
  if (text === RULESET) throw new Error(`The ruleset has no ${String(from)}.`);
  return text;
}
const added = (chain: string, line: string): string =>
  changed(new RegExp(`(chain ${chain} \\{\\n.*\\n)`), `$1        ${line}\n`);

describe("require-closed-machine-ruleset", () => {
  it("refuses a second file at the same place, however its path is written", async () => {
    const second = { ...file("flush ruleset\n"), path: "/etc/../etc//nftables.conf" };
    expect(await machine([file(RULESET), second])).toEqual([
      "the machine alpha: /etc/nftables.conf comes 2 times among its files, and must once, or it is not known what is open.",
    ]);
  });

  it("accepts what the program renders", async () => {
    expect(await machine([file(RULESET)])).toEqual([]);
  });

  it.each([
    ["input", "tcp dport 2375 accept"],
    ["input", "accept"],
    ["input", 'iifname "eth0" accept'],
    ["input", "tcp dport 22 accept"],
    ["input", "tcp dport 22 ip saddr 203.0.113.7 accept"],
    ["input", "ct state established,related,new accept"],
    ["input", "jump more"],
    ["input", "ct status dnat ct original proto-dst @world_ports meta l4proto tcp accept"],
    ["forward", "ct status dnat accept"],
    ["forward", 'oifname "br-*" accept'],
    ["forward", "ct status dnat ct original proto-dst 4190 ip saddr @link_from_v4 meta l4proto tcp accept"],
    ["forward", "tcp dport 22 ip saddr @ssh_from_v4 accept"],
  ])("refuses in its chain for %s the rule %s", async (chain, line) => {
    expect(await machine([file(added(chain, line))])).toEqual([
      `the machine alpha: /etc/nftables.conf has "${line}" in its chain for ${chain}, which is not among what may be opened; take it out.`,
    ]);
  });

  it.each<[string, string, string]>([
    [
      "SSH for half the Internet",
      changed(/elements = \{ 203[^}]*\}/, "elements = { 0.0.0.0/1 }"),
      'has "tcp dport 22 ip saddr @ssh_from_v4 accept" with 0.0.0.0/1 in the set; name who needs it.',
    ],
    [
      "SSH for the Internet in pieces",
      changed(/elements = \{ 203[^}]*\}/, `elements = { ${EIGHTS.join(", ")} }`),
      'has "tcp dport 22 ip saddr @ssh_from_v4 accept" with 256 networks in the set that are most of the Internet; name who needs it.',
    ],
    [
      "SSH for a range",
      changed(/elements = \{ 203[^}]*\}/, "elements = { 1.0.0.0-200.0.0.0 }"),
      "with 1.0.0.0-200.0.0.0 in the set",
    ],
    [
      "SSH for a set that is nowhere",
      added("input", "tcp dport 22 ip saddr @friends accept"),
      "with nobody knows whom in the set",
    ],
    [
      "a port that must not leave a site",
      changed("993", "993, 4190"),
      "opens 4190 to the world: port 4190 is ManageSieve; take it out.",
    ],
    ["a range of ports", changed("993", "993-2000"), "opens 993-2000 to the world: it is no single port; take it out."],
    [
      "the link for a network",
      changed(/(set link_from_v4 \{\n.*\n\s*elements = \{ )/, "$1192.0.2.0/24, "),
      "opens the link between sites to 192.0.2.0/24; name their addresses.",
    ],
    [
      "what no rule is about, come in",
      changed("hook input priority filter; policy drop", "hook input priority filter; policy accept"),
      "lets through what no rule of its chain input is about; make its policy drop.",
    ],
    [
      "what no rule is about, come through",
      changed("hook forward priority filter; policy drop", "hook forward priority filter; policy accept"),
      "its chain forward",
    ],
    [
      "nothing said of what comes in",
      changed(/chain input \{[^}]*\{[^}]*\}[^}]*\}\n/, ""),
      "has no chain for what comes by the hook input, so all of that passes; add one.",
    ],
    [
      "another hook",
      changed(
        "    chain forward {",
        "    chain early {\n        type filter hook prerouting priority filter; policy accept;\n    }\n\n    chain forward {",
      ),
      "has a chain early for the hook prerouting, which is not known here; take it out.",
    ],
    [
      "a form that is not known",
      added("input", "tcp dport { 22, 23 } accept; accept"),
      'cannot be judged, for "tcp dport { 22, 23 } accept; accept" is not understood; write it as mailkeep renders it.',
    ],
    ["more behind its table", `${RULESET}flush ruleset\n`, 'for "flush ruleset" is not understood'],
    ["another file taken in", `${RULESET}include "/etc/nftables.d/*.conf"\n`, "is not understood"],
    [
      "another table",
      changed("table inet mailkeep\n", "table ip mailkeep\n"),
      'for "table ip mailkeep" is not understood',
    ],
    ["half of it", RULESET.slice(0, RULESET.indexOf("chain forward")), "cannot be judged, for its end comes too early"],
    ["nothing", "", "for its end comes too early"],
  ])("refuses %s", async (_, content, says) => {
    const found = await machine([file(content)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("the machine alpha: /etc/nftables.conf ");
    expect(found[0]).toContain(says);
  });

  it.each([
    ["SSH at another port", changed(/dport 22 /g, "dport 2222 ")],
    ["less", changed("        icmp type echo-request limit rate 10/second accept\n", "")],
    ["more that is dropped", added("forward", "ip daddr { 10.0.0.0/8, 192.0.2.1 } drop")],
    ["an IPv6 address that may use the link", changed("203.0.113.12,", "2001:db8::12,")],
  ])("accepts %s", async (_, content) => {
    expect(await machine([file(content)])).toEqual([]);
  });

  it("takes further ports from its configuration", async () => {
    expect(await machine([file(changed("993", "993, 8443"))], { config: { ports: [8443] } })).toEqual([]);
  });

  it.each([
    ["no file", []],
    ["two of them", [file(RULESET), file(RULESET)]],
  ])("refuses a machine with %s", async (_, files) => {
    expect(await machine(files)).toEqual([
      `the machine alpha: /etc/nftables.conf comes ${files.length} times among its files, and must once, or it is not known what is open.`,
    ]);
  });

  it("refuses a file that the machine is not told to take", async () => {
    expect(await machine([{ ...file(RULESET), apply: ["true"] }])).toEqual([
      "the machine alpha: /etc/nftables.conf is put there and never used; have nftables take it.",
    ]);
  });

  it("leaves other resources alone", async () => {
    expect(await violations(rule, { type: "other:index:Machine", name: "alpha", props: {} })).toEqual([]);
  });

  it("cannot run on a file that is not known yet", async () => {
    await expect(machine([file(UNKNOWN)])).rejects.toThrow(/known during preview/);
  });
});
