/** The disk for mail of a machine. */
import { HEAD, type MachineFile } from "./machine-file.ts";

/** Label of the file system for mail. */
export const MAIL_LABEL = "mailkeep-mail";

/** Has the file system take the room of a disk that was made larger. */
const GROW_UNIT = "mailkeep-grow.service";
const GROW_TIMER = "mailkeep-grow.timer";

/** Some disks tell the kernel of their size only when they are asked. */
const GROW = `device=$(readlink --canonicalize-existing /dev/disk/by-label/${MAIL_LABEL}) || exit 0
rescan=/sys/class/block/$\{device##*/}/device/rescan
[ ! -w "$rescan" ] || echo 1 >"$rescan"
exec resize2fs "$device"`;

/**
 * It is mounted as soon as it is there: a cloud attaches it only after the machine has started.
 *
 * @param folder where it belongs
 */
export function mailDiskFiles(folder: string): readonly MachineFile[] {
  return [mount(folder), ...growth(folder)];
}

/** A cloud enlarges a disk while it is in use, and nobody but the machine can have the file system follow. */
function growth(folder: string): readonly MachineFile[] {
  const script = GROW.replaceAll("\n", "; ").replaceAll("$", "$$$$").replaceAll('"', '\\"');
  return [
    {
      path: `/etc/systemd/system/${GROW_UNIT}`,
      content: `${HEAD}[Unit]
Description=Room for mail on a disk that was made larger
ConditionPathIsMountPoint=${folder}

[Service]
Type=oneshot
ExecStart=/bin/sh -c "${script}"
`,
      check: ["systemd-analyze", "verify", `/etc/systemd/system/${GROW_UNIT}`],
      apply: ["systemctl", "daemon-reload"],
    },
    {
      path: `/etc/systemd/system/${GROW_TIMER}`,
      content: `${HEAD}[Unit]
Description=Looks every hour whether the disk for mail was made larger

[Timer]
OnBootSec=2min
OnUnitActiveSec=1h
Unit=${GROW_UNIT}

[Install]
WantedBy=timers.target
`,
      check: ["systemd-analyze", "verify", `/etc/systemd/system/${GROW_TIMER}`],
      apply: ["sh", "-c", `systemctl daemon-reload && systemctl enable --now ${GROW_TIMER}`],
    },
  ];
}

function mount(folder: string): MachineFile {
  const unit = `${folder.slice(1).replaceAll("/", "-")}.mount`;
  const device = String.raw`dev-disk-by\x2dlabel-mailkeep\x2dmail.device`;
  return {
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
  };
}
