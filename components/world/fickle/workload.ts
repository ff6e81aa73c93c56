/**
 * A second foreign mail server, which behaves as a test tells it: what a queue is for happens there. It is also the one
 * that speaks SMTPUTF8 and has TLSA records, right and wrong ones.
 */
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { LOW_PORTS, type Workload } from "../../plan/workload.ts";
import type { WorldContext } from "../context.ts";
import { SMTP_PROBE } from "../smtp-probe.ts";

/** Pure: it takes mail for its domains as it has been told to by then. */
export function fickleWorkload(world: WorldContext): Workload {
  const { hostname, addresses, tlsKey } = world.fickle;
  const listen = [addresses.v4, addresses.v6].filter((address) => address !== undefined);
  return {
    name: "fickle",
    image: "outside",
    uid: UID.outside,
    network: {
      kind: "own",
      attach: [{ network: world.network, address: addresses.v4, address6: addresses.v6 }],
      resolver: world.knot.addresses.v4,
    },
    files: {
      "fickle.json": `${JSON.stringify({ hostname, listen })}\n`,
      "fickle.crt": [{ ref: "certificatePem", certificate: tlsKey }],
      "fickle.key": [{ ref: "privateKeyPem", key: tlsKey }],
    },
    keeper: {
      command: ["/usr/local/bin/fickle-server"],
      reload: { restart: true },
      probe: SMTP_PROBE,
      listen: `127.0.0.1:${PORT.keeper}`,
    },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 256, pids: 32 },
    publish: [],
    sysctls: LOW_PORTS,
  };
}
