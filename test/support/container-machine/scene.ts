/** Two sites on machines of one's own in a world of theirs, and what tests do to them. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "../../../tools/offline/index.ts";
import type { Access } from "../../../tools/site/clients.ts";
import type { Ended } from "../../engine/checkout.ts";
import { until } from "../system.ts";
import { greeting } from "../vm/greeting.ts";
import { ContainerMachine } from "./machine.ts";
import { hostnameOf, PEOPLE, type Site } from "./places.ts";
import { type Settings, settings, SiteStack, STACK } from "./site-stack.ts";
import { type AtEnd, makeWorld, type World } from "./world.ts";

/** Who is not answered for so long is not let in. */
const SILENCE_MS = 2000;
const HEALTHY_MS = 120_000;

export class Scene {
  readonly world: World;
  readonly machines: Readonly<Record<Site, ContainerMachine>>;
  readonly #stack: SiteStack;
  readonly #folder: string;

  private constructor(parts: Pick<Scene, "world" | "machines">, stack: SiteStack, folder: string) {
    this.world = parts.world;
    this.machines = parts.machines;
    this.#stack = stack;
    this.#folder = folder;
  }

  /** Machines that know nothing of mailkeep, and a stack that has not been brought up. */
  static async set(atEnd: AtEnd): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), "mailkeep-machine-"));
    atEnd(() => rm(folder, { recursive: true, force: true }));
    await prepare({ needs: ["pulumi", "compose", "baseImage"] });
    const world = await makeWorld(STACK, folder, atEnd);
    const alpha = await ContainerMachine.start("alpha", world, folder, atEnd);
    const bravo = await ContainerMachine.start("bravo", world, folder, atEnd);
    const scene = new Scene({ world, machines: { alpha, bravo } }, await SiteStack.create(world, atEnd), folder);
    await scene.configure();
    return scene;
  }

  /** Gives the stack its settings. @param changes of single ones */
  async configure(changes: Settings = {}): Promise<void> {
    const { alpha, bravo } = this.machines;
    const hostKeys = { alpha: alpha.hostKey, bravo: bravo.hostKey };
    await this.#stack.configure({
      ...settings({ hostKeys, directoryCa: this.world.authority.directoryCa }),
      ...changes,
    });
  }

  /** The stack's key may log in at a machine. */
  async authorize(site: Site, key: string): Promise<void> {
    await this.machines[site].authorize(key, this.#folder);
  }

  /** `npm run mailkeep -- …`, however it ends. */
  attempt(...args: readonly string[]): Promise<Ended> {
    return this.#stack.mailkeep(...args);
  }

  /** The same where it must end well. @returns what it said */
  async mailkeep(...args: readonly string[]): Promise<string> {
    const { code, said } = await this.attempt(...args);
    if (code !== 0) throw new Error(`${said}\nThe journal of alpha's machine:\n${await this.machines.alpha.journal()}`);
    return said;
  }

  up(): Promise<string> {
    return this.mailkeep("up", STACK, "--yes");
  }

  async untilHealthy(site: Site): Promise<void> {
    let status = "";
    const healthy = async (): Promise<boolean> => {
      status = (await this.attempt("status", STACK)).said;
      return new RegExp(`\\n${site} .* healthy\\n`).test(status);
    };
    await until(`${site} is healthy`, healthy, HEALTHY_MS).catch((error: unknown) => {
      throw new Error(status, { cause: error });
    });
  }

  async privateCa(): Promise<string> {
    return (await this.#stack.outputs()).privateCa;
  }

  /** What `status` says of the workload that keeps a site's certificates. */
  async certificates(site: Site): Promise<string> {
    const { said } = await this.attempt("status", STACK);
    return said.split("\n").find((line) => new RegExp(`^${site} +certs `).test(line)) ?? "";
  }

  /** A mail program's way to a site, whether its certificate is an interim one or not. */
  async access(site: Site): Promise<Access> {
    return {
      host: PEOPLE[site],
      servername: hostnameOf(site),
      ca: (await this.privateCa()) + this.world.authority.root,
    };
  }

  /** Gives the zones to the name server, as their owner would copy them. @returns the zone file of the hosted domain */
  async copyZones(): Promise<string> {
    const { print } = (await this.#stack.outputs()).dns;
    await this.world.serve(Object.values(print).map(({ zoneFile }) => zoneFile));
    return print["home.example"]?.zoneFile ?? "";
  }

  /** Containers of a machine, by name and id. */
  running(site: Site): Promise<string> {
    return this.machines[site].sh("docker ps --format '{{.Names}} {{.ID}}' | sort");
  }

  /** Its containers, and since when they run. */
  started(site: Site): Promise<string> {
    return this.machines[site].sh(
      "docker ps --quiet | xargs docker inspect --format '{{.Name}} {{.State.StartedAt}}' | sort",
    );
  }

  /** The image of a site's MX, which has a shell and Perl. */
  async mxImage(site: Site): Promise<string> {
    return (await this.machines[site].sh("docker ps --filter name=mx --format '{{.Image}}'")).trim();
  }
}

/** What a port of a site's says to this machine, which is among the people there; nothing where it is not let in. */
export function said(site: Site, port: number): Promise<string> {
  return greeting(PEOPLE[site], port, SILENCE_MS);
}

/** Whether this machine is let in at a port of a site's. */
export function letIn(site: Site, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: PEOPLE[site], port, timeout: SILENCE_MS });
    const finish = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", finish(true)).on("error", finish(false)).on("timeout", finish(false));
  });
}
