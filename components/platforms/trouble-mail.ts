/** Files with which a machine tells by mail that one of its own services has failed and stays away. */
import { HEAD, type MachineFile } from "./machine-file.ts";

/** What a site needs of its machine, and systemd gives up starting again after a few failures. */
const SERVICES = ["docker.service", "containerd.service", "nftables.service"] as const;

const UNIT = "/etc/systemd/system/mailkeep-tell@.service";

/** Until then systemd tries again, and each try that fails comes here (RestartMode=, systemd.service(5)). */
const PATIENCE_SECONDS = 30;

/** `%i` is the service and `%H` the machine, systemd.unit(5). */
const TELL = `${HEAD}[Unit]
Description=Mail to root that %i has failed

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'sleep ${PATIENCE_SECONDS}; systemctl is-active --quiet %i || { echo "Subject: %i has failed on %H"; echo; echo "It has not come back within ${PATIENCE_SECONDS} seconds. Containers that run go on, but without it nothing is started anew."; echo; systemctl status --no-pager --full --lines=20 %i; } | sendmail root'
`;

/** Nothing else would tell anybody: mail goes on without Docker, until the next thing fails. */
export function troubleMail(): readonly MachineFile[] {
  const apply = ["systemctl", "daemon-reload"];
  return [
    { path: UNIT, content: TELL, apply },
    ...SERVICES.map((service) => ({
      path: `/etc/systemd/system/${service}.d/mailkeep-tell.conf`,
      content: `${HEAD}[Unit]\nOnFailure=mailkeep-tell@%n.service\n`,
      apply,
    })),
  ];
}
