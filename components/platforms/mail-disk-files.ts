/** The disk for mail of a machine. */
import { HEAD, type MachineFile } from "./machine-file.ts";

/** Label of the file system for mail. */
export const MAIL_LABEL = "mailkeep-mail";

/**
 * It is mounted as soon as it is there: a cloud attaches it only after the machine has started.
 *
 * @param folder where it belongs
 */
export function mailDiskFiles(folder: string): readonly MachineFile[] {
  const unit = `${folder.slice(1).replaceAll("/", "-")}.mount`;
  const device = String.raw`dev-disk-by\x2dlabel-mailkeep\x2dmail.device`;
  return [
    {
      path: `/etc/systemd/system/${unit}`,
      content: `${HEAD}[Unit]
Description=Disk for mail
Before=docker.service

[Mount]
What=/dev/disk/by-label/${MAIL_LABEL}
Where=${folder}
Type=ext4
Options=noatime,nodev,nosuid,noexec

[Install]
WantedBy=${device}
`,
      check: ["systemd-analyze", "verify", `/etc/systemd/system/${unit}`],
      // A disk that comes later is mounted when it does; one that is there already would wait for the next start.
      apply: [
        "sh",
        "-c",
        `systemctl daemon-reload && systemctl enable ${unit} && { ! [ -e /dev/disk/by-label/${MAIL_LABEL} ] || systemctl start ${unit}; }`,
      ],
    },
  ];
}
