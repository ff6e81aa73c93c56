/** Sites on machines of their own: what the plan says of the machine, and what of it the daemons get to know. */
import { describe, expect, it } from "vitest";
import { renderNftables } from "../../../components/platforms/nftables.ts";
import { isSecret, resolveText } from "../../../components/plan/text.ts";
import type { RecordSet } from "../../../components/plan/types.ts";
import { CLOUD, localPlan, siteOf, workloadOf } from "./plans.ts";

const plan = localPlan(CLOUD);
const [alpha, bravo, charlie] = ["alpha", "bravo", "charlie"].map((name) => siteOf(plan, name));

const shown = (text: Parameters<typeof resolveText>[0]): string =>
  resolveText(text, (ref) => (ref.ref === "siteAddress" ? `<${ref.site} ${ref.family}>` : `<${ref.ref}>`));
const published = (site: string): readonly string[] =>
  workloadOf(siteOf(plan, site), "net").publish.map(({ hostAddress, port }) => `${shown(hostAddress)} ${port}`);

it("there is no world around them, and nothing is asked of it", () => {
  expect(plan.world).toBeUndefined();
  expect(plan.keys.passwords.map(({ name }) => name)).not.toContain("tsig/certs");
  expect(shown(workloadOf(siteOf(plan, "alpha"), "unbound").files["unbound.conf"] ?? "")).toContain("root.hints");
});

describe("listeners are published at the machine's own addresses", () => {
  it.each([
    ["alpha", ["203.0.113.11", "2001:db8:7::11"], [25, 465, 587, 993, 443, 80, 4433]],
    ["bravo", ["<bravo v4>", "<bravo v6>"], [25, 443, 80, 4433]],
    // Google translates its public IPv4 addresses: the machine has another one.
    ["charlie", ["10.79.1.10", "<charlie v6>"], [465, 587, 993, 443, 80, 4433]],
  ] as const)("of %s", (site, addresses, ports) => {
    expect(published(site)).toEqual(addresses.flatMap((address) => ports.map((port) => `${address} ${port}`)));
  });
});

it("inside, daemons have addresses of their own, and send under the machine's", () => {
  const [site, internet] = siteOf(plan, "bravo").networks;
  expect(site).toMatchObject({ subnet: "10.77.2.0/24" });
  expect(site).not.toHaveProperty("masquerade");
  expect(internet).toMatchObject({ kind: "owned", subnet: "10.78.2.0/24", masquerade: true });
  const main = shown(workloadOf(siteOf(plan, "bravo"), "mx").files["main.cf"] ?? "");
  expect(main).toContain("\nsmtp_bind_address = 10.78.2.10\n");
  expect(main).toContain("\nproxy_interfaces = <bravo v4>, <bravo v6>\n");
  expect(main).toContain(
    "{postmaster@[<bravo v4>] = postmaster@home.test}, {abuse@[<bravo v4>] = abuse@home.test}, {postmaster@[IPv6:<bravo v6>] =",
  );
});

describe("names", () => {
  const records: readonly RecordSet[] = plan.published.zones.flatMap((zone) => zone.records);
  const addressesAt = (name: string): readonly string[] =>
    records.flatMap((set) =>
      set.name === name && (set.type === "A" || set.type === "AAAA") ? set.addresses.map(shown) : [],
    );
  const spfAt = (name: string): string =>
    records
      .flatMap((set) => (set.name === name && set.type === "TXT" ? set.texts : []))
      .map(shown)
      .filter((text) => text.startsWith("v=spf1"))
      .join("; ");

  it("lead to public addresses, known or not", () => {
    expect(addressesAt("alpha.mailkeep.test")).toEqual(["203.0.113.11", "2001:db8:7::11"]);
    expect(addressesAt("charlie.mailkeep.test")).toEqual(["<charlie v4>", "<charlie v6>"]);
  });

  it("let all of them send that may, under their own addresses", () => {
    expect(spfAt("home.test")).toBe("v=spf1 ip4:203.0.113.11 ip6:2001:db8:7::11 ip4:<bravo v4> ip6:<bravo v6> -all");
    expect(spfAt("bravo.mailkeep.test")).toBe("v=spf1 ip4:<bravo v4> ip6:<bravo v6> -all");
  });

  it("of addresses that a cloud gives are the cloud's to tell", () => {
    expect(records.filter(({ type }) => type === "PTR")).toEqual([]);
  });
});

