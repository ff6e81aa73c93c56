/** The edge: the site's front door, HAProxy. It shares the network of `net`. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { Text } from "../../plan/text.ts";
import type { Workload } from "../../plan/workload.ts";
import { WEB_CERTIFICATES } from "../shared-paths.ts";
import { webFiles } from "../web/files.ts";
import { LOADED_CERTIFICATES } from "../web/haproxy.ts";
import { egressWays } from "./egress.ts";
import { linkFiles } from "./link.ts";
import { rewritesSenders } from "../postsrsd/workload.ts";
import { renderEdge } from "./render.ts";
import { edgeLink, edgeServices } from "./services.ts";

/** Key of the certificates for what is served over HTTPS. */
const WEB_KEY = `${CONF}/web.key`;

/** What Postfix asks the directory. */
const LOOKUPS = [PORT.directoryDomain, PORT.directoryMailbox, PORT.directoryAlias, PORT.directorySender];

/** Pure: HAProxy in the network of `net`. It takes in all that the world and the other sites send, and passes it on. */
export function edgeWorkload(site: SiteContext): Workload {
  const services = edgeServices(site);
  const { web } = site;
  const { address } = site.network;
  return {
    name: "edge",
    image: "haproxy",
    uid: UID.haproxy,
    network: { kind: "shared", with: "net" },
    files: {
      ...renderEdge({
        ingress: site.ingress,
        services,
        directory: { host: address.couchmail, ports: LOOKUPS },
        srs: rewritesSenders(site)
          ? { host: address.postsrsd, forward: PORT.srsForward, reverse: PORT.srsReverse }
          : undefined,
        sasl: { host: address.dovecot, port: PORT.sasl },
        egress: egressWays(site),
        link: site.link === undefined ? undefined : edgeLink(site, services),
        web,
        acme: site.acme,
        statusPort: PORT.edgeStatus,
      }),
      ...webFiles(web, { host: site.clientHostname, imap143: site.imap143 }),
      "web.key": [{ ref: "privateKeyPem", key: web.key }] satisfies Text,
      ...(site.link === undefined ? {} : linkFiles(site.link)),
    },
    keeper: {
      command: ["haproxy", "-W", "-db", "-p", "/run/haproxy.pid", "-f", `${CONF}/haproxy.cfg`],
      check: [["haproxy", "-c", "-f", `${CONF}/haproxy.cfg`]],
      prepare: [["load-certificates", WEB_KEY]],
      reload: { command: ["reload-edge", WEB_KEY] },
      watch: [WEB_CERTIFICATES],
      probe: {
        intervalSeconds: 2,
        timeoutSeconds: 3,
        failures: 3,
        startSeconds: 10,
        checks: [{ kind: "http", name: "status", url: `http://127.0.0.1:${PORT.edgeStatus}/healthz`, status: 200 }],
      },
      requireAddresses: [site.ingress.v4],
      listen: `127.0.0.1:${PORT.keeperEdge}`,
    },
    volumes: [{ volume: "web-certs", path: WEB_CERTIFICATES, readOnly: true }],
    scratch: [{ path: LOADED_CERTIFICATES, uid: UID.haproxy, mode: "0700", sizeMiB: 4 }],
    capabilities: [],
    limits: { memoryMiB: 128, pids: 50 },
    publish: [],
    sysctls: {},
  };
}
