/** A small tree of zones with faults in it: two real Knots, the root's and the hosts', and a real Unbound that validates. */
import { randomBytes, randomInt } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageName } from "../../components/plan/workload.ts";
import { readImages } from "../../tools/images/record.ts";
import { exchange, type Server } from "../../tools/dns/exchange.ts";
import { docker, until } from "./system.ts";

const SOA = "@ 60 IN SOA ns.good.test. hostmaster.good.test. 1 3600 600 1209600 60\n";

/** Makes keys, signs, breaks one signature, and writes the DS records above: `$1` the Knot of the hosts, `$2` of the root. */
const PREPARE = String.raw`
cd /w
mkdir keys run/hosts run/root
for zone in good.test bogus.test; do
  keymgr -c signing.conf "$zone" generate algorithm=ecdsap256sha256 ksk=yes zsk=yes > /dev/null
  keymgr -c signing.conf "$zone" ds | grep ' 13 2 ' >> test.zone
  kzonesign -c signing.conf "$zone"
done
# One address of the zone is another than the one that was signed, and with it the server's own.
sed -i 's/^\(bogus\.test\.[[:space:]].*SOA.*\) 3600 600 /\1 3601 600 /' bogus.test.zone
keymgr -c signing.conf . generate algorithm=ecdsap256sha256 ksk=yes zsk=yes > /dev/null
keymgr -c signing.conf test generate algorithm=ecdsap256sha256 ksk=yes zsk=yes > /dev/null
keymgr -c signing.conf test ds | grep ' 13 2 ' >> root.zone
kzonesign -c signing.conf test
kzonesign -c signing.conf .
keymgr -c signing.conf . dnskey | sed 's/^/trust-anchor: "/; s/$/"/' > anchor.conf
chmod -R a+rX /w
`;

export class FaultyWorld {
  readonly resolver: Server;
  readonly #remove: () => Promise<void>;

  private constructor(resolver: Server, remove: () => Promise<void>) {
    this.resolver = resolver;
    this.#remove = remove;
  }

