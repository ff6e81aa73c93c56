/** The container of the filter's memory. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { Workload } from "../../plan/workload.ts";
import { room } from "../room.ts";
import { renderValkey } from "./render.ts";

const DATA = "/var/lib/valkey";

/** Pure: what the site runs to remember greylisting, Bayes and rate limits. */
export function valkeyWorkload(site: Pick<SiteContext, "network" | "passwords">): Workload {
  const address = site.network.address.valkey;
  return {
    name: "valkey",
    image: "valkey",
    uid: UID.valkey,
    network: {
      kind: "own",
      attach: [{ network: site.network.name, address, address6: undefined }],
      resolver: site.network.address.unbound,
    },
    files: renderValkey({ address, password: site.passwords.valkey, data: DATA }),
    keeper: {
      command: ["valkey-server", `${CONF}/valkey.conf`],
      check: [["check-valkey", `${CONF}/valkey.conf`]],
      reload: { restart: true },
      probe: {
        intervalSeconds: 2,
        timeoutSeconds: 3,
        failures: 2,
        // Reading the log back comes first; it is answered with -LOADING meanwhile.
        startSeconds: 60,
        checks: [
          {
            kind: "dialog",
            name: "ping",
            address: `127.0.0.1:${PORT.valkey}`,
            // Being asked for a password is proof enough that it answers. Whether it can write is the filter's question: on a full
            // disk it would not help to end it.
            steps: [{ send: "PING" }, { expect: "^(\\+PONG|-NOAUTH)" }],
          },
        ],
      },
      told: [room(DATA)],
      stopSeconds: 10,
      listen: `${address}:${PORT.keeper}`,
    },
    volumes: [{ volume: "valkey", path: DATA, readOnly: false }],
    scratch: [],
    capabilities: [],
    // Twice the data, since rewriting its log takes a copy of what changes meanwhile.
    limits: { memoryMiB: 192, pids: 32 },
    publish: [],
    sysctls: {},
  };
}
