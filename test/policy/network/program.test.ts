import { rules } from "../../../policy/network/rules.ts";
import { fields } from "../../../policy/read/values.ts";
import { inFile, inService, inWorkload, withResource } from "../../support/slips.ts";
import { describeProgram, type Slip } from "../../support/mutations.ts";
import { digitalocean, WORLD } from "./firewalls.ts";
import { CLOUD_SLIPS } from "./cloud-slips.ts";

const publish = (port: Readonly<Record<string, unknown>>) => inService("alpha", "net", { ports: [port] });

const machineWith = (path: string, content: string) =>
  withResource({
    type: "compose:index:Machine",
    name: "alpha",
    props: { machine: "192.0.2.1", files: [{ path, content, apply: ["true"] }] },
  });

const SLIPS: Readonly<Record<string, Slip>> = {
  "disallow-unlisted-published-port": {
    when: "rspamd is published",
    change: publish({ host_ip: "127.0.1.1", target: 11332, published: "11332" }),
    says: "port 11332 is rspamd's milter",
  },
  "disallow-publish-on-all-addresses": {
    when: "SMTP is published to everyone",
    change: publish({ host_ip: "0.0.0.0", target: 25, published: "25" }),
    says: "on 0.0.0.0, which opens it on every interface",
  },
  "disallow-direct-internal-workload-on-internet-network": {
    when: "the mailbox store is put on the network of the world",
    change: inWorkload("alpha", "dovecot", (inputs) => {
      const service = fields(inputs["service"]);
      const internet = { ipv4_address: "198.51.100.99" };
      return { ...inputs, service: { ...service, networks: { ...fields(service["networks"]), internet } } };
    }),
    says: "workload dovecot: it is attached to the network internet",
  },
  "disallow-host-namespace": {
    when: "the edge shares the machine's network",
    change: inService("alpha", "edge", { network_mode: "host" }),
    says: "workload edge: network_mode is host",
  },
  "disallow-privileged-workload": {
    when: "a daemon may change the network",
    change: inService("alpha", "edge", { cap_add: ["NET_ADMIN"] }),
    says: "workload edge: cap_add has NET_ADMIN",
  },
  "disallow-docker-socket-mount": {
    when: "a workload holds Docker's socket",
    change: inService("alpha", "edge", { volumes: ["/var/run/docker.sock:/var/run/docker.sock"] }),
    says: "workload edge: it mounts /var/run/docker.sock of the host",
  },
  "disallow-unknown-compose-key": {
    when: "a workload is told to run a program with privileges",
    change: inService("alpha", "valkey", { post_start: [{ command: ["sh"], user: "root", privileged: true }] }),
    says: "workload valkey: its service has the key post_start, and no rule here reads what that gives",
  },
  "require-proxy-listeners-on-loopback": {
    when: "anyone may speak the PROXY protocol to Postfix",
    change: inFile("alpha", "mx", "master.cf", "127.0.0.1:10025", "10025"),
    says: "master.cf has 10025 with the PROXY protocol",
  },
  "require-listed-proxy-binds": {
    when: "the edge opens another port",
    change: inFile("alpha", "edge", "haproxy.cfg", /198\.51\.100\.11:25$/, "198.51.100.11:2525"),
    says: "haproxy.cfg binds 198.51.100.11:2525",
  },
  "require-mutual-tls-on-link": {
    when: "a stranger could use the link",
    change: inFile(
      "alpha",
      "edge",
      "haproxy.cfg",
      / verify required ssl-min-ver TLSv1.3$/,
      " verify none ssl-min-ver TLSv1.3",
    ),
    says: "without `verify required`, and anybody could connect",
  },
  "require-link-for-carried-mail": {
    when: "strangers are led to where other sites' mail is sent on",
    change: inFile("alpha", "edge", "haproxy.cfg", "127.0.0.1:10025 send-proxy-v2", "127.0.0.1:10026 send-proxy-v2"),
    says: "leads smtp to smtp, which sends on for other sites; only the link may",
  },
  "disallow-internal-server-behind-edge": {
    when: "mail programs are led to the directory",
    change: inFile("alpha", "edge", "haproxy.cfg", "10.77.1.20:10993 send-proxy-v2", "10.77.1.21:40574 send-proxy-v2"),
    says: "leads imaps to the server alpha at 10.77.1.21:40574, and port 40574 is the directory's HTTP interface",
  },
  "disallow-open-firewall-port": {
    when: "a firewall opens SSH to the world",
    change: withResource(digitalocean("tcp", "22", WORLD)),
    says: "port 22 is SSH",
  },
  "disallow-wider-ipv6-firewall": {
    when: "a firewall forgets IPv6",
    change: withResource(digitalocean("tcp", "22", ["203.0.113.0/24", "::/0"])),
    says: "IPv6 is open to the world",
  },
  "disallow-foreign-link-peer": {
    when: "a stranger's address may use the link",
    change: withResource(digitalocean("tcp", "4433", ["192.0.2.99"])),
    says: "the firewall site opens the link between sites to 192.0.2.99, which is no machine of this stack",
  },
  "disallow-unknown-exposure": {
    when: "a load balancer stands in front of a site",
    change: withResource({ type: "digitalocean:index/loadBalancer:LoadBalancer", name: "front", props: {} }),
    says: "front is of the type digitalocean:index/loadBalancer:LoadBalancer, and no rule here can read what that opens",
  },
  "require-machine-firewall": {
    when: "a droplet is behind no firewall",
    change: withResource({ type: "digitalocean:index/droplet:Droplet", name: "alpha-machine", props: { tags: [] } }),
    says: "the droplet alpha-machine is behind no firewall of this stack",
  },
  "require-closed-machine-ruleset": {
    when: "a machine comes without a firewall of its own",
    change: withResource({ type: "compose:index:Machine", name: "alpha", props: { machine: "192.0.2.1", files: [] } }),
    says: "the machine alpha: /etc/nftables.conf comes 0 times among its files",
  },
  "require-ssh-by-key-alone": {
    when: "a machine lets people in by passwords",
    change: machineWith("/etc/ssh/sshd_config.d/00-mailkeep.conf", "PasswordAuthentication yes\n"),
    says: 'the machine alpha: its SSH server has "PasswordAuthentication yes"; make it no',
  },
  "disallow-unknown-docker-setting": {
    when: "Docker listens to everybody",
    change: machineWith("/etc/docker/daemon.json", '{"hosts":["tcp://0.0.0.0:2375"]}'),
    says: 'the machine alpha: /etc/docker/daemon.json has "hosts": ["tcp://0.0.0.0:2375"]',
  },
  "disallow-unknown-machine-file": {
    when: "a machine is given a job of somebody's",
    change: machineWith("/etc/cron.d/job", "* * * * * root nft flush ruleset\n"),
    says: "the machine alpha: /etc/cron.d/job is a file that no rule here reads",
  },
  "require-client-address": {
    when: "the edge hides who sends",
    change: inFile("alpha", "edge", "haproxy.cfg", "127.0.0.1:10025 send-proxy-v2", "127.0.0.1:10025"),
    says: "leads smtp to the server alpha of smtp without the client's address",
  },
  "require-private-proxy-peers": {
    when: "Dovecot believes everybody",
    change: inFile(
      "alpha",
      "dovecot",
      "dovecot.conf",
      "trusted_networks = 10.77.1.0/24",
      "trusted_networks = 0.0.0.0/0",
    ),
    says: "Dovecot's haproxy_trusted_networks has 0.0.0.0/0",
  },
};

describeProgram("policy/network", rules, SLIPS, CLOUD_SLIPS);
