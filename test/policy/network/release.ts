/** A release that every rule accepts. Each case of a rule's test breaks one thing in it. */
import type { FakeResource } from "../../support/policy.ts";

export type Service = Readonly<Record<string, unknown>>;

const CONFINED: Service = { read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] };

const MASTER_CF = `# service        type   private  unpriv  chroot  wakeup  maxproc  command
127.0.0.1:10025  inet   n        -       n       -       -        smtpd
    -o { smtpd_upstream_proxy_protocol = haproxy }
127.0.0.1:11025  inet   n        -       n       -       5        smtpd
    -o { smtpd_milters = }
pickup           unix   n        -       n       60      1        pickup
`;

const HAPROXY_CFG = `global
    stats socket /run/haproxy.sock mode 600 level admin expose-fd listeners

frontend status
    bind 127.0.0.1:8405

frontend smtp
    bind 198.51.100.11:25
    bind [2001:db8:100::11]:25
`;

/** Nothing leaves a site's own network. */
const SITE_OPTIONS = { "com.docker.network.bridge.enable_ip_masquerade": "false" };

interface Workload {
  readonly service: Service;
  readonly files?: Readonly<Record<string, string>>;
}

const WORKLOADS: Readonly<Record<string, Workload>> = {
  net: {
    service: {
      networks: { internet: { ipv4_address: "198.51.100.11" }, site: { ipv4_address: "10.77.1.10" } },
      ports: [
        { target: 25, published: "25", host_ip: "127.0.1.11", protocol: "tcp", mode: "host" },
        "127.0.1.11:993:993/tcp",
      ],
    },
  },
  edge: { service: { network_mode: "service:net" }, files: { "haproxy.cfg": HAPROXY_CFG } },
  mx: {
    service: { network_mode: "service:net", cap_add: ["CHOWN", "SETUID"] },
    files: { "master.cf": MASTER_CF, "main.cf": "smtpd_milters =\n" },
  },
  dovecot: {
    service: {
      networks: { site: { ipv4_address: "10.77.1.20" } },
      volumes: [{ type: "volume", source: "mail", target: "/srv/mail" }],
    },
  },
};

/** The compliant release, with a part of one workload replaced. A workload of a new name is added. */
export function release(
  change: Readonly<Record<string, Partial<Workload>>> = {},
  project = "mailkeep-local-alpha",
): FakeResource {
  const names = [...new Set([...Object.keys(WORKLOADS), ...Object.keys(change)])];
  const workloads = names.map((name) => {
    const base = WORKLOADS[name] ?? { service: { networks: { site: {} } } };
    const service = { image: "mailkeep/image", ...CONFINED, ...base.service, ...change[name]?.service };
    return [name, { uid: 2000, service, files: { ...base.files, ...change[name]?.files }, secretFiles: {} }] as const;
  });
  return {
    type: "compose:index:Release",
    name: "alpha",
    props: {
      project,
      directory: "/srv/mailkeep/alpha",
      networks: {
        internet: { name: "mailkeep-local-internet", external: true },
        site: { name: `${project}-site`, driver_opts: SITE_OPTIONS },
      },
      volumes: {},
      workloads: Object.fromEntries(workloads),
    },
  };
}

/** Another type that happens to have the same inputs: no rule may judge it. */
export function otherType(resource: FakeResource): FakeResource {
  return { ...resource, type: "other:index:Release" };
}
