import { expect, test } from "vitest";
import { netWorkload } from "../../../../components/mail/net/workload.ts";
import { literal } from "../../../../components/plan/text.ts";
import { alpha, siteWith } from "../site-context.ts";

const published = (changes: Parameters<typeof siteWith>[0]) =>
  netWorkload(siteWith(changes)).publish.map(({ hostAddress, port }) => `${literal(hostAddress)}:${port}`);

test("publishes the site's ports on its loopback address", () => {
  expect(published({})).toEqual([25, 465, 587, 993, 443, 80].map((port) => `127.0.1.11:${port}`));
  expect(published({ imap143: true })).toContain("127.0.1.11:143");
});

test.each([
  [["mx"], [25, 443, 80]],
  [["submission"], [465, 587, 993, 143, 443, 80]],
  [["maildrop"], [465, 587, 993, 143, 443, 80]],
  [
    ["mx", "maildrop"],
    [25, 465, 587, 993, 143, 443, 80],
  ],
] as const)("a site that is %s publishes %s", (roles, ports) => {
  expect(published({ roles, imap143: true })).toEqual(ports.map((port) => `127.0.1.11:${port}`));
});

test("publishes nothing where the site has addresses of its own", () => {
  expect(published({ publishAddresses: [] })).toEqual([]);
});

test("holds the ingress addresses on the first network, where published ports lead to", () => {
  const { network } = netWorkload(alpha);
  expect(network).toMatchObject({
    kind: "own",
    attach: [
      { network: "internet", address: "198.51.100.11", address6: "2001:db8:100::11" },
      { network: "site", address: "10.77.1.10" },
    ],
  });
});
