/** Slips in the template `production`, whose machines and firewalls are resources of clouds. */
import { fields, list, word } from "../../../policy/read/values.ts";
import type { Slips } from "../../support/mutations.ts";
import type { FakeResource } from "../../support/policy.ts";
import { all, type Change, inFile, inResource, withoutResource } from "../../support/slips.ts";

const DIGITALOCEAN = "digitalocean:index/firewall:Firewall";
const GOOGLE = "gcp:compute/firewall:Firewall";

/** Gives one rule of a droplet's firewall other sources. */
function sources(firewall: string, port: string, sourceAddresses: readonly string[]): Change {
  return inResource(DIGITALOCEAN, firewall, (props) => ({
    ...props,
    inboundRules: list(props["inboundRules"])
      .map(fields)
      .map((rule) => (word(rule["portRange"]) === port ? { ...rule, sourceAddresses } : rule)),
  }));
}

/** Adds a resource that differs from another in its name and some properties. */
function copied(type: string, name: string, as: string, props: FakeResource["props"]): Change {
  return (resources) => {
    const original = resources.find((one) => one.type === type && one.name === name);
    if (original === undefined) throw new Error(`There is no ${type} ${name}.`);
    return [...resources, { ...original, name: as, props: { ...original.props, ...props } }];
  };
}

const machineFile = (path: string, key: "content" | "apply", change: (text: string) => unknown): Change =>
  inResource("compose:index:Machine", "alpha", (props) => ({
    ...props,
    files: list(props["files"])
      .map(fields)
      .map((file) =>
        file["path"] === path ? { ...file, [key]: change([file[key]].flat().map(word).join(" ")) } : file,
      ),
  }));

const ruleset = (from: string, to: string): Change =>
  machineFile("/etc/nftables.conf", "content", (text) => text.replace(from, to));

export const CLOUD_SLIPS: Slips = {
  "require-listed-proxy-binds": {
    when: "the edge opens another port",
    change: inFile("alpha", "edge", "haproxy.cfg", /bind 10\.78\.1\.10:25$/, "bind 10.78.1.10:2525"),
    says: "haproxy.cfg binds 10.78.1.10:2525",
  },
  "disallow-open-firewall-port": {
    when: "SSH of a droplet is open to two halves of the world",
    change: sources("alpha-firewall", "22", ["0.0.0.0/1", "128.0.0.0/1"]),
    says: "the firewall alpha-firewall opens port 22 of tcp to 0.0.0.0/1, 128.0.0.0/1: port 22 is SSH",
  },
  "disallow-wider-ipv6-firewall": {
    when: "an instance's SSH is forgotten by IPv6",
    change: copied(GOOGLE, "bravo-ssh-v4", "bravo-ssh-v6", { sourceRanges: ["::/0"] }),
    says: "the firewall bravo-ssh-v6 opens port 22 of tcp to ::/0: IPv6 is open to the world and the other is not",
  },
  "disallow-foreign-link-peer": {
    when: "a stranger's address may use the link",
    change: sources("alpha-link", "4433", ["192.0.2.133/32", "192.0.2.99/32"]),
    says: "the firewall alpha-link opens the link between sites to 192.0.2.99/32, which is no machine of this stack",
  },
  "require-machine-firewall": {
    when: "a droplet has lost its firewalls",
    change: all(withoutResource("alpha-firewall", DIGITALOCEAN), withoutResource("alpha-link", DIGITALOCEAN)),
    says: "the droplet alpha-machine is behind no firewall of this stack",
  },
  "require-closed-machine-ruleset": {
    when: "a machine's own firewall lets in what no rule is about",
    change: ruleset("hook input priority filter; policy drop;", "hook input priority filter; policy accept;"),
    says: "the machine alpha: /etc/nftables.conf lets through what no rule of its chain input is about",
  },
  "require-ssh-by-key-alone": {
    when: "a machine asks a program whose key is let in",
    change: machineFile(
      "/etc/ssh/sshd_config.d/00-mailkeep.conf",
      "content",
      (text) => `${text}AuthorizedKeysCommand /usr/bin/curl https://keys.example/\n`,
    ),
    says: 'the machine alpha: its SSH server has "AuthorizedKeysCommand /usr/bin/curl https://keys.example/"',
  },
  "disallow-unknown-docker-setting": {
    when: "Docker leaves the networks of containers alone",
    change: machineFile("/etc/docker/daemon.json", "content", (text) =>
      text.replace('"ip6tables": true', '"ip6tables": false'),
    ),
    says: 'the machine alpha: /etc/docker/daemon.json has "ip6tables": false, so that Docker guards no network',
  },
  "disallow-unknown-machine-file": {
    when: "a file is taken by a command that opens the machine",
    change: machineFile("/etc/sysctl.d/60-mailkeep.conf", "apply", () => ["nft", "flush", "ruleset"]),
    says: 'the machine alpha: /etc/sysctl.d/60-mailkeep.conf is taken by "nft flush ruleset"',
  },
};
