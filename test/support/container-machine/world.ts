/**
 * The world around a machine: the root of a name system of its own, a foreign mail server, and two networks that lead
 * nowhere. One is where everybody is, the other one where mailkeep is run from.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, succeed } from "../../engine/compose-stack.ts";
import { buildImages } from "../../../tools/images/index.ts";
import { until } from "../system.ts";
import { ADMIN, FAR, PEOPLE } from "./places.ts";
import { rootZone } from "./root-zone.ts";

/** Of everything that a test of machines makes. */
export const LABEL = "mailkeep.test=machine";

const START_MS = 60_000;

export interface World {
  /** What the names of its containers and networks begin with. */
  readonly prefix: string;
  /** Names of the networks. */
  readonly people: string;
  readonly admin: string;
  readonly nameServer: string;
  /** What resolvers must believe of the root: its key, as `/usr/share/dns/root.key` has the real one. */
  readonly rootKey: string;
  readonly rootHints: string;
  /** Serves zone files as they were printed, each with its `$ORIGIN`, from now on. */
  readonly serve: (zoneFiles: readonly string[]) => Promise<void>;
  /** The foreign mail server answers nobody any more, or does again. */
  readonly hush: (yes: boolean) => Promise<void>;
}

/** Takes what has to be done at the end, the last thing first. */
export type AtEnd = (work: () => Promise<void>) => void;

/** @param stack name of the stack that the world is for @param folder to work in; it lasts as long as the world */
export async function makeWorld(stack: string, folder: string, atEnd: AtEnd): Promise<World> {
  const prefix = `mailkeep-test-${stack}`;
  const [people, admin] = [`${prefix}-people`, `${prefix}-admin`];
  await makeNetwork(people, PEOPLE.network, atEnd);
  await makeNetwork(admin, ADMIN.network, atEnd);
  const images = await buildImages({ only: ["knot", "outside"] });

  /** Where tools look for the foreign server of a local world. */
  const start = async (workload: "knot" | "outside", address: string, command: string): Promise<string> => {
    const name = `${prefix}-${workload}`;
    const labels = [LABEL, `mailkeep.stack=${stack}`, "mailkeep.site=world", `mailkeep.workload=${workload}`];
    atEnd(async () => {
      await run("docker", ["rm", "--force", "--volumes", name]);
    });
    await succeed("docker", [
      ...["run", "--detach", "--init", "--name", name, ...labels.flatMap((label) => ["--label", label])],
      ...[
        "--network",
        people,
        "--ip",
        address,
        "--dns",
        PEOPLE.nameServer,
        "--volume",
        `${join(folder, workload)}:/run/conf`,
      ],
      ...["--entrypoint", "sh", images[workload]?.id ?? "", "-c", command],
    ]);
    return name;
  };

  const zones = join(folder, "knot");
  const keyFile = await makeFar(join(folder, "outside"));
  const write = async (zoneFiles: readonly string[]): Promise<void> => {
    await writeFile(join(zones, "root.zone"), await rootZone(zoneFiles, keyFile));
  };
  await mkdir(zones);
  await write([]);
  await writeFile(join(zones, "knot.conf"), KNOT);
  const knot = await start("knot", PEOPLE.nameServer, "exec knotd --config /run/conf/knot.conf");
  const control = async (...words: readonly string[]): Promise<string> =>
    await succeed("docker", ["exec", knot, ...words]);
  const key = (): Promise<string> => control("keymgr", "--config", "/run/conf/knot.conf", ".", "dnskey");
  await until("the root has a key", async () => (await key()).includes("DNSKEY 257"), START_MS);
  const far = await start(
    "outside",
    PEOPLE.far,
    "mkdir -p /var/spool/smtpd && prepare-spool && exec smtpd -d -f /run/conf/smtpd.conf",
  );

  return {
    prefix,
    people,
    admin,
    nameServer: PEOPLE.nameServer,
    rootKey: await key(),
    rootHints: `.  3600000  NS  ns.root-servers.example.\nns.root-servers.example.  3600000  A  ${PEOPLE.nameServer}\n`,
    serve: async (zoneFiles) => {
      await write(zoneFiles);
      await control("knotc", "--config", "/run/conf/knot.conf", "--blocking", "zone-reload", ".");
    },
    hush: async (yes) => {
      await succeed("docker", [
        "network",
        yes ? "disconnect" : "connect",
        ...(yes ? [] : ["--ip", PEOPLE.far]),
        people,
        far,
      ]);
    },
  };
}

/** One that leads nowhere else. */
async function makeNetwork(name: string, subnet: string, atEnd: AtEnd): Promise<void> {
  atEnd(async () => {
    await run("docker", ["network", "rm", name]);
  });
  await succeed("docker", ["network", "create", "--internal", "--subnet", subnet, "--label", LABEL, name]);
}

/** Signed by a key of its own making. The zone's file is the test's and is not written to. */
const KNOT = `server:
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
    dnssec-signing: on
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    serial-policy: unixtime
zone:
  - domain: .
    file: root.zone
`;

const SMTPD = `pki far cert "/run/conf/far.crt"
pki far key "/run/conf/far.key"
table catchall { "@" = "outside" }
listen on ${PEOPLE.far} port 25 tls pki far hostname ${FAR.hostname}
listen on 127.0.0.1 port 25 hostname ${FAR.hostname}
action "verify" mda "/usr/local/bin/verify-and-file" virtual <catchall>
action "relay" relay helo ${FAR.hostname}
match from any for domain "${FAR.domain}" action "verify"
match from local for any action "relay"
`;

/** What the foreign server reads. @returns the file with the key that signs its mail */
async function makeFar(folder: string): Promise<string> {
  await mkdir(folder);
  const at = (name: string): string => join(folder, name);
  const { domain, selector, hostname } = FAR;
  await writeFile(at("smtpd.conf"), SMTPD);
  await writeFile(at("outside.json"), JSON.stringify({ domain, selector, nameServer: PEOPLE.nameServer }));
  await succeed("openssl", ["genrsa", "-traditional", "-out", at("dkim.pem"), "2048"]);
  const pair = ["-keyout", at("far.key"), "-out", at("far.crt")];
  const subject = ["-subj", `/CN=${hostname}`, "-days", "2"];
  await succeed("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, ...pair]);
  return at("dkim.pem");
}
