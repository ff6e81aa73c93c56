/** The directory service's container. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import type { KeeperCheck, Workload } from "../../plan/workload.ts";
import { CONF } from "../../plan/workload.ts";
import { renderCouchmail } from "./render.ts";

const DATA = "/var/lib/couchmail";
/**
 * A small heap: lookups live on maps of strings, and a thousand mailboxes are less than a megabyte. A heap of that size is
 * swept by its own thread at no loss; without V8's helpers a site takes a megabyte less.
 */
const V8 = ["--max-old-space-size=64", "--max-semi-space-size=1", "--single-threaded"];
const NODE = ["/usr/local/bin/node", ...V8, "/opt/couchmail/main.mjs"];

/** Pure: what the site runs to answer who is who. Domains, users and aliases change by SIGHUP, without a restart. */
export function couchmailWorkload(site: SiteContext): Workload {
  const address = site.network.address.couchmail;
  return {
    name: "couchmail",
    image: "couchmail",
    uid: UID.couchmail,
    network: {
      kind: "own",
      attach: [{ network: site.network.name, address, address6: undefined }],
      resolver: site.network.address.unbound,
    },
    files: {
      "config.json": renderCouchmail({
        site: site.site,
        address,
        recipientDelimiter: site.mail.recipientDelimiter,
        data: DATA,
      }),
      "directory.json": site.directory,
      "token.sha256": [{ ref: "passwordSha256", password: site.passwords.directoryToken }],
    },
    keeper: {
      command: [...NODE, "serve", CONF],
      check: [[...NODE, "check", CONF]],
      reload: { signal: "HUP" },
      // A hung process holds Postfix's questions without an answer, so it is ended within 9 seconds.
      probe: { intervalSeconds: 2, timeoutSeconds: 2, failures: 3, startSeconds: 30, checks: checks(address) },
      stopSeconds: 5,
      listen: `${address}:${PORT.keeper}`,
      // What the start needed for a moment goes back to the system; by itself glibc raises this threshold and keeps 1.6 MiB.
      environment: { MALLOC_TRIM_THRESHOLD_: String(512 * 1024) },
    },
    volumes: [{ volume: "directory", path: DATA, readOnly: false }],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 160, pids: 64 },
    publish: [],
    sysctls: {},
  };
}

function checks(address: string): readonly KeeperCheck[] {
  return [
    {
      kind: "dialog",
      name: "lookup",
      address: `${address}:${PORT.directoryDomain}`,
      steps: [{ send: "get keeper.invalid" }, { expect: "^(200|500) " }],
    },
    { kind: "http", name: "http", url: `http://${address}:${PORT.directoryHttp}/healthz`, status: 200 },
  ];
}
