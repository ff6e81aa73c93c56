import { fields } from "../../../policy/read/values.ts";
import { rules } from "../../../policy/workload/rules.ts";
import { describeProgram, type Slip } from "../../support/mutations.ts";
import { inResource, inService, withFile, withResource } from "../../support/slips.ts";
import { CLOUD_SLIPS } from "./cloud-slips.ts";

const SLIPS: Readonly<Record<string, Slip>> = {
  "require-image-digest": {
    when: "production names an image by tag",
    stack: "production",
    change: inService("alpha", "edge", { image: "registry.test/haproxy:latest" }),
    says: "workload edge: its image is registry.test/haproxy:latest",
  },
  "disallow-root-workload": {
    when: "the filter runs as root",
    change: inService("alpha", "rspamd", { user: "0:0" }),
    says: "workload rspamd: its user is 0:0, which is root",
  },
  "require-read-only-root": {
    when: "a root file system can be written to",
    change: inService("alpha", "unbound", { read_only: false }),
    says: "workload unbound: its root file system can be written to",
  },
  "require-dropped-capabilities": {
    when: "the edge gets a capability",
    change: inService("alpha", "edge", { cap_add: ["NET_ADMIN"] }),
    says: "workload edge: it does not start as root and yet adds NET_ADMIN",
  },
  "require-no-new-privileges": {
    when: "a workload may gain privileges",
    change: inService("alpha", "dovecot", { security_opt: [] }),
    says: "workload dovecot: its security_opt is empty",
  },
  "require-limits": {
    when: "the filter's memory has no limit",
    change: inService("bravo", "rspamd", { mem_limit: undefined }),
    says: "workload rspamd: its mem_limit is not set",
  },
  "require-health-check": {
    when: "a health check is switched off",
    change: inService("alpha", "certs", { healthcheck: { disable: true } }),
    says: "workload certs: its health check is switched off",
  },
  "require-restart-policy": {
    when: "a workload stays down",
    change: inService("alpha", "mx", { restart: "no" }),
    says: "workload mx: its restart is no",
  },
  "disallow-secret-in-environment": {
    when: "a token is in the environment",
    change: inService("alpha", "couchmail", { environment: { DIRECTORY_TOKEN: "abc123def" } }),
    says: "workload couchmail: DIRECTORY_TOKEN holds a value for it",
  },
  "disallow-secret-in-plain-file": {
    when: "a private key is a plain file",
    change: withFile("alpha", "certs", "site.key", "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n"),
    says: "workload certs: its file site.key holds a private key",
  },
  "require-protected-mail-volume": {
    when: "the queue's volume goes with its release",
    change: inResource("compose:index:Release", "alpha", ({ volumes, ...rest }) => ({
      ...rest,
      volumes: { ...fields(volumes), "queue-mx": { name: "mailkeep-local-alpha-queue-mx", kind: "state" } },
    })),
    says: "the volume queue-mx is of kind state",
  },
  "require-protected-mail-disk": {
    when: "a disk could be deleted in production",
    stack: "production",
    change: withResource({ type: "digitalocean:index/volume:Volume", name: "alpha-mail", props: {} }),
    says: "the disk alpha-mail is not protected",
  },
  "disallow-host-mount": {
    when: "a workload sees the host's certificates",
    change: inService("alpha", "edge", { volumes: ["/etc/letsencrypt:/certs:ro"] }),
    says: "workload edge: it mounts /etc/letsencrypt of the host at /certs",
  },
  "require-bounded-log": {
    when: "a log may grow without end",
    change: inService("alpha", "mx", { logging: { driver: "json-file" } }),
    says: "workload mx: its log (json-file, max-size not set, max-file not set) may grow without end",
  },
  "disallow-publish-outside-net": {
    when: "Dovecot publishes a port past the edge",
    change: inService("alpha", "dovecot", { ports: [{ host_ip: "127.0.1.1", target: 993, published: "10993" }] }),
    says: "workload dovecot: it publishes 127.0.1.1:10993:993/tcp; only net, knot may",
  },
};

describeProgram("policy/workload", rules, SLIPS, CLOUD_SLIPS);
