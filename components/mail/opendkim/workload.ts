/** The signers' containers: one for each kind of keys. */
import { DKIM_ALGORITHMS, type DkimAlgorithm } from "../../dns/dkim.ts";
import type { SiteContext } from "../../plan/context.ts";
import { SIGNER } from "../../plan/dkim.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { Workload } from "../../plan/workload.ts";
import { signerSocket } from "../shared-paths.ts";
import { renderOpendkim } from "./render.ts";

type SignerSite = Pick<SiteContext, "network" | "signing">;

/** Pure: what the site runs to sign mail. The RSA one is there in any case: without keys it refuses. */
export function opendkimWorkloads(site: SignerSite): Workload[] {
  return DKIM_ALGORITHMS.flatMap((algorithm) => {
    const signing = site.signing.filter((key) => key.algorithm === algorithm);
    return algorithm !== "rsa" && signing.length === 0 ? [] : [opendkimWorkload(algorithm, { ...site, signing })];
  });
}

/** Keys and tables change without a restart. */
function opendkimWorkload(algorithm: DkimAlgorithm, { network, signing }: SignerSite): Workload {
  const { workload: name } = SIGNER[algorithm];
  const address = network.address[name];
  const socket = signerSocket(algorithm);
  return {
    name,
    image: "opendkim",
    uid: UID.opendkim,
    network: {
      kind: "own",
      attach: [{ network: network.name, address, address6: undefined }],
      resolver: network.address.unbound,
    },
    files: renderOpendkim({ transport: "unix", algorithm, signing }),
    keeper: {
      // A killed signer leaves its socket behind, and the next one refuses to bind to it.
      prepare: [["rm", "-f", socket.file]],
      command: ["opendkim", "-f", "-x", `${CONF}/opendkim.conf`],
      check: [["opendkim", "-n", "-x", `${CONF}/opendkim.conf`]],
      reload: { signal: "USR1" },
      probe: {
        intervalSeconds: 2,
        timeoutSeconds: 3,
        failures: 2,
        startSeconds: 10,
        checks: [{ kind: "milter", name: "sign", address: `unix:${socket.file}` }],
      },
      stopSeconds: 5,
      listen: `${address}:${PORT.keeper}`,
      // OpenDKIM knows no log but syslog's; see images/opendkim/syslog.c.
      environment: { LD_PRELOAD: "/usr/lib/mailkeep/syslog.so" },
    },
    volumes: [{ volume: socket.volume, path: socket.folder, readOnly: false }],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: 64, pids: 64 },
    publish: [],
    sysctls: {},
  };
}
