/** The filter's container. */
import { DKIM_ALGORITHMS } from "../../dns/dkim.ts";
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF } from "../../plan/workload.ts";
import type { Workload } from "../../plan/workload.ts";
import { RSPAMD_SOCKET } from "../shared-paths.ts";
import { VALKEY_PROBE_LOGIN } from "../valkey/render.ts";
import { CONTROLLER, DATA, renderRspamd } from "./render.ts";

/** Pure: what the site runs to filter mail and to guard what leaves. */
export function rspamdWorkload(
  site: Pick<SiteContext, "network" | "passwords" | "domains" | "signing" | "dmarc" | "arc" | "mail">,
): Workload {
  const { address } = site.network;
  const greylistDelaySeconds = site.mail.greylistDelaySeconds;
  return {
    name: "rspamd",
    image: "rspamd",
    uid: UID.rspamd,
    network: {
      kind: "own",
      attach: [{ network: site.network.name, address: address.rspamd, address6: undefined }],
      resolver: address.unbound,
    },
    files: renderRspamd({
      transport: "unix",
      address: address.rspamd,
      subnet: site.network.subnet,
      resolver: address.unbound,
      valkey: { address: address.valkey, password: site.passwords.valkey },
      directory: address.couchmail,
      signedDomains: [...new Set([...site.domains, ...site.signing.map(({ domain }) => domain)])].sort(),
      dmarc: site.dmarc,
      signatures: DKIM_ALGORITHMS.filter((one) => site.signing.some(({ algorithm }) => algorithm === one)),
      seal: site.arc,
      messageSizeBytes: site.mail.messageSizeBytes,
      messagesPerUserPerMinute: site.mail.messagesPerUserPerMinute,
      recipientsPerUserPerDay: site.mail.recipientsPerUserPerDay,
      ...(greylistDelaySeconds === undefined ? {} : { greylistDelaySeconds }),
    }),
    keeper: {
      prepare: [["prepare-rspamd", DATA, RSPAMD_SOCKET.file]],
      command: ["rspamd", "-f", "-c", `${CONF}/rspamd.conf`],
      check: [["rspamadm", "configtest", "-q", "-c", `${CONF}/rspamd.conf`]],
      reload: { signal: "HUP" },
      probe: {
        intervalSeconds: 2,
        timeoutSeconds: 3,
        failures: 3,
        // On a processor of another kind than that of the image's builder it compiles its expressions before it answers: 20 s
        // of two good cores, and as much longer as the machine is slower.
        startSeconds: 180,
        checks: [
          // Answered by the process that scans.
          { kind: "milter", name: "milter", address: `unix:${RSPAMD_SOCKET.file}` },
          { kind: "http", name: "controller", url: `http://${CONTROLLER}/ping`, status: 200 },
        ],
      },
      // Without either the guard lets nothing through. Neither is the filter's own fault, so it is not ended for them.
      ready: [
        {
          kind: "dialog",
          name: "memory",
          address: `${address.valkey}:${PORT.valkey}`,
          steps: [{ send: VALKEY_PROBE_LOGIN }, { expect: "^\\+OK" }, { send: "PING" }, { expect: "^\\+PONG" }],
        },
        // Answered without asking anybody, so that the world may be out of reach.
        { kind: "dns", name: "resolver", address: `${address.unbound}:${PORT.dns}`, question: "localhost", type: "A" },
      ],
      stopSeconds: 10,
      listen: `${address.rspamd}:${PORT.keeper}`,
    },
    volumes: [
      { volume: "rspamd", path: DATA, readOnly: false },
      { volume: RSPAMD_SOCKET.volume, path: RSPAMD_SOCKET.folder, readOnly: false },
    ],
    scratch: [],
    capabilities: [],
    limits: { memoryMiB: memoryMiB(site.mail.messageSizeBytes), pids: 64 },
    publish: [],
    sysctls: {},
  };
}

/** What a machine may be asked for at most; policies have it too. */
const MOST_MIB = 4096;

/** As much as messages of the usual size take: a limit below that changes nothing here, for another one starts the filter anew. */
const USUAL_MIB = 50;

/**
 * Most memory of the container. It uses 50 MiB, and four times that when it has to compile its expressions itself (images/rspamd).
 * Of a message that is one long text it holds up to ten copies at a time: as sent, as decoded, as words, and so on.
 */
function memoryMiB(messageSizeBytes: number): number {
  const messageMiB = Math.max(USUAL_MIB, Math.ceil(messageSizeBytes / (1024 * 1024)));
  return Math.min(MOST_MIB, 256 + 10 * messageMiB);
}
