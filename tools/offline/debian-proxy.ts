/**
 * A proxy for the time of a build, which fetches Debian packages from the machine's own mirror.
 *
 * The images name deb.debian.org, and no trace of a company's mirror may be in them. Docker passes `http_proxy` to a
 * build without writing it down, and packages are signed, so a proxy that answers for deb.debian.org is all it takes.
 */
import { createServer, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { PUBLIC_MIRROR, type DebianMirror } from "./debian-mirror.ts";

/** One that listens until it is closed. */
export interface DebianProxy {
  /** Such as `http://172.17.0.1:34567`. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param address where containers that build reach this machine: the gateway of Docker's default network */
export async function startDebianProxy(mirror: DebianMirror, address: string): Promise<DebianProxy> {
  const server = createServer((request, response) => {
    answer(mirror, request.method ?? "GET", request.url ?? "", request.headers, response).catch((error: unknown) => {
      // Nothing was sent yet: an error apt understands. Otherwise the connection ends short, which it notices too.
      if (!response.headersSent) response.writeHead(502).end(String(error));
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, address, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("The proxy for Debian packages has no port.");
  return {
    url: `http://${address}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The address at the mirror of one at deb.debian.org, or undefined for all else. */
export function atMirror(mirror: DebianMirror, url: string): string | undefined {
  for (const part of ["main", "security"] as const) {
    if (url.startsWith(`${PUBLIC_MIRROR[part]}/`)) return mirror[part] + url.slice(PUBLIC_MIRROR[part].length);
  }
  return undefined;
}

const PASSED_ON = ["if-modified-since", "range", "if-range", "cache-control"] as const;
const PASSED_BACK = [
  "content-length",
  "content-range",
  "last-modified",
  "content-type",
  "etag",
  "accept-ranges",
] as const;

async function answer(
  mirror: DebianMirror,
  method: string,
  url: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  response: ServerResponse,
): Promise<void> {
  const target = atMirror(mirror, url);
  if (target === undefined || (method !== "GET" && method !== "HEAD")) {
    response.writeHead(403).end("only Debian packages are fetched here");
    return;
  }
  const asked = new Headers({ "accept-encoding": "identity" });
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (typeof value === "string") asked.set(name, value);
  }
  const got = await fetch(target, { method, headers: asked });
  const back: Record<string, string> = {};
  for (const name of PASSED_BACK) {
    const value = got.headers.get(name);
    if (value !== null) back[name] = value;
  }
  response.writeHead(got.status, back);
  if (got.body === null) response.end();
  else await pipeline(got.body, response);
}
