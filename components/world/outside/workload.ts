/** The foreign mail server of the local world: it sends to the sites, and verifies what they send. */
import { UID } from "../../plan/ids.ts";
import { PORT } from "../../plan/ports.ts";
import { CONF, type Workload } from "../../plan/workload.ts";
import type { WorldContext } from "../context.ts";
import { SMTP_PROBE } from "../smtp-probe.ts";
import { smtpdConf } from "./render.ts";

/** Pure: it takes mail for its domain, and sends what tests have it send. */
export function outsideWorkload(world: WorldContext): Workload {
  const { outside, knot } = world;
  return {
    name: "outside",
    image: "outside",
    uid: UID.root,
    network: {
      kind: "own",
      attach: [{ network: world.network, address: outside.addresses.v4, address6: outside.addresses.v6 }],
      resolver: knot.addresses.v4,
    },
    files: {
      "smtpd.conf": smtpdConf(outside),
      "outside.crt": [{ ref: "certificatePem", certificate: outside.tlsKey }],
      "outside.key": [{ ref: "privateKeyPem", key: outside.tlsKey }],
      "dkim.pem": [{ ref: "privateKeyTraditional", key: outside.key }],
      "outside.json": `${JSON.stringify({ domain: outside.domain, selector: outside.selector, nameServer: knot.addresses.v4 })}
`,
    },
    keeper: {
      prepare: [["/usr/local/bin/prepare-spool"]],
      command: ["/usr/sbin/smtpd", "-d", "-f", `${CONF}/smtpd.conf`],
      check: [["/usr/sbin/smtpd", "-n", "-f", `${CONF}/smtpd.conf`]],
      reload: { restart: true },
      probe: SMTP_PROBE,
      listen: `127.0.0.1:${PORT.keeper}`,
    },
    volumes: [
      { volume: "outside-spool", path: "/var/spool/smtpd", readOnly: false },
      { volume: "outside-mail", path: "/srv/outside", readOnly: false },
    ],
    scratch: [],
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID", "SYS_CHROOT", "NET_BIND_SERVICE"],
    limits: { memoryMiB: 512, pids: 256 },
    publish: [],
    sysctls: {},
  };
}
