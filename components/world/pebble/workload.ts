/** Pebble: the ACME directory of the local world. */
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF, type Workload } from "../../plan/workload.ts";
import type { WorldContext } from "../context.ts";
import { pebbleJson } from "./render.ts";

/** Pure: the ACME directory, whose certificates nobody outside believes. */
export function pebbleWorkload(world: WorldContext): Workload {
  const { pebble, knot, resolver } = world;
  return {
    name: "pebble",
    image: "pebble",
    uid: UID.pebble,
    network: {
      kind: "own",
      attach: [{ network: world.network, address: pebble.addresses.v4, address6: pebble.addresses.v6 }],
      resolver: knot.addresses.v4,
    },
    files: {
      "pebble.json": pebbleJson(),
      "pebble.crt": [{ ref: "certificatePem", certificate: pebble.certificate }],
      "pebble.key": [{ ref: "privateKeyPem", key: pebble.key }],
    },
    keeper: {
      // Proofs of control may be aliases, so it asks a resolver: one that never remembers that a proof was not there.
      command: [
        "/usr/bin/pebble",
        "-config",
        `${CONF}/pebble.json`,
        "-dnsserver",
        `${resolver.addresses.v4}:${PORT.dns}`,
      ],
      environment: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" },
      reload: { restart: true },
      probe: {
        intervalSeconds: 3,
        timeoutSeconds: 3,
        failures: 3,
        startSeconds: 30,
        checks: [{ kind: "http", name: "directory", url: `https://127.0.0.1:${PORT.acme}/dir`, status: 200 }],
      },
      listen: `127.0.0.1:${PORT.keeper}`,
    },
    volumes: [],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 128, pids: 64 },
    publish: [],
    sysctls: {},
  };
}
