/** The two Postfix workloads, `mx` and `submission`. They share the network of `net` and listen on its loopback only. */
import type { SiteContext } from "../../plan/context.ts";
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import type { Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";
import type { KeeperCheck, Workload } from "../../plan/workload.ts";
import { room } from "../room.ts";
import { CERTIFICATES, RSPAMD_SOCKET, SITE_CERTIFICATE } from "../shared-paths.ts";
import { blocklistQuiet } from "./blocklists.ts";
import { RSPAMD, signersOf } from "./milters.ts";
import { renderMx } from "./render-mx.ts";
import { renderSubmission } from "./render-submission.ts";

/**
 * Port 25.
 *
 * It is ready as soon as Postfix itself answers, whatever the filter or the directory do: with those down a sender gets
 * a true 4xx with its reason, which is better than a closed port.
 */
export function mxWorkload(site: SiteContext): Workload {
  return postfixWorkload(site, {
    name: "mx",
    files: renderMx(site),
    probePort: PORT.smtpLocal,
    keeperPort: PORT.keeperMx,
    quiet: blocklistQuiet(site.blocklists),
    ready: [],
  });
}

/** Ports 587 and 465. It is ready only with all that it needs, so that another site's can take over. */
export function submissionWorkload(site: SiteContext): Workload {
  return postfixWorkload(site, {
    name: "submission",
    files: renderSubmission(site),
    probePort: PORT.submissionLocal,
    keeperPort: PORT.keeperSubmission,
    quiet: [],
    ready: [
      { kind: "milter", name: "rspamd", address: RSPAMD },
      // It answers and yet lets nothing through while its memory or the resolver is away.
      {
        kind: "http",
        name: "filter",
        url: `http://${site.network.address.rspamd}:${PORT.keeper}/ready`,
        status: 200,
      },
      ...signersOf(site).map(({ name, milter }): KeeperCheck => ({ kind: "milter", name, address: milter })),
      dialog("login", `${site.network.address.dovecot}:${PORT.sasl}`, [{ expect: "^VERSION" }]),
      // A domain that cannot exist: "not there" is the right answer, and says that the directory works.
      dialog("directory", `127.0.0.1:${PORT.directoryDomain}`, [
        { send: "get readiness.invalid\n" },
        { expect: "^[25]00 " },
      ]),
    ],
  });
}

interface Kind {
  readonly name: "mx" | "submission";
  readonly files: Readonly<Record<string, Text>>;
  readonly probePort: number;
  readonly keeperPort: number;
  readonly quiet: readonly string[];
  readonly ready: readonly KeeperCheck[];
}

const QUEUE = "/var/spool/postfix";

function postfixWorkload(site: SiteContext, kind: Kind): Workload {
  const probe = dialog("smtp", `127.0.0.1:${kind.probePort}`, [
    { expect: "^220 " },
    { send: "EHLO localhost" },
    { expect: "^250 ", skip: "^250-" },
    { send: "QUIT" },
    { expect: "^221 " },
  ]);
  const milters = [RSPAMD_SOCKET, ...signersOf(site).map(({ socket }) => socket)];
  return {
    name: kind.name,
    image: "postfix",
    uid: UID.root,
    network: { kind: "shared", with: "net" },
    files: { ...kind.files, "site.key": [{ ref: "privateKeyPem", key: site.tls.key }] },
    keeper: {
      // Without a certificate Postfix would start and refuse TLS to everyone.
      prepare: [["test", "-s", SITE_CERTIFICATE]],
      command: ["postfix", "-c", CONF, "start-fg"],
      check: [["check-postfix", CONF]],
      reload: { command: ["postfix", "-c", CONF, "reload"] },
      watch: [CERTIFICATES],
      probe: { intervalSeconds: 3, timeoutSeconds: 3, failures: 3, startSeconds: 20, checks: [probe] },
      ready: kind.ready,
      told: [room(QUEUE)],
      requireAddresses: [site.ingress.v4, site.egress.v4].filter((address, i, all) => all.indexOf(address) === i),
      listen: `127.0.0.1:${kind.keeperPort}`,
      gauges: [
        {
          name: "postfix_queue_messages",
          help: "Messages that wait for delivery, or are on their way.",
          filesIn: ["incoming", "active", "deferred", "hold"].map((queue) => `${QUEUE}/${queue}`),
        },
      ],
      ...(kind.quiet.length === 0 ? {} : { quiet: kind.quiet }),
    },
    volumes: [
      { volume: `queue-${kind.name}`, path: QUEUE, readOnly: false },
      { volume: "certs", path: CERTIFICATES, readOnly: true },
      ...milters.map(({ volume, folder }) => ({ volume, path: folder, readOnly: true })),
    ],
    scratch: [{ path: "/var/lib/postfix", uid: UID.postfix, mode: "0700", sizeMiB: 16 }],
    // The master starts as root and gives each process away; the queue's folders are made with their owners. No
    // SYS_CHROOT: no service is chrooted.
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"],
    limits: { memoryMiB: 256, pids: 200 },
    publish: [],
    sysctls: {},
  };
}

type Steps = Extract<KeeperCheck, { kind: "dialog" }>["steps"];

const dialog = (name: string, address: string, steps: Steps): KeeperCheck => ({ kind: "dialog", name, address, steps });
