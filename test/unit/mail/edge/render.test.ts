import { describe, expect, test } from "vitest";
import type { SiteContext } from "../../../../components/plan/context.ts";
import { resolveText } from "../../../../components/plan/text.ts";
import { literal } from "../../../../components/plan/text.ts";
import { renderEdge } from "../../../../components/mail/edge/render.ts";
import { edgeServices } from "../../../../components/mail/edge/services.ts";
import { edgeWorkload } from "../../../../components/mail/edge/workload.ts";
import {
  alpha,
  alphaByHttp,
  alphaForBravo,
  alphaOfThree,
  bravoByOthers,
  bravoOfThree,
  siteWith,
} from "../site-context.ts";

test.each(Object.entries(edgeWorkload(alpha).files))("%s is as in its golden file", async (file, text) => {
  await expect(resolveText(text, ({ ref }) => `(${ref})\n`)).toMatchFileSnapshot(`golden/${file}`);
});

test("port 143 is served only where it is wanted", () => {
  const names = (imap143: boolean) => edgeServices(siteWith({ imap143 })).map((service) => service.name);
  expect(names(false)).toEqual(["smtp", "submission", "submissions", "imaps", "lmtp"]);
  expect(names(true)).toContain("imap");
});

test.each([
  [["mx"], ["smtp", "lmtp"]],
  [["submission"], ["submission", "submissions", "imaps", "lmtp", "imap"]],
  [["maildrop"], ["submission", "submissions", "imaps", "lmtp", "imap"]],
] as const)("a site that is %s serves %s", (roles, names) => {
  expect(edgeServices(siteWith({ roles, imap143: true })).map((service) => service.name)).toEqual(names);
});

test("a site that is closed takes nothing in: its users are served by the others, and senders told to go on", () => {
  const closed = { ...bravoOfThree, closed: true };
  const open = new Map(edgeServices(bravoOfThree).map((service) => [service.name, service]));
  for (const service of edgeServices(closed)) {
    const same = open.get(service.name);
    const shut = ["smtp", "submission", "submissions"].includes(service.name);
    expect(service).toEqual(shut ? { ...same, servers: [] } : same);
  }
  expect(serversOf(closed, "smtp")).toEqual([]);
  expect(serversOf(closed, "submission").map((line) => line.trim().split(" ")[1])).toEqual(["alpha", "charlie"]);
  // Nor does it take anything for the others, whose ways by way of it go on.
  expect(haproxy(closed)).not.toContain("backend served-submission\n");
});

describe.each([
  ["alpha", alphaOfThree],
  ["bravo", bravoOfThree],
])("%s of three sites", (name, site) => {
  test.each(Object.entries(edgeWorkload(site).files))("%s is as in its golden file", async (file, text) => {
    await expect(resolveText(text, ({ ref }) => `(${ref})\n`)).toMatchFileSnapshot(`golden/${name}-of-three/${file}`);
  });

  test("has its own servers first, and the other sites as backups over the link", () => {
    const lines = (backend: string) =>
      serversOf(site, backend).map((line) => line.trim().split(" ").slice(1, 3).join(" "));
    const [first, second] = site.peers.map((peer) => peer.site);
    expect(lines("submission")).toEqual([
      `${name} 127.0.0.1:10587`,
      `${first} unix@/run/link-${first}-submission.sock`,
      `${second} unix@/run/link-${second}-submission.sock`,
    ]);
    expect(lines("smtp")).toEqual([`${name} 127.0.0.1:10025`]);
    expect(lines("lmtp")).toEqual(
      name === "alpha" ? ["alpha 10.77.1.20:2424"] : ["alpha unix@/run/link-alpha-lmtp.sock"],
    );
  });

  test("answers the other sites with its own servers only, or a connection would go round in circles", () => {
    const served = [...haproxy(site).matchAll(/^backend (served-\w+)$/gm)].flatMap(([, backend = ""]) =>
      serversOf(site, backend),
    );
    expect(served.length).toBeGreaterThan(2);
    for (const line of served) expect(line).not.toContain("link-alpha-");
    for (const line of served) expect(line).not.toMatch(/link-(alpha|bravo|charlie)/);
  });

  test("lets nobody in without a certificate of a site, by TLS 1.3", () => {
    const binds = [...haproxy(site).matchAll(/^ {4}bind \S+:4433 (.*)$/gm)].map(([, options]) => options);
    expect(binds).toHaveLength(2);
    for (const options of binds) {
      expect(options).toContain("verify required");
      expect(options).toContain("ca-file /run/conf/link-ca.pem");
      expect(options).toContain("ssl-min-ver TLSv1.3");
    }
    const allowed = site.peers.map(({ hostname }) => hostname).join(" ");
    expect(haproxy(site)).toContain(`reject unless { ssl_c_s_dn(cn) -m str ${allowed} }`);
  });
});

test("answers for any proof of the account of all sites, where names are proved over HTTP", async () => {
  await expect(haproxy(alphaByHttp)).toMatchFileSnapshot("golden/by-http/haproxy.cfg");
});

