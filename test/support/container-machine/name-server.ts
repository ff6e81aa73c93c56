/** The name server of that world: its root, and every zone that was printed, signed and vouched for by the root (RFC 4035). */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { succeed } from "../../engine/compose-stack.ts";
import { until } from "../system.ts";
import { PEOPLE } from "./places.ts";
import { HEAD, NAME_SERVER, rootZone } from "./root-zone.ts";

const START_MS = 60_000;
const CONF = "/run/conf/knot.conf";

export class NameServer {
  readonly #folder: string;
  readonly #dkimKey: string;
  readonly #container: string;

  private constructor(folder: string, dkimKey: string, container: string) {
    this.#folder = folder;
    this.#dkimKey = dkimKey;
    this.#container = container;
  }

  /**
   * @param folder that it reads as `/run/conf`
   * @param dkimKey file with the key of the foreign mail server
   * @param run runs a command in a container for as long as the world lasts, and gives the container's name
   */
  static async start(folder: string, dkimKey: string, run: (command: string) => Promise<string>): Promise<NameServer> {
    await mkdir(folder);
    await writeFile(join(folder, "root.zone"), await rootZone({ dkimKey, delegations: [] }));
    await writeFile(join(folder, "knot.conf"), knotConf([]));
    const server = new NameServer(folder, dkimKey, await run(`exec knotd --config ${CONF}`));
    await server.#untilSigned(".");
    return server;
  }

  /** What resolvers must believe, as `/usr/share/dns/root.key` has it of the real root. */
  async rootKey(): Promise<string> {
    return this.#keymgr(".", "dnskey");
  }

  /** Serves zone files as they were printed from now on, each with its `$ORIGIN`. */
  async serve(zoneFiles: readonly string[]): Promise<void> {
    const zones = zoneFiles.map((text) => ({ name: /^\$ORIGIN (\S+)\.$/m.exec(text)?.[1] ?? "", text }));
    for (const { name, text } of zones) await writeFile(join(this.#folder, `${name}.zone`), `${text}${HEAD}`);
    await writeFile(join(this.#folder, "knot.conf"), knotConf(zones.map(({ name }) => name)));
    await this.#knotc("reload");
    const delegations: string[] = [];
    for (const { name } of zones) {
      await this.#untilSigned(name);
      await this.#knotc("zone-reload", name);
      delegations.push(`${name}. NS ${NAME_SERVER}.`, await this.#keymgr(name, "ds"));
    }
    await writeFile(join(this.#folder, "root.zone"), await rootZone({ dkimKey: this.#dkimKey, delegations }));
    await this.#knotc("zone-reload", ".");
  }

  async #untilSigned(zone: string): Promise<void> {
    const signed = async (): Promise<boolean> => (await this.#keymgr(zone, "dnskey")).includes("DNSKEY 257");
    await until(`the zone ${zone} has a key`, signed, START_MS);
  }

  async #keymgr(zone: string, what: "dnskey" | "ds"): Promise<string> {
    return await succeed("docker", ["exec", this.#container, "keymgr", "--config", CONF, zone, what]);
  }

  async #knotc(...words: readonly string[]): Promise<void> {
    await succeed("docker", ["exec", this.#container, "knotc", "--config", CONF, "--blocking", ...words]);
  }
}

/** Zones are signed by keys of its own making. Their files are the test's and are not written to. */
function knotConf(zones: readonly string[]): string {
  return `server:
  listen: [ ${PEOPLE.nameServer}@53, 127.0.0.1@53 ]
  rundir: /tmp
database:
  storage: /tmp
control:
  listen: /tmp/knot.sock
log:
  - target: stdout
    any: info
template:
  - id: default
    storage: /run/conf
    file: "%s.zone"
    dnssec-signing: on
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    serial-policy: unixtime
zone:
  - domain: .
    file: root.zone
${zones.map((name) => `  - domain: ${name}\n`).join("")}`;
}
