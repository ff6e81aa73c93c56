/** What goes wrong in the clouds, kept in a folder that all stand-ins of a test share. */
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Counts one more thing that is made, changed or deleted. @throws Error when the file `limit` there says that it is one too many */
export function countDone(folder: string): void {
  const done = join(folder, "done");
  appendFileSync(done, "+");
  const limit = join(folder, "limit");
  if (existsSync(limit) && readFileSync(done, "utf8").length > Number(readFileSync(limit, "utf8"))) {
    throw new Error("The cloud is out of order.");
  }
}

/** Workloads whose containers somebody has taken away, by the file `lost-<project>` there: a name a line. */
export function lostWorkloads(folder: string, project: string): readonly string[] {
  const path = join(folder, `lost-${project}`);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}

/** They are put back. */
export function findWorkloads(folder: string, project: string): void {
  rmSync(join(folder, `lost-${project}`), { force: true });
}
