/** What the system of a virtual machine has: the image of a cloud, with the packages of a site's machine already in it. */
import { HOST_MAIL_PACKAGES, PACKAGES } from "../../components/platforms/machine-packages.ts";

/** Debian 13. */
export const SUITE = "trixie";

/** The machine reaches no mirror, so what user data asks for is there; cloud-init still asks apt for it. */
export const INCLUDED: readonly string[] = [
  "linux-image-cloud-amd64",
  "systemd-sysv",
  "systemd-resolved",
  "systemd-timesyncd",
  "udev",
  "dbus",
  "cloud-init",
  "netplan.io",
  "iproute2",
  "iptables",
  "e2fsprogs",
  "procps",
  "kmod",
  ...PACKAGES,
  ...HOST_MAIL_PACKAGES,
];

/** What must differ from machine to machine, and names this machine's own mirror. */
export const REMOVED: readonly string[] = [
  "etc/apt/sources.list",
  "etc/hostname",
  "etc/resolv.conf",
  "etc/ssh/ssh_host_ecdsa_key",
  "etc/ssh/ssh_host_ecdsa_key.pub",
  "etc/ssh/ssh_host_ed25519_key",
  "etc/ssh/ssh_host_ed25519_key.pub",
  "etc/ssh/ssh_host_rsa_key",
  "etc/ssh/ssh_host_rsa_key.pub",
];

/** Files that packages do not bring, by path from the root. */
export const FILES: Readonly<Record<string, string>> = {
  // An archive without packages: apt has somewhere to ask, at once and without a network.
  "srv/Packages": "",
  "etc/apt/sources.list": "deb [trusted=yes] file:/srv ./\n",
  "etc/fstab": "LABEL=system / ext4 defaults 0 1\n",
  // Empty: made anew at the first start, machine-id(5).
  "etc/machine-id": "",
  // Where a cloud's image would look for its own cloud.
  "etc/cloud/cloud.cfg.d/90-datasource.cfg": "datasource_list: [NoCloud]\n",
  // An emulator beside other work may take minutes for what else takes seconds.
  "etc/systemd/system.conf.d/patience.conf":
    "[Manager]\nDefaultTimeoutStartSec=15min\nDefaultTimeoutStopSec=15min\nDefaultDeviceTimeoutSec=15min\n",
  // systemd-update-done(8): nothing was updated since, so caches are not made anew while an emulator starts.
  "etc/.updated": "",
  "var/.updated": "",
};
