import { expect, test } from "vitest";
import type { SiteContext } from "../../../../components/plan/context.ts";
import { resolveText } from "../../../../components/plan/text.ts";
import { renderEdge } from "../../../../components/mail/edge/render.ts";
import { edgeServices, edgeWorkload } from "../../../../components/mail/edge/workload.ts";
import { alpha, siteWith } from "../site-context.ts";

test.each(Object.entries(edgeWorkload(alpha).files))("%s is as in its golden file", async (file, text) => {
  await expect(text).toMatchFileSnapshot(`golden/${file}`);
});

test("port 143 is served only where it is wanted", () => {
  const names = (imap143: boolean) => edgeServices(siteWith({ imap143 })).map((service) => service.name);
  expect(names(false)).toEqual(["smtp", "submission", "submissions", "imaps", "lmtp"]);
  expect(names(true)).toContain("imap");
});

test.each([
  [["mx"], ["smtp", "lmtp"]],
  [["submission"], ["submission", "submissions", "lmtp"]],
  [["maildrop"], ["imaps", "lmtp", "imap"]],
] as const)("a site that is %s serves %s", (roles, names) => {
  expect(edgeServices(siteWith({ roles, imap143: true })).map((service) => service.name)).toEqual(names);
});

test("a site that is only mx listens on 25 for the world, and answers its own Postfix as any other", () => {
  const config = (site: SiteContext) => resolveText(edgeWorkload(site).files["haproxy.cfg"] ?? "", ({ ref }) => ref);
  const binds = (site: SiteContext) => [...config(site).matchAll(/^ {4}bind (.*)$/gm)].map(([, address]) => address);
  const inner = (site: SiteContext) => binds(site).filter((address) => address?.startsWith("127.0.0.1:"));
  const only = siteWith({ roles: ["mx"] });
  expect(binds(only).filter((address) => !inner(only).includes(address))).toEqual([
    "198.51.100.11:25",
    "[2001:db8:100::11]:25",
  ]);
  expect(inner(only)).toEqual(inner(alpha));
});

test("a site without Postfix asks nobody for rewritten senders", () => {
  const text = edgeWorkload(siteWith({ roles: ["maildrop"] })).files["haproxy.cfg"];
  expect(text).not.toContain("postsrsd");
  expect(edgeWorkload(siteWith({ roles: ["submission"] })).files["haproxy.cfg"]).toContain("postsrsd:10002");
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
    directory: { host: "couchmail", ports: [] },
    srs: undefined,
    sasl: { host: "dovecot", port: 12345 },
    services: [
      {
        name: "imaps",
        side: "world",
        port: 993,
        servers: ["alpha", "bravo", "charlie"].map(server),
        idleMinutes: 31,
        maxConnections: 10,
      },
    ],
  })["haproxy.cfg"];
  const [imaps] = /^backend imaps\n(?: {4}.*\n)*/m.exec(text) ?? [""];
  expect(imaps.match(/^ {4}server .*$/gm)).toEqual([
    "    server alpha alpha:1 send-proxy-v2 check port 2",
    "    server bravo bravo:1 send-proxy-v2 check port 2 backup",
    "    server charlie charlie:1 send-proxy-v2 check port 2 backup",
  ]);
});
