/** Three workloads that between them have everything a workload can have. */
import type { Workload } from "../../../components/plan/workload.ts";

const plain: Workload = {
  name: "plain",
  image: "keeper",
  uid: 2000,
  network: {
    kind: "own",
    attach: [{ network: "site", address: "10.77.1.10", address6: undefined }],
    resolver: undefined,
  },
  files: {},
  keeper: { listen: "127.0.0.1:9100" },
  volumes: [],
  scratch: [],
  capabilities: [],
  limits: { memoryMiB: 32, pids: 30 },
  publish: [],
  sysctls: {},
};

const net: Workload = {
  ...plain,
  name: "net",
  network: {
    kind: "own",
    attach: [
      { network: "internet", address: "198.51.100.11", address6: "2001:db8:100::11" },
      { network: "site", address: "10.77.1.10", address6: undefined },
    ],
    resolver: "10.77.1.53",
  },
  publish: [{ hostAddress: "127.0.1.11", port: 25, protocol: "tcp" }],
  sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
};

const mx: Workload = {
  ...plain,
  name: "mx",
  image: "postfix",
  uid: 0,
  network: { kind: "shared", with: "net" },
  keeper: { listen: "127.0.0.1:9102", stopSeconds: 30 },
  volumes: [
    { volume: "queue-mx", path: "/var/spool/postfix", readOnly: false },
    { volume: "certs", path: "/certs", readOnly: true },
  ],
  scratch: [{ path: "/var/lib/postfix", uid: 2002, mode: "0700", sizeMiB: 16 }],
  capabilities: ["CHOWN", "SETUID"],
};

export const workloads = { plain, net, mx };
