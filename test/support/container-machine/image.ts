/** A whole Debian 13 system as an image: systemd, SSH, and a Docker of its own, on the kernel of whoever runs it. */
import { HOST_MAIL_PACKAGES, PACKAGES } from "../../../components/platforms/machine-packages.ts";
import { imageOnce } from "../image-once.ts";

/** Who mailkeep is there, by sudo. */
export const USER = "admin";

/** The machine reaches no mirror, so what mailkeep would install is there. */
const INCLUDED = ["systemd-sysv", "dbus", "iproute2", "iptables", "procps", "kmod", ...PACKAGES, ...HOST_MAIL_PACKAGES];

/** What a site stands on, once more as files, so that the machine can be upgraded: Debian's own scripts run all the same. */
const UPGRADED = ["containerd", "runc", "docker.io", "docker-cli", "nftables", "openssh-server", ...HOST_MAIL_PACKAGES];
const UPGRADES = "/var/cache/upgrades";

/** The command of an upgrade, as `unattended-upgrades` would have it: a file that mailkeep has changed stays as it is. */
export const UPGRADE = `DEBIAN_FRONTEND=noninteractive dpkg --force-confold --install ${UPGRADES}/*.deb`;

const ENTRY = "/usr/local/sbin/become-a-machine";

/** What mailkeep sets on a machine and all containers of a kernel share. Here it is written to files that mean nothing. */
const SHARED = [
  "fs/protected_fifos",
  "fs/protected_regular",
  "fs/suid_dumpable",
  "kernel/dmesg_restrict",
  "kernel/kptr_restrict",
  "kernel/unprivileged_bpf_disabled",
  "kernel/yama/ptrace_scope",
  "vm/swappiness",
];

/**
 * systemd and Docker get control groups and network parameters of this container's own to write to, and those of the kernel
 * that all share stay as they are.
 */
const entryText = (nameServer: string): string => `#!/bin/sh
set -e
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -o remount,rw /sys/fs/cgroup
else
  controllers=$(awk 'NR > 1 && $2 != 0 { print $1 }' /proc/cgroups)
  umount -R /sys/fs/cgroup
  mount -t tmpfs -o mode=0755 cgroup /sys/fs/cgroup
  for controller in $controllers; do
    mkdir "/sys/fs/cgroup/$controller"
    mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller"
  done
  mkdir /sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
fi
mkdir -p /run/proc
mount -t proc proc /run/proc
mount --bind /run/proc/sys/net /proc/sys/net
umount /run/proc
mkdir /run/shared
for key in ${SHARED.join(" ")}; do
  [ -e "/proc/sys/$key" ] || continue
  file=/run/shared/$(basename "$key")
  cat "/proc/sys/$key" > "$file"
  mount --bind "$file" "/proc/sys/$key"
done
echo 'nameserver ${nameServer}' > /etc/resolv.conf
# The older form of control groups is one that systemd takes only when it is told to.
exec /sbin/init SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1
`;

const STEPS = `RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
  ${INCLUDED.join(" ")} \\
 && mkdir ${UPGRADES} && cd ${UPGRADES} && apt-get download ${UPGRADED.join(" ")} \\
 && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* \\
 # Not without one, which would be a first start, at which systemd enables all that it finds.
 && : > /etc/machine-id \\
 && systemctl mask console-getty.service getty.target systemd-networkd.service systemd-networkd-wait-online.service \\
 # What of the kernel's own belongs to all that share it; systemd would be refused.
 && ln -s /dev/null /etc/sysctl.d/10-coredump-debian.conf && ln -s /dev/null /etc/sysctl.d/50-pid-max.conf
RUN useradd --create-home --shell /bin/bash ${USER} && echo '${USER} ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/${USER}
COPY entry ${ENTRY}
ENTRYPOINT ["${ENTRY}"]
STOPSIGNAL SIGRTMIN+3
`;

/** @param nameServer that the machine asks */
export function machineImage(nameServer: string): Promise<string> {
  return imageOnce({ name: "machine", steps: STEPS, programs: { entry: entryText(nameServer) } });
}
