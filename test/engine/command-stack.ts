/** The first site of the template `staging` in a checkout of its own, with stand-ins for all that is large or elsewhere. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { plan } from "../../components/plan/plan.ts";
import { projectName } from "../../components/release/names.ts";
import { IMAGE_NAMES } from "../../tools/images/names.ts";
import { onPath } from "../../tools/offline/on-path.ts";
import { templateSettings } from "../unit/settings/template.ts";
import { Checkout } from "./checkout.ts";
import { NAME, run, succeed } from "./compose-stack.ts";
import { type Config, CREDENTIALS, listOf, templateConfig } from "./production-stack.ts";

export const STACK = "staging";
const settings = templateSettings(STACK);
/** The plan of its only site. */
export const SITE = one(plan(STACK, { ...settings, sites: settings.sites.slice(0, 1) }).sites);

const FILE = `stacks/Pulumi.${STACK}.yaml`;
const fileSchema = z.looseObject({ config: z.record(z.string(), z.unknown()) });
const stateSchema = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(z.looseObject({ type: z.string(), urn: z.string(), outputs: z.unknown().optional() })),
    }),
  }),
});

/** Far from those of real ones in name, so that nobody takes one for them. */
const BASE = `${NAME}-command`;

/**
 * Docker, with base images of this test's own: to make one anew would have every other checkout on this machine build all of
 * its images again. Debian's own image is not fetched.
 */
const dockerText = (docker: string, log: string): string => `#!/bin/sh
echo "$*" >> '${log}'
for word; do
  shift
  set -- "$@" "$(printf %s "$word" | sed 's#mailkeep/debian#${BASE}/debian#; s#debian:13-slim#${BASE}/slim:1#')"
done
[ "$1" != pull ] || exit 0
exec '${docker}' "$@"
`;

/** The way to every machine; what would lie there is in a folder here. */
const sshText = (machines: string): string => `#!/bin/sh
if [ -e '${machines}/locked' ]; then
  echo 'Permission denied (publickey).' >&2
  exit 255
fi
case " $* " in *' -M '*) echo ready; exec sleep 600 ;; esac
for word; do :; done
command=$(printf %s "$word" | sed "s#^'sudo' '-n' '--' ##; s#/var/lib/mailkeep#${machines}#g")
sh -c "$command" | sed 's#${machines}#/var/lib/mailkeep#g'
`;

export class CommandStack {
  readonly checkout: Checkout;
  readonly #machines: string;
  readonly #dockerLog: string;
  #told = 0;

  private constructor(checkout: Checkout) {
    this.checkout = checkout;
    this.#machines = join(checkout.clouds, "machines");
    this.#dockerLog = join(checkout.clouds, "docker.log");
  }

  static async create(): Promise<CommandStack> {
    const checkout = await Checkout.create(CREDENTIALS);
    const stack = new CommandStack(checkout);
    await stack.configure(() => {
      const config = templateConfig(STACK);
      const first = (key: string): readonly unknown[] => listOf(config[key]).slice(0, 1);
      // Its keys are the first as well.
      return { ...config, "mailkeep:sites": first("mailkeep:sites"), "mailkeep:tlsKeys": first("mailkeep:tlsKeys") };
    });
    await stack.#standIns();
    // Of nothing, so that it takes no time to build and to push them.
    for (const name of IMAGE_NAMES) {
      await checkout.write(`images/${name}/Dockerfile`, `ARG BASE\nFROM $BASE\nCOPY Dockerfile /${BASE}/${name}\n`);
    }
    await checkout.write("tools/offline/base/Dockerfile", "ARG ROOT\nFROM $ROOT\nCOPY 90mailkeep /\n");
    const nothing = Buffer.alloc(10_240);
    execFileSync("docker", ["import", "-", `${BASE}/slim:1`], { input: nothing, stdio: ["pipe", "ignore", "inherit"] });
    execFileSync("docker", ["tag", `${BASE}/slim:1`, `${BASE}/debian:13-r1-20000101-official`]);
    return stack;
  }

  /** Changes the stack's settings as its owner would. */
  async configure(change: (config: Config) => Config): Promise<void> {
    const file = fileSchema.parse({
      config: {},
      ...z.looseObject({}).parse(parse((await this.checkout.read(FILE)) ?? "{}")),
    });
    await this.checkout.write(FILE, stringify({ ...file, config: change(file.config) }));
  }

  /** The images that were pushed, as the stack's file names them. */
  async pins(): Promise<Readonly<Record<string, string>> | undefined> {
    const text = await this.checkout.read(`stacks/images.${STACK}.json`);
    return text === undefined ? undefined : z.record(z.string(), z.string()).parse(JSON.parse(text));
  }

  /** What is in the state, as `digitalocean:index/volume:Volume alpha-mail`, with its outputs. */
  async state(): Promise<ReadonlyMap<string, unknown>> {
    const path = this.checkout.path(`.mailkeep/backend/.pulumi/stacks/mailkeep/${STACK}.json`);
    const { resources } = stateSchema.parse(JSON.parse(await readFile(path, "utf8"))).checkpoint.latest;
    return new Map(resources.map(({ type, urn, outputs }) => [`${type} ${urn.split("::").at(-1) ?? ""}`, outputs]));
  }

  /** What Docker was told since this was asked last, a command a line. */
  async toldDocker(): Promise<readonly string[]> {
    const lines = await this.#dockerLines();
    return lines.slice(this.#told, (this.#told = lines.length));
  }

  async #dockerLines(): Promise<readonly string[]> {
    return (await readFile(this.#dockerLog, "utf8").catch(() => "")).split("\n").filter(Boolean);
  }

  /** Every keeper says that it is well, until tomorrow. */
  async allWell(): Promise<void> {
    const at = new Date(Date.now() + 86_400_000);
    const text = JSON.stringify({ status: "running", healthy: true, ready: true, restarts: 0, at });
    for (const { name } of SITE.workloads) {
      const folder = join(this.#machines, STACK, SITE.name, "state", name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "state.json"), text);
    }
  }

  /** No machine lets anybody in. */
  async lockMachines(): Promise<void> {
    await writeFile(join(this.#machines, "locked"), "");
  }

  /** Somebody takes the container of a workload away. */
  async lose(workload: string): Promise<void> {
    await writeFile(this.#lost, workload);
  }

  /** Whether it is away still. */
  isLost(): boolean {
    return existsSync(this.#lost);
  }

  get #lost(): string {
    return join(this.checkout.clouds, `lost-${projectName(STACK, SITE.name)}`);
  }

  async remove(): Promise<void> {
    const built = (await this.#dockerLines()).flatMap(
      (line) => / --tag (mailkeep\/[a-z]+:[0-9a-f]{12}) /.exec(line)?.[1] ?? [],
    );
    const bases = await succeed("docker", [
      "images",
      "--format",
      "{{.Repository}}:{{.Tag}}",
      `--filter=reference=${BASE}/*`,
    ]);
    await run("docker", ["rmi", "--force", ...built, ...bases.split("\n").filter(Boolean)]);
    await this.checkout.remove();
  }

  async #standIns(): Promise<void> {
    await mkdir(this.#machines);
    const docker = await onPath("docker");
    if (docker === undefined) throw new Error("There is no docker on PATH.");
    await this.checkout.standIn("docker", dockerText(docker, this.#dockerLog));
    await this.checkout.standIn("ssh", sshText(this.#machines));
  }
}

function one<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error("The template has no site.");
  return first;
}
