/** The real command line as the tools take it, on a project of a test, with a record of what the engine did and when. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { nameOf } from "../../tools/review/events.ts";
import type { Engine } from "../../tools/stack/pulumi.ts";
import type { Project } from "./project.ts";

/** What an update did with a resource. */
export interface Done {
  /** As in a preview's steps: `create digitalocean:index/droplet:Droplet alpha-machine`. */
  readonly step: string;
  /** Places in the log of all updates so far: what came earlier has a lower one. */
  readonly began: number;
  /** Infinity where it failed. */
  readonly ended: number;
}

const metadata = z.looseObject({ metadata: z.looseObject({ op: z.string(), urn: z.string(), type: z.string() }) });
const eventSchema = z.looseObject({ resourcePreEvent: metadata.optional(), resOutputsEvent: metadata.optional() });

/** Of a replacement the three steps that it takes are left out, since there is one for the whole. */
const CHANGES: readonly string[] = ["create", "update", "replace", "delete"];

const LOG = "events.json";

export class RecordedEngine implements Pick<Engine, "show" | "ask" | "attempt"> {
  readonly #project: Project;
  readonly #rules: string;
  readonly #updates: (readonly Done[])[] = [];
  /** How many events there were so far. */
  #events = 0;

  /** @param rules file with the configuration of the project's whole policy pack */
  constructor(project: Project, rules: string) {
    this.#project = project;
    this.#rules = rules;
  }

  /** What each update did since this was asked last. */
  updates(): readonly (readonly Done[])[] {
    return this.#updates.splice(0);
  }

  /** An update without policies, for what they are not asked about. @returns what it did */
  async update(variables: Readonly<Record<string, string>> = {}): Promise<readonly Done[]> {
    const code = await this.show(["up", "--yes", "--skip-preview"], variables);
    if (code !== 0) throw new Error(`The update ended with ${code}.`);
    return this.#updates.pop() ?? [];
  }

  async show(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<number> {
    // Without that variable there is no `--event-log`.
    const project = this.#project.with({ ...variables, PULUMI_DEBUG_COMMANDS: "true" });
    const { code, output } = await project.run(...this.#configured(args), "--event-log", LOG);
    if (code !== 0) process.stderr.write(output);
    const log = readEvents(await readFile(join(project.folder, LOG), "utf8"));
    this.#updates.push(doneIn(log, this.#events));
    this.#events += log.length;
    return code ?? 1;
  }

  ask(args: readonly string[]): Promise<string> {
    return this.#project.expect(...args);
  }

  async attempt(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    const { code, output } = await this.#project.with(variables).run(...this.#configured(args));
    return { code: code ?? 1, out: output, err: "" };
  }

  #configured(args: readonly string[]): readonly string[] {
    return args.flatMap((arg) => (arg === "policy" ? [arg, "--policy-pack-config", this.#rules] : [arg]));
  }
}

type Event = z.infer<typeof eventSchema>;

function readEvents(log: string): readonly Event[] {
  return log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => eventSchema.parse(JSON.parse(line)));
}

function doneIn(events: readonly Event[], offset: number): Done[] {
  return events.flatMap(({ resourcePreEvent: before }, began) => {
    if (before === undefined || !CHANGES.includes(before.metadata.op)) return [];
    const { op, urn, type } = before.metadata;
    const ended = events.findIndex(
      ({ resOutputsEvent: after }) => after?.metadata.urn === urn && after.metadata.op === op,
    );
    return [
      {
        step: `${op} ${type} ${nameOf(urn)}`,
        began: offset + began,
        ended: ended === -1 ? Number.POSITIVE_INFINITY : offset + ended,
      },
    ];
  });
}
