/**
 * The world around a machine: the root of a name system of its own, a foreign mail server, and two networks that lead
 * nowhere. One is where everybody is, the other one where mailkeep is run from.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, succeed } from "../../engine/compose-stack.ts";
import { buildImages } from "../../../tools/images/index.ts";
import {
  type Authority,
  authority,
  authorityFiles,
  PEBBLE_COMMAND,
  RESOLVER_COMMAND,
  resolverFiles,
} from "./authority.ts";
import { NameServer } from "./name-server.ts";
import { ADMIN, FAR, PEOPLE, PEOPLE6 } from "./places.ts";
import { NAME_SERVER } from "./root-zone.ts";

const FAR_ADDRESSES = ["--ip", PEOPLE.far, "--ip6", PEOPLE6.far];

/** Of everything that a test of machines makes. */
export const LABEL = "mailkeep.test=machine";

export interface World {
  /** What the names of its containers and networks begin with. */
  readonly prefix: string;
  /** Names of the networks. */
  readonly people: string;
  readonly admin: string;
  /** What resolvers must believe of the root: its key, as `/usr/share/dns/root.key` has the real one. */
  readonly rootKey: string;
  readonly rootHints: string;
  readonly authority: Authority;
  /** Serves zone files as they were printed, each with its `$ORIGIN`, from now on. */
  readonly serve: (zoneFiles: readonly string[]) => Promise<void>;
  /** The foreign mail server answers nobody any more, or does again. */
  readonly hush: (yes: boolean) => Promise<void>;
}

type Inhabitant = "knot" | "outside" | "unbound" | "pebble";

/** Takes what has to be done at the end, the last thing first. */
export type AtEnd = (work: () => Promise<void>) => void;

/** @param stack name of the stack that the world is for @param folder to work in; it lasts as long as the world */
export async function makeWorld(stack: string, folder: string, atEnd: AtEnd): Promise<World> {
  const prefix = `mailkeep-test-${stack}`;
  const [people, admin] = [`${prefix}-people`, `${prefix}-admin`];
  await makeNetwork(people, ["--subnet", PEOPLE.network, "--ipv6", "--subnet", PEOPLE6.network], atEnd);
  await makeNetwork(admin, ["--subnet", ADMIN.network], atEnd);
  const images = await buildImages({ only: ["knot", "outside", "unbound", "pebble"] });

  /** Where tools look for the foreign server of a local world. */
  const start = async (workload: Inhabitant, address: readonly string[], command: string): Promise<string> => {
    const name = `${prefix}-${workload}`;
    const labels = [LABEL, `mailkeep.stack=${stack}`, "mailkeep.site=world", `mailkeep.workload=${workload}`];
    atEnd(async () => {
      await run("docker", ["rm", "--force", "--volumes", name]);
    });
    await succeed("docker", [
      ...["run", "--detach", "--init", "--name", name, ...labels.flatMap((label) => ["--label", label])],
      ...["--network", people, ...address, "--dns", PEOPLE.nameServer],
      ...["--volume", `${join(folder, workload)}:/run/conf`],
      ...["--entrypoint", "sh", images[workload]?.id ?? "", "-c", command],
    ]);
    return name;
  };

  const dkimKey = await makeFar(join(folder, "outside"));
  const server = await NameServer.start(join(folder, "knot"), dkimKey, (command) =>
    start("knot", ["--ip", PEOPLE.nameServer], command),
  );
  const far = await start(
    "outside",
    FAR_ADDRESSES,
    "mkdir -p /var/spool/smtpd && prepare-spool && exec smtpd -d -f /run/conf/smtpd.conf",
  );
  const rootHints = `. 3600000 NS ${NAME_SERVER}.\n${NAME_SERVER}. 3600000 A ${PEOPLE.nameServer}\n`;
  await resolverFiles(join(folder, "unbound"), rootHints);
  await start("unbound", ["--ip", PEOPLE.resolver], RESOLVER_COMMAND);
  await authorityFiles(join(folder, "pebble"));
  await start("pebble", ["--ip", PEOPLE.authority, "--env", "PEBBLE_VA_NOSLEEP=1"], PEBBLE_COMMAND);
  return {
    prefix,
    people,
    admin,
    rootKey: await server.rootKey(),
    rootHints,
    authority: await authority(join(folder, "pebble")),
    serve: (zoneFiles) => server.serve(zoneFiles),
    hush: async (yes) => {
      await succeed(
        "docker",
        yes ? ["network", "disconnect", people, far] : ["network", "connect", ...FAR_ADDRESSES, people, far],
      );
    },
  };
}

/** One that leads nowhere else. */
async function makeNetwork(name: string, subnets: readonly string[], atEnd: AtEnd): Promise<void> {
  atEnd(async () => {
    await run("docker", ["network", "rm", name]);
  });
  await succeed("docker", ["network", "create", "--internal", ...subnets, "--label", LABEL, name]);
}

const SMTPD = `pki far cert "/run/conf/far.crt"
pki far key "/run/conf/far.key"
table catchall { "@" = "outside" }
listen on ${PEOPLE.far} port 25 tls pki far hostname ${FAR.hostname}
listen on ${PEOPLE6.far} port 25 tls pki far hostname ${FAR.hostname}
listen on 127.0.0.1 port 25 hostname ${FAR.hostname}
action "verify" mda "/usr/local/bin/verify-and-file" virtual <catchall>
action "relay" relay helo ${FAR.hostname}
match from any for domain { "${FAR.domain}", "${FAR.domain6}" } action "verify"
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