  /** @param lying the resolver answers for names that there are not */
  static async start({ lying = false } = {}): Promise<FaultyWorld> {
    const name = `mk-preflight-${randomBytes(4).toString("hex")}`;
    const folder = await mkdtemp(join(tmpdir(), "mk-preflight-"));
    const containers: string[] = [];
    const remove = async (): Promise<void> => {
      if (containers.length > 0) await docker("rm", "--force", ...containers);
      await docker("network", "rm", name).catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    };
    try {
      const prefix = await freeNetwork(name);
      const at = { hosts: `${prefix}.53`, root: `${prefix}.54`, resolver: `${prefix}.55` };
      await writeFiles(folder, at, lying);
      const [knot, unbound] = [await imageOf("knot"), await imageOf("unbound")];
      const mounted = ["--volume", `${folder}:/w`, "--user", "0:0"];
      await docker("run", "--rm", ...mounted, "--network", "none", "--entrypoint", "sh", knot, "-ec", PREPARE);
      const start = async (address: string, image: string, ...command: readonly string[]): Promise<void> => {
        const [program = "", ...args] = command;
        const container = `${name}-${containers.length}`;
        containers.push(container);
        const options = [
          "run",
          "--detach",
          "--name",
          container,
          "--network",
          name,
          "--ip",
          address,
          ...mounted,
          "--entrypoint",
          program,
        ];
        await docker(...options, image, ...args);
      };
      await start(at.hosts, knot, "knotd", "-c", "/w/hosts.conf");
      await start(at.root, knot, "knotd", "-c", "/w/root.conf");
      await start(at.resolver, unbound, "unbound", "-d", "-p", "-c", "/w/unbound.conf");
      const resolver = { address: at.resolver };
      const question = { name: "good.test", type: "SOA", recursive: true } as const;
      await until(
        "the resolver validates",
        async () => (await exchange(resolver, question).catch(() => undefined))?.validated === true,
        60_000,
      );
      return new FaultyWorld(resolver, remove);
    } catch (error) {
      await remove();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#remove();
  }
}

/** A network of a prefix that nothing else here has: only then may its containers have fixed addresses. */
async function freeNetwork(name: string): Promise<string> {
  for (let left = 10; ; left -= 1) {
    const prefix = `10.79.${randomInt(1, 255)}`;
    try {
      await docker("network", "create", "--subnet", `${prefix}.0/24`, name);
      return prefix;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** The one that this checkout has built; other tests make some of the same name. */
async function imageOf(name: ImageName): Promise<string> {
  const built = (await readImages())[name];
  if (built === undefined) throw new Error(`There is no image of ${name} yet.`);
  return built.tag;
}

interface At {
  readonly hosts: string;
  readonly root: string;
  readonly resolver: string;
}

async function writeFiles(folder: string, at: At, lying: boolean): Promise<void> {
  await mkdir(join(folder, "run"));
  const files = { ...zoneFiles(at), ...configuration(at, lying) };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await chmod(folder, 0o777);
}

function zoneFiles({ hosts, root }: At): Readonly<Record<string, string>> {
  const delegation = (zone: string): string => `${zone}. 60 IN NS ns.good.test.\n`;
  const own = (rest: string): string => `${SOA}@ 60 IN NS ns.good.test.\n${rest}`;
  return {
    "root.zone": `. 60 IN SOA ns.root. hostmaster.root. 1 3600 600 1209600 60
. 60 IN NS ns.root.
ns.root. 60 IN A ${root}
test. 60 IN NS ns.root.
${delegation("113.0.203.in-addr.arpa")}ns.good.test. 60 IN A ${hosts}
`,
    "test.zone": `test. 60 IN SOA ns.root. hostmaster.root. 1 3600 600 1209600 60
test. 60 IN NS ns.root.
${["good.test", "unsigned.test", "bogus.test", "lame.test", "moved.test"].map(delegation).join("")}ns.good.test. 60 IN A ${hosts}
`,
    "good.test.zone": own(`ns 60 IN A ${hosts}
@ 60 IN MX 10 ns.good.test.
sound 60 IN A 203.0.113.11
wrong 60 IN A 203.0.113.12
bare 60 IN A 203.0.113.13
astray 60 IN A 203.0.113.99
2.0.0.127.bl 60 IN A 127.0.0.2
12.113.0.203.bl 60 IN A 127.0.0.2
12.113.0.203.bl 60 IN TXT "Seen to send spam"
2.0.0.127.refusing 60 IN A 127.255.255.254
*.refusing 60 IN A 127.255.255.254
x.dead 60 IN TXT "an empty list"
*.everybody 60 IN A 127.0.0.2
`),
    "unsigned.test.zone": own(""),
    "bogus.test.zone": own(""),
    "moved.test.zone": own(""),
    "reverse.zone": own(`11 60 IN PTR sound.good.test.
12 60 IN PTR mail.isp.test.
14 60 IN PTR astray.good.test.
`),
  };
}

function configuration({ hosts, root, resolver }: At, lying: boolean): Readonly<Record<string, string>> {
  const zones = (named: Readonly<Record<string, string>>): string =>
    Object.entries(named)
      .map(([zone, file]) => `  - domain: ${zone}\n    file: /w/${file}\n`)
      .join("");
  const server = (address: string, role: string): string => `server:
  listen: ${address}@53
  rundir: /w/run
  pidfile: /w/run/${role}.pid
control:
  listen: /w/run/${role}.sock
log:
  - target: stdout
    any: warning
database:
  storage: /w/run/${role}
`;
  const signed = { "good.test": "good.test.zone", "bogus.test": "bogus.test.zone" };
  const above = { ".": "root.zone", test: "test.zone" };
  const others = {
    "unsigned.test": "unsigned.test.zone",
    "moved.test": "moved.test.zone",
    "113.0.203.in-addr.arpa": "reverse.zone",
  };
  return {
    "signing.conf": `server:
  rundir: /w/run
database:
  storage: /w/keys
policy:
  - id: own
    manual: on
    single-type-signing: on
    algorithm: ecdsap256sha256
template:
  - id: default
    dnssec-signing: on
    dnssec-policy: own
zone:
${zones({ ...signed, ...above })}`,
    "hosts.conf": `${server(hosts, "hosts")}zone:\n${zones({ ...signed, ...others })}`,
    "root.conf": `${server(root, "root")}zone:\n${zones(above)}`,
    "root.hints": `. 60 IN NS ns.root.\nns.root. 60 IN A ${root}\n`,
    "unbound.conf": `server:
    username: ""
    chroot: ""
    directory: "/w"
    use-syslog: no
    interface: ${resolver}
    access-control: 0.0.0.0/0 allow
    do-ip6: no
    root-hints: "/w/root.hints"
    include: "/w/anchor.conf"
    local-zone: "test." transparent
    local-zone: "invalid." ${lying ? "redirect" : "static"}
    local-zone: "113.0.203.in-addr.arpa." transparent
${lying ? '    local-data: "invalid. 60 IN A 203.0.113.80"\n' : ""}remote-control:
    control-enable: no
`,
  };
}
