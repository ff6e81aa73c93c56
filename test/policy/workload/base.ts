/** A release that every rule of the pack accepts. Each case breaks one thing in it. */
import type { FakeResource } from "../../support/policy.ts";

const service = (uid: number, own: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  image: `registry.example/image@sha256:${"0a".repeat(32)}`,
  user: `${uid}:${uid}`,
  restart: "always",
  read_only: true,
  cap_drop: ["ALL"],
  security_opt: ["no-new-privileges:true"],
  tmpfs: [`/run:size=32m,uid=${uid},gid=${uid},mode=0755`],
  mem_limit: "64m",
  memswap_limit: "64m",
  pids_limit: 64,
  ulimits: { nofile: 4096 },
  healthcheck: { test: ["CMD", "/keeper", "healthy"], interval: "30s" },
  logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
  labels: { "mailkeep.site": "alpha" },
  ...own,
});

const KEEPER = `${JSON.stringify({
  listen: "10.77.1.1:9100",
  environment: { RFC2136_TSIG_SECRET_FILE: "/run/conf/tsig.secret", TZ: "UTC" },
})}\n`;

const workload = (
  own: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): Readonly<Record<string, unknown>> => ({
  uid: 2000,
  service: own,
  files: { "keeper.json": KEEPER, ...files },
  secretFiles: { "site.key": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n" },
});

/** What clouds keep: a volume of one, a disk with snapshots of the other. */
const DISKS: readonly FakeResource[] = [
  { type: "digitalocean:index/volume:Volume", name: "alpha-mail", props: { name: "mail" }, protect: true },
  { type: "gcp:compute/disk:Disk", name: "bravo-mail", props: { name: "bravo" }, protect: true },
  {
    type: "gcp:compute/resourcePolicy:ResourcePolicy",
    name: "bravo-mail-snapshots",
    props: { name: "daily", snapshotSchedulePolicy: { schedule: { dailySchedule: { daysInCycle: 1 } } } },
  },
  {
    type: "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
    name: "bravo-mail-snapshots",
    props: { disk: "bravo", name: "daily" },
  },
];

export const base: readonly FakeResource[] = [
  ...DISKS,
  {
    type: "compose:index:Release",
    name: "alpha",
    props: {
      project: "mailkeep-test-alpha",
      networks: {},
      volumes: {
        mail: { name: "m", kind: "mail" },
        "queue-mx": { name: "q", kind: "mail" },
        directory: { name: "d", kind: "mail" },
        certs: { name: "c", kind: "state" },
      },
      workloads: {
        net: workload(
          service(2000, { ports: ["127.0.1.1:25:25", { host_ip: "127.0.1.1", target: 993, published: "993" }] }),
        ),
        mx: workload(
          service(0, {
            cap_add: ["CHOWN", "SETUID"],
            volumes: [{ type: "volume", source: "queue-mx", target: "/var/spool/postfix" }],
          }),
          { "main.cf": "smtpd_sasl_path = inet:127.0.0.1:12345\nsmtpd_sasl_password_maps =\nmynetworks =\n" },
        ),
        edge: workload(service(2001), { "haproxy.cfg": "frontend one\n    bind 127.0.0.1:8405\n" }),
      },
    },
  },
];
