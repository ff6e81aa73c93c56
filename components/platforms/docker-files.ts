/** Docker on a machine: how it is configured, and how containers start and end with the machine. */
import { HEAD, type MachineFile } from "./machine-file.ts";

const DOCKER = {
  // Each site brings networks of its own.
  bridge: "none",
  // Or a listener would see the machine as every client.
  "userland-proxy": false,
  "live-restore": true,
  // What Docker 26 calls so is the translation of IPv6 addresses.
  experimental: true,
  ip6tables: true,
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" },
};

const CONTAINERS_UNIT = "mailkeep-containers.service";

/** Ends when none is left, or after three rounds: one may need another that comes later in the list. */
const START_LEFT = [
  "for round in 1 2 3",
  "do left=$(docker ps --all --quiet --filter label=mailkeep.workload --filter status=exited --filter status=created)",
  '[ -n "$left" ] || exit 0',
  "docker start $left",
  "done",
].join("; ");

/**
 * Docker leaves containers running when it ends, so that an upgrade of it does not stop mail (`live-restore`). When the machine
 * goes down they would all be ended by force, a minute and a half later: systemd waits as long for what holds them. This ends
 * before Docker does, whose own restart it does not notice.
 *
 * At the next start Docker starts them side by side, and gives up one whose network is another container's that is not there
 * yet. So those that are left are started here; `$$` is a `$` for systemd, and `-` has one that cannot be started not keep the
 * others from their orderly end.
 */
const CONTAINERS = `${HEAD}[Unit]
Description=The sites' containers: all started, and ended in order before the machine goes down
After=docker.service containerd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=-/bin/sh -c '${START_LEFT.replaceAll("$", "$$$$")}'
ExecStop=/bin/sh -c 'docker ps --quiet | xargs --no-run-if-empty docker stop'
TimeoutStopSec=2min

[Install]
WantedBy=multi-user.target
`;

/** The unit comes last, for it wants Docker. */
export function dockerFiles(): MachineFile[] {
  return [
    {
      path: "/etc/docker/daemon.json",
      content: `${JSON.stringify(DOCKER, null, 2)}\n`,
      check: ["dockerd", "--validate", "--config-file", "/etc/docker/daemon.json"],
      apply: ["sh", "-c", "systemctl enable docker && systemctl restart docker"],
    },
    {
      path: `/etc/systemd/system/${CONTAINERS_UNIT}`,
      content: CONTAINERS,
      check: ["systemd-analyze", "verify", `/etc/systemd/system/${CONTAINERS_UNIT}`],
      apply: ["sh", "-c", `systemctl daemon-reload && systemctl enable --now ${CONTAINERS_UNIT}`],
    },
  ];
}
