import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import { pickNewest } from "../../../tools/offline/base-image.ts";
import { isPublic, mirrorOf, PUBLIC_MIRROR } from "../../../tools/offline/debian-mirror.ts";
import { atMirror, startDebianProxy } from "../../../tools/offline/debian-proxy.ts";
import { canInstall, osFamily } from "../../../tools/offline/machine.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const MIRROR = {
  main: "https://packages.example.org/debian",
  security: "https://packages.example.org/debian-security",
};

test("the sources of a fresh Debian are the public ones", () => {
  const text = `Types: deb
# http://snapshot.debian.org/archive/debian/20250520T000000Z
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main
`;
  expect(mirrorOf([text])).toEqual(PUBLIC_MIRROR);
  expect(isPublic(mirrorOf([text]))).toBe(true);
});

test("a mirror is found in stanzas, and one that is switched off is not", () => {
  const text = `Enabled: no
Types: deb
URIs: http://old.example.org/debian
Suites: trixie

Types: deb deb-src
URIs: ${MIRROR.main}/
Suites: trixie trixie-updates

Types: deb
URIs: ${MIRROR.security}
Suites: trixie-security
`;
  expect(mirrorOf([text])).toEqual(MIRROR);
});

test("a mirror is found in lines, and other vendors' packages are none", () => {
  const lines = [
    "deb https://packages.cloud.example.org/apt cloud-sdk-bookworm main",
    `deb [signed-by=/usr/share/keyrings/x.gpg arch=amd64] ${MIRROR.main} bookworm main contrib`,
    `# deb http://commented.example.org/debian-security bookworm-security main`,
  ];
  expect(mirrorOf([lines.join("\n")])).toEqual({ main: MIRROR.main, security: PUBLIC_MIRROR.security });
});

test("Ubuntu's mirror is not taken for one of Debian", () => {
  expect(mirrorOf(["deb http://archive.ubuntu.com/ubuntu noble main"])).toEqual(PUBLIC_MIRROR);
});

test("the proxy's addresses are those of the mirror, for Debian's packages alone", () => {
  expect(atMirror(MIRROR, "http://deb.debian.org/debian/dists/trixie/InRelease")).toBe(
    `${MIRROR.main}/dists/trixie/InRelease`,
  );
  expect(atMirror(MIRROR, "http://deb.debian.org/debian-security/pool/a")).toBe(`${MIRROR.security}/pool/a`);
  expect(atMirror(MIRROR, "http://example.org/debian/a")).toBeUndefined();
  expect(atMirror(MIRROR, "/etc/passwd")).toBeUndefined();
});

test("the proxy passes on a file, an unchanged one and a missing one, and nothing else", async () => {
  const upstream = createServer((request, response) => {
    if (request.url === "/debian/new") response.end("content");
    else if (request.headers["if-modified-since"] !== undefined) response.writeHead(304).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => upstream.close(() => resolve())));
  const address = upstream.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const proxy = await startDebianProxy({ ...MIRROR, main: `http://127.0.0.1:${port}/debian` }, "127.0.0.1");
  closing.unshift(() => proxy.close());

  const ask = (path: string, headers: Record<string, string> = {}) => requestThrough(proxy.url, path, headers);
  expect(await ask("http://deb.debian.org/debian/new")).toEqual({ status: 200, body: "content" });
  expect(await ask("http://deb.debian.org/debian/old", { "if-modified-since": "now" })).toEqual({
    status: 304,
    body: "",
  });
  expect(await ask("http://deb.debian.org/debian/gone")).toEqual({ status: 404, body: "" });
  expect((await ask("http://example.org/")).status).toBe(403);
});

async function requestThrough(
  proxy: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const { request } = await import("node:http");
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on("error", reject).end();
  });
}

test("the newest base image of this recipe is used", () => {
  const lines = [
    "13 sha256:aa",
    "13-r1-20261101-official sha256:bb",
    "13-r1-20261120-fallback sha256:cc",
    "13-r0-20261121-official sha256:dd",
  ];
  expect(pickNewest(lines.join("\n"))).toEqual({
    name: "base image",
    version: "13-r1-20261120-fallback",
    tag: "mailkeep/debian:13-r1-20261120-fallback",
    id: "sha256:cc",
    source: "fallback",
  });
  expect(pickNewest("")).toBeUndefined();
});

test("packages are installed by root on Debian and what is like it", () => {
  const mint = osFamily('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n');
  expect(mint).toEqual(["linuxmint", "ubuntu", "debian"]);
  expect(canInstall({ family: mint, root: true })).toBe(true);
  expect(canInstall({ family: mint, root: false })).toBe(false);
  expect(canInstall({ family: osFamily("ID=fedora"), root: true })).toBe(false);
});
