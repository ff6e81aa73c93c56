/** couchmail in this process, with a database and ports of its own. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DirectoryFile } from "../../../components/directory/index.ts";
import type { Configuration } from "../../../images/couchmail/src/config.ts";
import { openPouch } from "../../../images/couchmail/src/pouch.ts";
import { startService } from "../../../images/couchmail/src/service.ts";
import type { Service } from "../../../images/couchmail/src/service.ts";
import { roles } from "../directory/content.ts";

export const TOKEN = "token-of-the-tests";
export const HASH = `{SHA512-CRYPT}$6$saltsalt$${"a".repeat(86)}`;

/** Cleaned up after each test by {@link cleanUp}. */
const ends: (() => Promise<void>)[] = [];

export async function cleanUp(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end();
}

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "couchmail-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function firstValues(): DirectoryFile {
  return {
    domains: [
      { name: "home.test" },
      { name: "club.test", catchAll: ["cat@club.test"] },
      { name: "old-home.test", aliasOf: "home.test" },
    ],
    mailboxes: ["ann@home.test", "ben@home.test", "cat@club.test"].map((address) => ({ address, passwordHash: HASH })),
    aliases: [
      ...roles("home.test", "ann@home.test"),
      ...roles("club.test", "cat@club.test"),
      { address: "family@home.test", targets: ["ann@home.test", "ben@home.test"] },
    ],
    machines: [{ login: "machine@home.test", passwordHash: HASH, senders: ["*@*.home.test"] }],
  };
}

export function configuration(data: string, directory = firstValues()): Configuration {
  const ports = { domain: 0, mailbox: 0, alias: 0, sender: 0, http: 0 };
  const mailHome = "/srv/mail";
  return {
    config: { site: "alpha", listen: "127.0.0.1", ports, data, delimiter: "+", mailHome },
    directory,
    tokenSha256: createHash("sha256").update(TOKEN).digest(),
  };
}

export interface Running {
  readonly service: Service;
  /** Lines of the log. */
  readonly log: readonly string[];
  readonly ask: (port: "domain" | "mailbox" | "alias" | "sender", key: string) => Promise<string>;
  readonly http: (
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ) => Promise<{ readonly status: number; readonly body: unknown }>;
}

/** Starts the service in a folder; it is closed at the end of the test. */
export async function start(folder: string, directory = firstValues()): Promise<Running> {
  const log: string[] = [];
  const service = await startService({
    configuration: configuration(folder, directory),
    store: await openPouch(folder),
    log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    failed: (error) => log.push(`failed ${error.message}`),
  });
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await service.close();
    open = false;
  };
  ends.push(close);
  return {
    service: { ...service, close },
    log,
    ask: (port, key) => say(service.ports[port], `get ${key}\n`),
    http: async (method, path, body, token) => {
      const response = await fetch(`http://127.0.0.1:${service.ports.http}${path}`, {
        method,
        headers: { connection: "close", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
      const parsed: unknown = isJson ? JSON.parse(text) : text || undefined;
      return { status: response.status, body: parsed };
    },
  };
}

/** Sends text to a port and returns what comes back up to a newline, or until the other side closes. */
export function say(port: number, text: string, lines = 1): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => {
      heard += data.toString("latin1");
      if (heard.split("\n").length > lines) socket.end();
    });
    socket.on("close", () => resolve(heard.trimEnd()));
    socket.on("error", reject);
  });
}
