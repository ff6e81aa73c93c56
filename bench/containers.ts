/** What Docker and the kernel know of containers: CPU time used, memory in proportional shares. */
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { docker } from "../tools/site/docker.ts";
import { fail } from "../tools/console.ts";

const statsSchema = z.looseObject({
  cpu_stats: z.looseObject({ cpu_usage: z.looseObject({ total_usage: z.number() }) }),
});

/** CPU time that a container's cgroup has used since it was made, in seconds; the same figure for both versions of cgroups. */
export async function cpuSeconds(container: string): Promise<number> {
  const answer = await engine(`/containers/${container}/stats?stream=false&one-shot=true`);
  return statsSchema.parse(JSON.parse(answer)).cpu_stats.cpu_usage.total_usage / 1e9;
}

/** CPU time of several containers, under the names that they have here. */
export async function cpuSecondsOf(containers: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  const each = Object.entries(containers).map(async ([name, id]) => [name, await cpuSeconds(id)] as const);
  return Object.fromEntries(await Promise.all(each));
}

function engine(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: "/var/run/docker.sock", path }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`Docker answers ${response.statusCode} to ${path}: ${body.trim()}`));
      }, reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

export interface ProcessMemory {
  readonly command: string;
  readonly mib: number;
}

/** The proportional set size of each process of a container: a page that n processes share counts as an nth for each. */
export async function memoryOf(container: string): Promise<ProcessMemory[]> {
  const table = await docker("top", container, "-eo", "pid,comm");
  const rows = table
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const read = await Promise.all(
    rows.map(async ([pid = "", command = ""]) => {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(notReadable);
      const kib = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
      return kib === undefined ? [] : [{ command, mib: Number(kib) / 1024 }];
    }),
  );
  return read.flat();
}

function notReadable(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "EACCES") {
    fail("Memory of other users' processes can be read by root alone: run the benchmark with sudo.");
  }
  // A process that has ended since.
  return "";
}

/** Proportional set size of a container in MiB. */
export async function memoryMib(container: string): Promise<number> {
  return (await memoryOf(container)).reduce((sum, { mib }) => sum + mib, 0);
}
