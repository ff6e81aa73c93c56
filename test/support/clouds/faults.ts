/** A limit on what may be made, kept in a folder that all stand-ins of a test share. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Counts one more thing that is made. @throws Error when the file `limit` there says that it is one too many */
export function countMade(folder: string): void {
  const made = join(folder, "made");
  appendFileSync(made, "+");
  const limit = join(folder, "limit");
  if (existsSync(limit) && readFileSync(made, "utf8").length > Number(readFileSync(limit, "utf8"))) {
    throw new Error("The cloud is out of order.");
  }
}