describe("ways out by other sites", () => {
  test.each([
    ["bravo-by-others", bravoByOthers],
    ["alpha-for-bravo", alphaForBravo],
  ])("of %s are as in the golden file", async (name, site) => {
    await expect(haproxy(site)).toMatchFileSnapshot(`golden/egress/${name}.cfg`);
  });

  test("are for the sites that name this one, and for no other", () => {
    const lines = haproxy(alphaForBravo).match(/^ {4}use_backend served-egress-.*$/gm);
    expect(lines).toEqual(
      ["mx", "submission"].map(
        (role) =>
          `    use_backend served-egress-${role} if { ssl_fc_sni egress-${role}.alpha.mailkeep.test } { ssl_c_s_dn(cn) -m str bravo.mailkeep.test }`,
      ),
    );
    expect(haproxy(alphaOfThree)).not.toContain("egress");
  });

  test("begin on the loopback, and tell the other site who sends", () => {
    expect(serversOf(bravoByOthers, "egress-mx-alpha")).toEqual([
      "    server alpha unix@/run/link-alpha-egress-mx.sock send-proxy-v2 track link-alpha-egress-mx/alpha",
    ]);
    expect(haproxy(bravoByOthers)).toMatch(/^frontend egress-mx-alpha\n {4}bind 127\.0\.0\.1:10601\n/m);
    expect(haproxy(bravoByOthers)).toMatch(/^frontend egress-submission-alpha\n {4}bind 127\.0\.0\.1:10621\n/m);
  });
});

test("a site without others has no link", () => {
  expect(haproxy(alpha)).not.toContain("link");
  expect(Object.keys(edgeWorkload(alpha).files).filter((file) => file.startsWith("link"))).toEqual([]);
});

const haproxy = (site: SiteContext) => resolveText(edgeWorkload(site).files["haproxy.cfg"] ?? "", ({ ref }) => ref);

function serversOf(site: SiteContext, backend: string): string[] {
  const [section] = new RegExp(`^backend ${backend}\n(?: {4}.*\n)*`, "m").exec(haproxy(site)) ?? [""];
  return section.match(/^ {4}server .*$/gm) ?? [];
}

test("a site that is only mx listens on 25 for the world, and answers its own Postfix as any other", () => {
  const binds = (site: SiteContext) => [...haproxy(site).matchAll(/^ {4}bind (.*)$/gm)].map(([, address]) => address);
  const inner = (site: SiteContext) => binds(site).filter((address) => /^(127\.0\.0\.1:|unix@)/.test(address ?? ""));
  const only = siteWith({ roles: ["mx"] });
  expect(binds(only).filter((address) => !inner(only).includes(address))).toEqual([
    "198.51.100.11:25",
    "[2001:db8:100::11]:25",
    ...["198.51.100.11:443", "[2001:db8:100::11]:443"].map((address): unknown =>
      expect.stringContaining(`${address} ssl `),
    ),
    "198.51.100.11:80",
    "[2001:db8:100::11]:80",
  ]);
  expect(inner(only)).toEqual(inner(alpha));
});

test("a site without Postfix asks nobody for rewritten senders", () => {
  const text = edgeWorkload(siteWith({ roles: ["maildrop"] })).files["haproxy.cfg"];
  expect(text).not.toContain("postsrsd");
  expect(edgeWorkload(siteWith({ roles: ["submission"] })).files["haproxy.cfg"]).toContain("10.77.1.26:10002");
});

test("asks nobody by name: names would be gone with Docker's engine, while the containers go on", () => {
  const servers = [alpha, alphaOfThree, bravoOfThree].flatMap((site) => [
    ...haproxy(site).matchAll(/^ +server \S+ (\S+)/gm),
  ]);
  expect(servers.length).toBeGreaterThan(20);
  for (const [, at] of servers) expect(at).toMatch(/^(\d+(\.\d+){3}:\d+|unix@\/\S+)$/);
});

test("a site without IPv6 listens on IPv4 only", () => {
  const site = siteWith({ ingress: { v4: "198.51.100.11", v6: undefined } });
  expect(edgeWorkload(site).files["haproxy.cfg"]).not.toContain("bind [");
});

test("further servers are backups, in their order", () => {
  const server = (name: string) => ({ name, address: name, port: 1, keeperPort: 2, evenUnready: undefined });
  const text = renderEdge({
    ingress: alpha.ingress,
    statusPort: 8405,
    directory: { host: "10.77.1.21", ports: [] },
    srs: undefined,
    sasl: { host: "10.77.1.20", port: 12345 },
    egress: [],
    link: undefined,
    web: alpha.web,
    acme: alpha.acme,
    services: [
      {
        name: "imaps",
        side: "world",
        port: 993,
        servers: ["alpha", "bravo", "charlie"].map(server),
        peers: [],
        idleMinutes: 31,
        maxConnections: 10,
      },
    ],
  })["haproxy.cfg"];
  const [imaps] = /^backend imaps\n(?: {4}.*\n)*/m.exec(literal(text)) ?? [""];
  expect(imaps.match(/^ {4}server .*$/gm)).toEqual([
    "    server alpha alpha:1 send-proxy-v2 check port 2",
    "    server bravo bravo:1 send-proxy-v2 check port 2 backup",
    "    server charlie charlie:1 send-proxy-v2 check port 2 backup",
  ]);
});
