/** The edge: the site's front door, HAProxy. It shares the network of `net`. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { Workload } from "../../plan/workload.ts";
import { egressWays } from "./egress.ts";
import { linkFiles } from "./link.ts";
import { rewritesSenders } from "../postsrsd/workload.ts";
import { renderEdge } from "./render.ts";
import { edgeLink, edgeServices } from "./services.ts";

/** What Postfix asks the directory. */
const LOOKUPS = [PORT.directoryDomain, PORT.directoryMailbox, PORT.directoryAlias, PORT.directorySender];

export function edgeWorkload(site: SiteContext): Workload {
  const services = edgeServices(site);
  return {
    name: "edge",
    image: "haproxy",
    uid: UID.haproxy,
    network: { kind: "shared", with: "net" },
    files: {
      ...renderEdge({
        ingress: site.ingress,
        services,
        directory: { host: "couchmail", ports: LOOKUPS },
        srs: rewritesSenders(site)
          ? { host: "postsrsd", forward: PORT.srsForward, reverse: PORT.srsReverse, domain: site.srs.domain }
          : undefined,
        sasl: { host: "dovecot", port: PORT.sasl },
        egress: egressWays(site),
        link: site.link === undefined ? undefined : edgeLink(site, services),
        statusPort: PORT.edgeStatus,
      }),
      ...(site.link === undefined ? {} : linkFiles(site.link)),
    },
    keeper: {
      command: ["haproxy", "-W", "-db", "-f", `${CONF}/haproxy.cfg`],
      check: [["haproxy", "-c", "-f", `${CONF}/haproxy.cfg`]],
      reload: { signal: "USR2" },
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
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 128, pids: 50 },
    publish: [],
    sysctls: {},
  };
}
