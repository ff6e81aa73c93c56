/** The authority of that world (RFC 8555), which believes what it is told over HTTP, and the resolver that it asks for names. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pebbleJson } from "../../../components/world/pebble/render.ts";
import { succeed } from "../../engine/compose-stack.ts";
import { until } from "../system.ts";
import { askHttps } from "../web-client.ts";
import { AUTHORITY, PEOPLE } from "./places.ts";

const START_MS = 60_000;

export interface Authority {
  /** PEM. What the directory itself is believed by. */
  readonly directoryCa: string;
  /** PEM. What the certificates that it issues are believed by; it is made up at each start. */
  readonly root: string;
}

/** Remembers nothing, and believes what the name server says: the zones are not there from the beginning. */
const UNBOUND = `server:
  interface: 0.0.0.0
  access-control: 0.0.0.0/0 allow
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  directory: "/tmp"
  module-config: "iterator"
  root-hints: "/run/conf/root.hints"
  cache-max-ttl: 0
  cache-max-negative-ttl: 0
`;

/** Makes what the resolver reads. @param rootHints where its root is */
export async function resolverFiles(folder: string, rootHints: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "unbound.conf"), UNBOUND);
  await writeFile(join(folder, "root.hints"), rootHints);
}

export const RESOLVER_COMMAND = "exec unbound -d -c /run/conf/unbound.conf";
export const PEBBLE_COMMAND = `exec pebble -config /run/conf/pebble.json -dnsserver ${PEOPLE.resolver}:53`;

/** Makes what the authority reads. */
export async function authorityFiles(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "pebble.json"), pebbleJson());
  const pair = ["-keyout", join(folder, "pebble.key"), "-out", join(folder, "pebble.crt")];
  const names = ["-subj", `/CN=${AUTHORITY.hostname}`, "-addext", `subjectAltName=DNS:${AUTHORITY.hostname}`];
  await succeed("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, ...pair]);
}

/** Waits until it answers. @param folder what {@link authorityFiles} made */
export async function authority(folder: string): Promise<Authority> {
  const directoryCa = await readFile(join(folder, "pebble.crt"), "utf8");
  const options = { port: AUTHORITY.managementPort, ca: directoryCa };
  let root = "";
  const answers = async (): Promise<boolean> => {
    const { text } = await askHttps(PEOPLE.authority, AUTHORITY.hostname, "/roots/0", options);
    root = text;
    return root.includes("BEGIN CERTIFICATE");
  };
  await until("the authority answers", () => answers().catch(() => false), START_MS);
  return { directoryCa, root };
}
