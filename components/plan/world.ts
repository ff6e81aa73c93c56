/** The local world as a group of workloads. */
import { fickleWorkload } from "../world/fickle/workload.ts";
import { knotWorkload } from "../world/knot/workload.ts";
import { outsideWorkload } from "../world/outside/workload.ts";
import { pebbleWorkload } from "../world/pebble/workload.ts";
import { resolverWorkload } from "../world/resolver/workload.ts";
import { INTERNET, WORLD_ADDRESS } from "../world/addresses.ts";
import type { WorldContext } from "../world/context.ts";
import { UID } from "./ids.ts";
import type { GroupPlan } from "./types.ts";

/** Where everything in the world is, before its zones are known. */
export function worldContext(stack: string, infrastructureDomain: string): Omit<WorldContext, "zones"> {
  return {
    stack,
    network: INTERNET.name,
    knot: { hostname: `ns.${infrastructureDomain}`, addresses: WORLD_ADDRESS.knot },
    pebble: {
      hostname: `acme.${infrastructureDomain}`,
      addresses: WORLD_ADDRESS.pebble,
      key: "pebble",
      certificate: "pebble",
    },
    resolver: { addresses: WORLD_ADDRESS.resolver },
    outside: {
      hostname: "mail.outside.test",
      domain: "outside.test",
      addresses: WORLD_ADDRESS.outside,
      selector: "o1",
      key: "dkim/outside.test/o1",
      tlsKey: "outside",
    },
    fickle: {
      hostname: "mail.fickle.outside.test",
      addresses: WORLD_ADDRESS.fickle,
      domains: [
        { name: "fickle.outside.test", tlsaKey: undefined },
        // bücher.outside.test
        { name: "xn--bcher-kva.outside.test", tlsaKey: undefined },
        { name: "dane.outside.test", tlsaKey: "fickle" },
        { name: "dane-wrong.outside.test", tlsaKey: "outside" },
      ],
      tlsKey: "fickle",
    },
    tsig: { name: "certs", password: "tsig/certs" },
  };
}

/** The world's servers, and the network that stands for the Internet. */
export function worldGroup(world: WorldContext): GroupPlan {
  return {
    name: "world",
    networks: [INTERNET],
    volumes: [
      { name: "knot", kind: "state", uid: UID.knot, mode: "0700" },
      { name: "outside-spool", kind: "state", uid: UID.root, mode: "0711" },
      { name: "outside-mail", kind: "state", uid: UID.outside, mode: "0755" },
    ],
    workloads: [
      knotWorkload(world),
      resolverWorkload(world),
      pebbleWorkload(world),
      outsideWorkload(world),
      fickleWorkload(world),
    ],
  };
}
