import { expect, test } from "vitest";
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
  expect(text.match(/^ {4}server .*$/gm)).toEqual([
    "    server alpha alpha:1 send-proxy-v2 check port 2",
    "    server bravo bravo:1 send-proxy-v2 check port 2 backup",
    "    server charlie charlie:1 send-proxy-v2 check port 2 backup",
  ]);
});
