/** One daemon that grows must not take the others of its machine with it. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { eachWorkload } from "../read/release.ts";
import { fields, isFields, word } from "../read/values.ts";

interface Config {
  readonly memoryMiB: number;
  readonly pids: number;
  readonly openFiles: number;
}

export const requireLimits: ResourceValidationPolicy = {
  name: "require-limits",
  description: "A workload has limits of memory, without swap, of processes, and of open files.",
  enforcementLevel: "mandatory",
  severity: "medium",
  configSchema: {
    properties: {
      memoryMiB: { type: "integer", minimum: 16, default: 4096, description: "Most memory of one workload, in MiB." },
      pids: { type: "integer", minimum: 1, default: 4096, description: "Most processes and threads of one workload." },
      openFiles: { type: "integer", minimum: 64, default: 65536, description: "Most open files of one process." },
    },
  },
  remediationSteps: "Set `mem_limit`, the same `memswap_limit`, `pids_limit`, and `ulimits.nofile`.",
  validateResource: eachWorkload(({ service }, report, _, args) => {
    const { memoryMiB, pids, openFiles } = args.getConfig<Config>();
    const memory = word(service["mem_limit"]);
    const limit = mebibytes(memory);
    if (!(limit > 0 && limit <= memoryMiB)) {
      report(`its mem_limit is ${memory === "" ? "not set" : memory}; set one of at most ${memoryMiB}m.`);
    } else if (mebibytes(word(service["memswap_limit"])) !== limit) {
      report(
        `its memswap_limit is ${word(service["memswap_limit"]) || "not set"}, so it swaps; set it to ${memory} too.`,
      );
    }
    const processes = word(service["pids_limit"]);
    if (!(Number(processes) > 0 && Number(processes) <= pids)) {
      report(`its pids_limit is ${processes === "" ? "not set" : processes}; set one of at most ${pids}.`);
    }
    const files = openFilesOf(service["ulimits"]);
    if (!(Number(files) > 0 && Number(files) <= openFiles)) {
      report(
        `its ulimits.nofile is ${files === "" ? "not set, and a daemon that closes what it may have open would be at it for minutes" : files}; set one of at most ${openFiles}.`,
      );
    }
  }),
};

/** One figure for both limits, or the harder of the two. */
function openFilesOf(ulimits: unknown): string {
  const { nofile } = fields(ulimits);
  return isFields(nofile) ? word(nofile["hard"]) : word(nofile);
}

const MIB_PER_UNIT: Readonly<Record<string, number>> = {
  "": 1 / 1024 / 1024,
  b: 1 / 1024 / 1024,
  k: 1 / 1024,
  m: 1,
  g: 1024,
};

/** Compose's sizes: bytes, or a number with `k`, `m` or `g` and perhaps `b`. NaN for anything else. */
function mebibytes(size: string): number {
  const [, number = "", unit = ""] = /^(\d+)([bkmg]?)b?$/i.exec(size) ?? [];
  return number === "" ? Number.NaN : Number(number) * (MIB_PER_UNIT[unit.toLowerCase()] ?? Number.NaN);
}
