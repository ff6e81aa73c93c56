import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requireSshByKeyAlone as rule } from "../../../policy/network/require-ssh-by-key-alone.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";

const FOLDER = "/etc/ssh/sshd_config.d";
const golden = (name: string): string =>
  readFileSync(new URL(`../../unit/platforms/golden${FOLDER}/${name}`, import.meta.url), "utf8");
const OWN = golden("00-mailkeep.conf");
const KEYS = golden("01-mailkeep-keys.conf");

const machine = (files: Readonly<Record<string, unknown>>) =>
  violations(rule, {
    type: "compose:index:Machine",
    name: "alpha",
    props: {
      machine: "1",
      files: Object.entries(files).map(([name, content]) => ({ path: `${FOLDER}/${name}`, content, apply: ["true"] })),
    },
  });
const said = (what: string): string => `the machine alpha: its SSH server ${what}.`;

describe("require-ssh-by-key-alone", () => {
  it("accepts what the program renders, on a host of one's own and on a machine that it makes", async () => {
    expect(await machine({ "00-mailkeep.conf": OWN })).toEqual([]);
    expect(await machine({ "00-mailkeep.conf": OWN, "01-mailkeep-keys.conf": KEYS })).toEqual([]);
    const asRoot = OWN.replace("PermitRootLogin no", "PermitRootLogin prohibit-password");
    expect(await machine({ "00-mailkeep.conf": asRoot })).toEqual([]);
  });

  it.each([
    ["PasswordAuthentication yes", 'has "PasswordAuthentication yes"; make it no'],
    ["passwordauthentication=YES", 'has "PasswordAuthentication YES"; make it no'],
    ['PermitRootLogin "yes"', 'has "PermitRootLogin yes"; make it no or prohibit-password'],
    ["AuthenticationMethods any", 'has "AuthenticationMethods any"; make it publickey'],
    ["AllowTcpForwarding yes", 'has "AllowTcpForwarding yes"; make it no'],
    [
      "AuthorizedKeysFile .ssh/authorized_keys",
      'has "AuthorizedKeysFile .ssh/authorized_keys"; make it /etc/ssh/mailkeep_authorized_keys',
    ],
    ["Match all", 'has "Match all", which is not among what is known here; take it out'],
    ["Include /srv/more", 'has "Include /srv/more", which is not among what is known here; take it out'],
    [
      "TrustedUserCAKeys /etc/ca",
      'has "TrustedUserCAKeys /etc/ca", which is not among what is known here; take it out',
    ],
    [
      "HostbasedAuthentication yes",
      'has "HostbasedAuthentication yes", which is not among what is known here; take it out',
    ],
  ])("refuses %s, wherever it stands", async (line, what) => {
    expect(await machine({ "00-mailkeep.conf": `${OWN}${line}\n` })).toEqual([said(what)]);
    expect(await machine({ "00-mailkeep.conf": OWN, "zz.conf": `  ${line}\n` })).toEqual([said(what)]);
  });

  it.each(["PasswordAuthentication", "KbdInteractiveAuthentication", "AuthenticationMethods", "PermitRootLogin"])(
    "refuses that nothing is said of %s",
    async (name) => {
      const [found = "", ...more] = await machine({
        "00-mailkeep.conf": OWN.replace(new RegExp(`^${name} .*\\n`, "m"), ""),
      });
      expect(more).toEqual([]);
      expect(found).toContain(`its SSH server is not told "${name} `);
    },
  );

  it("refuses a machine whose SSH server is told nothing", async () => {
    expect(await machine({})).toHaveLength(5);
  });

  it("waits where a file is not known yet", async () => {
    await expect(machine({ "00-mailkeep.conf": UNKNOWN })).rejects.toThrow(/known during preview/);
  });

  it("has nothing to say of another resource", async () => {
    expect(await violations(rule, { type: "tls:index/privateKey:PrivateKey", name: "key", props: {} })).toEqual([]);
  });
});
