/** The parts of the test suite, in the order in which they run: quick ones first, so that a mistake shows early. */
import { join } from "node:path";
import type { Need } from "../offline/index.ts";
import { ROOT } from "../paths.ts";
import { countGo } from "./count-go.ts";
import { countOne, countVitest, type Counter } from "./count.ts";

/** One part, as `npm test <name>` runs it. */
export interface Part {
  readonly name: string;
  readonly what: string;
  readonly needs: readonly Need[];
  /**
   * It takes processors and touches nothing that the parts after it do, which mostly wait: so it runs at the same time,
   * behind them.
   *
   * @default false
   */
  readonly beside?: boolean;
  readonly commands: readonly TestCommand[];
}

/** One program of a part. */
export interface TestCommand {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** File that it leaves its results in. One of an earlier run is deleted before it starts. */
  readonly results?: string;
  /** Turns how it ended and what it left into counts. */
  readonly count: Counter;
}

const bin = (name: string): string => join(ROOT, "node_modules", ".bin", name);

function vitest(folder: string, ...more: readonly string[]): TestCommand {
  const results = join(ROOT, ".mailkeep", "test", `${folder.replaceAll("/", "-")}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  return {
    command: [bin("vitest"), "run", "--dir", folder, ...reporters, ...more],
    directory: ROOT,
    results,
    count: countVitest(results),
  };
}

/** All of them. */
export const PARTS: readonly Part[] = [
  {
    name: "lint",
    what: "ESLint and Prettier",
    needs: [],
    commands: [
      { command: [bin("prettier"), "--check", "--log-level=warn", "."], directory: ROOT, count: countOne },
      { command: [bin("eslint"), "--max-warnings=0", "."], directory: ROOT, count: countOne },
    ],
  },
  {
    name: "types",
    what: "TypeScript at its strictest",
    needs: [],
    commands: [{ command: [bin("tsc"), "-p", "."], directory: ROOT, count: countOne }],
  },
  {
    name: "unit",
    what: "pure functions, components under mocks, the keeper",
    needs: [],
    commands: [
      vitest("test/unit"),
      {
        command: ["go", "test", "-json", "./..."],
        directory: join(ROOT, "images", "keeper"),
        environment: { CGO_ENABLED: "0" },
        count: countGo,
      },
    ],
  },
  { name: "policy", what: "every rule of the policy packs", needs: [], commands: [vitest("test/policy")] },
  {
    name: "engine",
    what: "the real Pulumi engine",
    beside: true,
    needs: ["pulumi", "docker", "compose", "baseImage"],
    commands: [vitest("test/engine", "--no-file-parallelism")],
  },
  {
    name: "machine",
    what: "real Debian machines, and a site on one",
    beside: true,
    needs: ["pulumi", "docker", "compose", "baseImage", "vm"],
    commands: [vitest("test/machine", "--no-file-parallelism")],
  },
  {
    name: "system",
    what: "mail between real daemons",
    needs: ["pulumi", "docker", "compose", "baseImage"],
    commands: [vitest("test/system", "--no-file-parallelism", "--config", "vitest.system.config.ts")],
  },
  {
    name: "sites",
    what: "three sites, their link, and faults under load",
    needs: ["pulumi", "docker", "compose", "baseImage"],
    commands: [vitest("test/sites", "--no-file-parallelism", "--config", "vitest.sites.config.ts")],
  },
];
