/** The signer's container. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { Workload } from "../../plan/workload.ts";
import { renderOpendkim, SOCKET_FOLDER } from "./render.ts";

const SOCKET_FILE = `${SOCKET_FOLDER}/opendkim.sock`;

/** Pure: what the site runs to sign mail. Keys and tables change without a restart. */
export function opendkimWorkload(site: Pick<SiteContext, "network" | "signing">): Workload {
  const address = site.network.address.opendkim;
  return {
    name: "opendkim",
    image: "opendkim",
    uid: UID.opendkim,
    network: {
      kind: "own",
      attach: [{ network: site.network.name, address, address6: undefined }],
      resolver: site.network.address.unbound,
    },
    files: renderOpendkim({ transport: "unix", signing: site.signing }),
    keeper: {
      // A killed signer leaves its socket behind, and the next one refuses to bind to it.
      prepare: [["rm", "-f", SOCKET_FILE]],
      command: ["opendkim", "-f", "-x", `${CONF}/opendkim.conf`],
      check: [["opendkim", "-n", "-x", `${CONF}/opendkim.conf`]],
      reload: { signal: "USR1" },
      probe: {
        intervalSeconds: 2,
        timeoutSeconds: 3,
        failures: 2,
        startSeconds: 10,
        checks: [{ kind: "milter", name: "sign", address: `unix:${SOCKET_FILE}` }],
      },
      stopSeconds: 5,
      listen: `${address}:${PORT.keeper}`,
      // OpenDKIM knows no log but syslog's; see images/opendkim/syslog.c.
      environment: { LD_PRELOAD: "/usr/lib/mailkeep/syslog.so" },
    },
    volumes: [{ volume: "milter-opendkim", path: SOCKET_FOLDER, readOnly: false }],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 64, pids: 64 },
    publish: [],
    sysctls: {},
  };
}
