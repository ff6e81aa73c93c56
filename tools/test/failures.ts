/** What failed, told again at the end: a long log is often seen only by its last lines. */
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { ROOT } from "../paths.ts";

const reportSchema = z.looseObject({
  testResults: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.looseObject({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
});

/** Lines of a failure's message that are shown; the whole of it stands further up in the output. */
const LINES = 12;

/** Each failed case of Vitest's JSON report, with the beginning of what it said; empty where there is no such report. */
export async function failuresIn(results: string): Promise<readonly string[]> {
  const report = await readReport(results);
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(ROOT, name);
    const failed = assertionResults.filter((one) => one.status === "failed");
    if (failed.length === 0) return status === "failed" ? [told(file, message)] : [];
    return failed.map(({ fullName, failureMessages }) => told(`${file} > ${fullName}`, failureMessages.join("\n")));
  });
}

async function readReport(results: string): Promise<z.infer<typeof reportSchema> | undefined> {
  try {
    return reportSchema.safeParse(JSON.parse(await readFile(results, "utf8"))).data;
  } catch {
    return undefined;
  }
}

function told(title: string, message: string): string {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("node_modules"));
  const rest = lines.length > LINES ? [`(${String(lines.length - LINES)} more lines)`] : [];
  return [`✗ ${title}`, ...[...lines.slice(0, LINES), ...rest].map((line) => `    ${line}`)].join("\n");
}
