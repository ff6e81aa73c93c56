/** The other side of the comparison: Postfix, rspamd and Dovecot as packaged, in one container; see `bare/`. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { renderUnbound } from "../components/mail/unbound/render.ts";
import { plan } from "../components/plan/plan.ts";
import { networkName } from "../components/release/names.ts";
import { INTERNET, internetAddress, WORLD_ADDRESS } from "../components/world/addresses.ts";
import { fail, step, within } from "../tools/console.ts";
import { buildImage } from "../tools/images/build.ts";
import { filesOf, hashOfFiles } from "../tools/images/files.ts";
import { readImages } from "../tools/images/index.ts";
import { withBuildNetwork } from "../tools/offline/build-network.ts";
import { prepare } from "../tools/offline/index.ts";
import { run } from "../tools/offline/run.ts";
import { ROOT, stackFolder } from "../tools/paths.ts";
import { docker } from "../tools/site/docker.ts";
import { stackSettings } from "../tools/stack/settings.ts";
import { DOMAIN, STACK, type Bench } from "./stack.ts";

/** How Postfix reaches rspamd. */
export type Milter = "tcp" | "unix";

const MILTER: Readonly<Record<Milter, string>> = {
  tcp: "inet:127.0.0.1:11332",
  unix: "unix:/run/rspamd/milter.sock",
};

const ADDRESS = internetAddress(91).v4;
const RESOLVER = internetAddress(92).v4;

export interface Bare {
  readonly container: string;
  readonly address: string;
  /** Changes the way to the filter. */
  readonly use: (milter: Milter) => Promise<void>;
}

/** Runs it beside the stack for the time of some work, in the same local world. Its resolver is a container of its own. */
export async function withBare<T>({ logins }: Bench, work: (bare: Bare) => Promise<T>): Promise<T> {
  const image = await bareImage();
  const folder = join(stackFolder(STACK), "bench");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const users = logins.map(({ address, password }) => `${address}:{plain}${password}\n`).join("");
  await writePublic(join(folder, "users"), users);
  await writePublic(join(folder, "unbound.conf"), await resolverConfiguration());
  const unbound = (await readImages()).unbound?.tag ?? fail("The images have not been built: run `npm run images`.");
  const network = ["--network", networkName(STACK, "world", { name: INTERNET.name, kind: "owned" })];
  const started: string[] = [];
  const start = async (...args: readonly string[]): Promise<string> => {
    const id = (await docker("run", "--detach", "--rm", ...network, ...args)).trim();
    started.push(id);
    return id;
  };
  try {
    await start(
      ...["--ip", RESOLVER, "--sysctl", "net.ipv4.ip_unprivileged_port_start=0", "--volume", `${folder}:/bench:ro`],
      ...["--entrypoint", "/usr/sbin/unbound", unbound, "-d", "-p", "-c", "/bench/unbound.conf"],
    );
    const container = await start(
      ...["--ip", ADDRESS, "--hostname", "bare", "--volume", `${folder}/users:/run/bench/users:ro`],
      // As mailkeep's: mail and queue on volumes, not in the layers of the image.
      ...["--volume", "/srv/mail", "--volume", "/var/spool/postfix"],
      ...["--env", `DOMAIN=${DOMAIN}`, "--env", "HELO=bare.mailkeep.test", "--env", `RESOLVER=${RESOLVER}`, image],
    );
    await within("The bare stack", () => untilWarm(container));
    return await work({
      container,
      address: ADDRESS,
      use: async (milter) => {
        await docker("exec", container, "postconf", "-e", `smtpd_milters = ${MILTER[milter]}`);
        await docker("exec", container, "postfix", "reload");
      },
    });
  } finally {
    for (const id of started) await docker("rm", "--force", "--volumes", id).catch(() => undefined);
  }
}

async function bareImage(): Promise<string> {
  const { baseImage } = await prepare({ needs: ["docker", "baseImage"] });
  const base = baseImage ?? fail("The base image is missing: run `npm run images`.");
  const context = join(ROOT, "bench", "bare");
  const tag = `mailkeep/bench-bare:${hashOfFiles(await filesOf(context)).slice(0, 12)}-${base.id.slice(7, 15)}`;
  const there = await run("docker", ["image", "inspect", "--format", "{{.Id}}", tag]);
  if (there.code === 0) return tag;
  await withBuildNetwork(run, (network) => {
    const building = step("Image bench-bare");
    return buildImage({ tag, base: base.tag, context, network, step: building, runner: run }).then(() =>
      building.done(),
    );
  });
  return tag;
}

/** The zones of the local world, and nothing else exists: the same answers as the site's own resolver gives. */
async function resolverConfiguration(): Promise<string> {
  const zones = plan(STACK, await stackSettings(STACK, true)).zones;
  const text = renderUnbound({
    address: RESOLVER,
    subnet: INTERNET.subnet,
    outgoingAddress: RESOLVER,
    stubZones: zones.map(({ name }) => ({ zone: name, server: WORLD_ADDRESS.knot.v4, signingKey: undefined })),
  });
  return typeof text === "string"
    ? text
    : text.map((part) => (typeof part === "string" ? part : fail("The resolver needs no keys."))).join("");
}

async function writePublic(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  // Read by users of the containers; the folder around it is closed to everybody on this machine.
  await chmod(path, 0o644);
}

const WARM_WITHIN_MS = 180_000;

/** rspamd compiles its expressions at its first start, which takes both cores for a while. */
async function untilWarm(container: string): Promise<void> {
  const end = performance.now() + WARM_WITHIN_MS;
  for (;;) {
    const log = await docker("exec", container, "cat", "/var/log/rspamd/rspamd.log").catch(() => "");
    // Once in each process that scans.
    if ((log.match(/normal.*hyperscan.*loaded/g) ?? []).length > 0) return;
    if (performance.now() > end) fail(`The bare stack's rspamd is not ready after ${WARM_WITHIN_MS / 1000} s.`);
    await delay(1000);
  }
}
