/**
 * `bench preview`: what the program itself costs when a preview or an update of three sites in the clouds is made, against a bare
 * program that registers the same resources from a list. The clouds are stand-ins. The sides take turns within each round.
 */
import { cp, rm, symlink } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { ProductionStack, type Config } from "../test/engine/production-stack.ts";
import { fail, step, within } from "../tools/console.ts";
import { prepare } from "../tools/offline/index.ts";
import { ROOT } from "../tools/paths.ts";
import { DOMAINS_FILE, moreDomains, withDomains } from "./preview/domains.ts";
import { watch } from "./preview/processes.ts";
import { recordedIn } from "./preview/recorded.ts";
import { cpuSecondsOf, WORK, type Run, type Side, type Work } from "./preview/run.ts";
import { tellPreview } from "./preview/tell.ts";

export interface PreviewArgs {
  readonly domains: readonly number[];
  readonly rounds: number;
  readonly sides: readonly Side[];
  /**
   * Whether the engine writes its state after each resource, as it does for users. With a file backend its part then grows with
   * the square of their number; without, what remains shows how the rest grows. An experiment of Pulumi's.
   */
  readonly checkpoints: boolean;
}

const CREDENTIALS = { CLOUDFLARE_API_TOKEN: "x", DIGITALOCEAN_TOKEN: "x", GOOGLE_CREDENTIALS: "{}" };

const WITHOUT_CHECKPOINTS = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const ARGUMENTS: Readonly<Record<Work, readonly string[]>> = {
  preview: ["preview"],
  up: ["up", "--yes", "--skip-preview"],
  again: ["preview"],
};

const PROGRAM: Readonly<Record<Side, string>> = {
  bare: "bench/preview/bare.ts",
  mailkeep: "stacks/index.ts",
  "mailkeep+packs": "stacks/index.ts",
};

const PACKS = ["--policy-pack", join(ROOT, "policy"), "--policy-pack-config", "rules.json"];

export async function preview({ domains, rounds, sides, checkpoints }: PreviewArgs): Promise<void> {
  const { pulumi } = await prepare({ needs: ["pulumi"] });
  const path = pulumi?.path ?? fail("The Pulumi command line is missing: run `npm run up` first.");
  const stack = await ProductionStack.create(path, {
    ...CREDENTIALS,
    ...(checkpoints ? {} : WITHOUT_CHECKPOINTS),
  });
  try {
    const bench = await Bench.create(stack);
    const runs: Run[] = [];
    for (const count of domains) {
      const resources = await within(`${count} domains, to be made alike`, () => bench.record(count));
      for (let round = 0; round < rounds; round += 1) {
        for (const side of sides) runs.push(...(await bench.turn(side, { domains: count, resources, round })));
      }
    }
    await tellPreview(runs);
  } finally {
    await stack.project.remove();
  }
}

class Bench {
  readonly #stack: ProductionStack;
  readonly #template: Config;

  private constructor(stack: ProductionStack, template: Config) {
    this.#stack = stack;
    this.#template = template;
  }

  static async create(stack: ProductionStack): Promise<Bench> {
    const { project } = stack;
    await symlink(join(ROOT, "bench"), join(project.folder, "bench"));
    // Mailboxes at two sites are what the settings cannot have yet.
    await project.write("rules.json", JSON.stringify({ "require-redundant-maildrops": "disabled" }));
    await cp(join(project.folder, "state"), join(project.folder, "empty"), { recursive: true });
    let template: Config = {};
    await stack.configure((config) => (template = config));
    return new Bench(stack, template);
  }

  /** Makes the whole of it once, and writes down what that was. @returns how many resources */
  async record(domains: number): Promise<number> {
    const { project } = this.#stack;
    await this.#stack.configure(() => withDomains(this.#template));
    await this.#stack.writeBeside(DOMAINS_FILE, moreDomains(domains));
    await this.#begin("mailkeep");
    await project.expect(...ARGUMENTS.up);
    const recorded = recordedIn(await project.expect("stack", "export", "--show-secrets"));
    await project.write("resources.json", JSON.stringify(recorded));
    return recorded.length;
  }

  /** One side does all the work, from nothing. */
  async turn(
    side: Side,
    { domains, resources, round }: { readonly domains: number; readonly resources: number; readonly round: number },
  ): Promise<Run[]> {
    const running = step(`${domains} domains, round ${round + 1}: ${side}`);
    await this.#begin(side);
    const runs: Run[] = [];
    for (const work of WORK) runs.push({ domains, resources, side, work, ...(await this.#measure(side, work)) });
    running.done(
      runs.map((run) => `${run.work} ${run.seconds.toFixed(1)} s, ${cpuSecondsOf(run).toFixed(1)} s of CPU`).join("; "),
    );
    return runs;
  }

  /** Nothing has been made, and the side's program is the one to run. */
  async #begin(side: Side): Promise<void> {
    const { folder } = this.#stack.project;
    await rm(join(folder, "state"), { recursive: true });
    await cp(join(folder, "empty"), join(folder, "state"), { recursive: true });
    const manifest = { name: "mailkeep", type: "module", main: PROGRAM[side] };
    await this.#stack.project.write("package.json", JSON.stringify(manifest));
  }

  async #measure(side: Side, work: Work): Promise<Pick<Run, "seconds" | "used" | "loadAverage">> {
    const packs = side === "mailkeep+packs" ? PACKS : [];
    const start = performance.now();
    const { child, ended } = this.#stack.project.start(...ARGUMENTS[work], ...packs);
    const watched = watch(child.pid ?? fail("Pulumi cannot be started."));
    const { code, output } = await ended;
    const seconds = (performance.now() - start) / 1000;
    const used = watched();
    if (code !== 0) fail(`Pulumi ended with ${String(code)} for ${side}, ${work}: ${output}`);
    return { seconds, used, loadAverage: loadavg()[0] ?? 0 };
  }
}
