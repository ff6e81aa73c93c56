/**
 * How a virtual machine is reached. QEMU has two networks inside it and leads nothing out of them: one is the world of mail
 * programs and other servers, the other one is where mailkeep is run from.
 */

/** What the machine sees of a network: its own address there, and the one that everybody comes from. */
interface Side {
  readonly network: string;
  readonly machine: string;
  readonly others: string;
  readonly mac: string;
}

/** Documentation addresses, RFC 5737. */
export const WORLD: Side = {
  network: "192.0.2.0/24",
  machine: "192.0.2.10",
  others: "192.0.2.2",
  mac: "52:54:00:00:00:01",
};
export const ADMIN: Side = {
  network: "203.0.113.0/24",
  machine: "203.0.113.10",
  others: "203.0.113.2",
  mac: "52:54:00:00:00:02",
};

/** Port of SSH there, which is not the usual one. */
export const SSH_PORT = 2222;
/** A port that no list has, where a program of the machine's own listens. */
export const UNLISTED = 7001;
/** Where SSH is tried from the world; there nobody but mailkeep's own network may connect. */
export const SSH_FROM_WORLD = 7003;

/** A loopback address that no other run has at the same time. */
export function loopbackAddress(pid: number): string {
  return `127.77.${String((pid >> 8) & 255)}.${String(pid & 255 || 1)}`;
}

/** The network devices in QEMU's words, with the loopback ports that lead to the machine's. */
export function networkArguments(loopback: string): string[] {
  return [
    ...device("world", WORLD, loopback, [
      [UNLISTED, UNLISTED],
      [SSH_FROM_WORLD, SSH_PORT],
    ]),
    ...device("admin", ADMIN, loopback, [[SSH_PORT, SSH_PORT]]),
  ];
}

function device(
  name: string,
  { network, machine, others, mac }: Side,
  loopback: string,
  forwarded: readonly (readonly [here: number, there: number])[],
): string[] {
  const options = [
    `user,id=${name},restrict=on,ipv6=off,net=${network},host=${others},dhcpstart=${machine}`,
    ...forwarded.map(([here, there]) => `hostfwd=tcp:${loopback}:${String(here)}-${machine}:${String(there)}`),
  ];
  return ["-netdev", options.join(","), "-device", `virtio-net-pci,netdev=${name},mac=${mac}`];
}

/** The same for the machine: netplan's version 2, which cloud-init takes. */
export function networkConfig(): object {
  const ethernets = Object.entries({ world: WORLD, admin: ADMIN }).map(([name, { mac }]) => {
    // Only the world has a way to everybody.
    const routes = { "dhcp4-overrides": { "use-routes": name === "world" } };
    return [name, { match: { macaddress: mac }, "set-name": name, dhcp4: true, ...routes }] as const;
  });
  return { version: 2, ethernets: Object.fromEntries(ethernets) };
}