describe("the machine", () => {
  it("that is there is reached as the settings say", () => {
    expect(alpha?.machine).toMatchObject({
      connection: { address: "203.0.113.11", port: 22, user: "root" },
      mailFolder: undefined,
      made: undefined,
    });
    expect(alpha?.machine?.connection.hostKey).toMatch(/^ssh-ed25519 A+$/);
  });

  it("that is made shows one key at first and another for good, and keeps mail on a disk of its own", () => {
    expect(bravo?.machine).toMatchObject({
      connection: {
        address: [{ ref: "siteAddress", site: "bravo", family: "v4" }],
        user: "mailkeep",
        hostKey: [{ ref: "publicKeyOpenssh", key: "ssh/bravo" }],
        identity: [{ ref: "privateKeyOpenssh", key: "ssh/deploy" }],
      },
      mailFolder: "/srv/mail",
      made: { platform: "digitalocean-droplet", region: "fra1", hostname: "bravo.mailkeep.test" },
    });
    expect(bravo?.machine?.deploy).toEqual({ key: "ssh/deploy", number: 1 });
    expect(bravo?.machine?.made?.keys).toEqual({ host: "ssh/bravo", first: "ssh/bravo/first" });
    expect(charlie?.machine?.made).toMatchObject({ platform: "gcp-instance", zone: "europe-west3-a" });
  });

  it("opens to the world what the site offers, and SSH to those named", () => {
    const from = { v4: ["203.0.113.64/28"], v6: ["2001:db8:9::/48"] };
    expect(bravo?.machine?.made?.exposure).toEqual({
      ssh: { port: 22, from },
      worldPorts: [25, 80, 443],
      link: { port: 4433, from: ["203.0.113.11", [{ ref: "siteAddress", site: "charlie", family: "v4" }]] },
    });
    expect(charlie?.machine?.made?.exposure.worldPorts).toEqual([80, 443, 465, 587, 993]);
    const firewall = alpha?.machine?.files.find(({ path }) => path === "/etc/nftables.conf");
    const link = {
      port: 4433,
      from: ["bravo", "charlie"].map((site) => [{ ref: "siteAddress" as const, site, family: "v4" as const }]),
    };
    expect(firewall?.content).toEqual(
      renderNftables({ ssh: { port: 22, from }, worldPorts: [25, 80, 443, 465, 587, 993], link }),
    );
  });

  it("knows no other when it starts for the first time, and reaches all of them over the link afterwards", () => {
    const first = bravo?.machine?.made?.firstFiles ?? [];
    const later = bravo?.machine?.files.map(({ path }) => path) ?? [];
    // Its own mail needs a password, which user data must not have.
    expect(first.map(({ path }) => path)).toEqual(
      later.filter((path) => !/nullmailer|mailname|mailkeep-tell/.test(path)),
    );
    expect(first.filter(({ content }) => isSecret(content))).toEqual([]);
    expect(shown(workloadOf(siteOf(plan, "alpha"), "edge").files["haproxy.cfg"] ?? "")).toContain(
      "server charlie <charlie v4>:4433 ssl",
    );
  });

  it("sends its own mail where all clients do, or at a site's own name, its own last", () => {
    const serversOf = (name: string) => {
      const { files = [], packages = [] } = siteOf(plan, name).machine ?? {};
      expect(packages).toContain("nullmailer");
      const [remotes] = files.filter(({ path }) => path === "/etc/nullmailer/remotes");
      expect(remotes?.owner).toBe("mail");
      return [...shown(remotes?.content ?? "").matchAll(/^\S+/gm)].map(([server]) => server);
    };
    expect(["alpha", "bravo", "charlie"].map(serversOf)).toEqual([
      ["mail.mailkeep.test", "charlie.mailkeep.test", "alpha.mailkeep.test"],
      ["mail.mailkeep.test", "alpha.mailkeep.test", "charlie.mailkeep.test"],
      ["mail.mailkeep.test", "alpha.mailkeep.test", "charlie.mailkeep.test"],
    ]);
  });

  it("sends no mail of its own where the settings do not say how", () => {
    const { machine } = siteOf(localPlan({ ...CLOUD, hostMail: undefined }), "alpha");
    expect(machine?.packages).not.toContain("nullmailer");
    expect(JSON.stringify(machine?.files)).not.toMatch(/nullmailer|Unattended-Upgrade::Mail/);
  });

  it("is not restarted at the hour of another", () => {
    const hours = plan.sites.map(
      ({ machine }) => /Reboot-Time "(.*)"/.exec(machine?.files.map(({ content }) => shown(content)).join() ?? "")?.[1],
    );
    expect(hours).toEqual(["00:30", "01:00", "01:30"]);
  });
});

it("a machine without IPv6 gives its site none", () => {
  const [host] = CLOUD.sites;
  const site = siteOf(localPlan({ ...CLOUD, sites: [{ ...host, addresses: { v4: "203.0.113.11" } }] }), "alpha");
  expect(site.networks[1]).toMatchObject({ subnet6: undefined });
  expect(workloadOf(site, "net").publish.map(({ hostAddress }) => hostAddress)).toEqual(Array(6).fill("203.0.113.11"));
});
