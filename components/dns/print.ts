/** A zone that people keep by hand: what they are to copy, as a zone file and as a table. */
import type * as pulumi from "@pulumi/pulumi";
import { withRefs } from "../keys/text-output.ts";
import type { Ref } from "../plan/text.ts";
import type { RecordSet } from "../plan/types.ts";
import type { ZoneArgs } from "./adapter.ts";
import { recordData, recordTexts } from "./record-data.ts";
import { recordLines } from "./zone-file.ts";

export interface PrintedZone {
  /** Lines for a zone file, without SOA and NS, which are the keeper's own. */
  readonly zoneFile: string;
  /** The same for a web form: name, type, seconds to live, value. */
  readonly table: string;
}

export function printZone(args: ZoneArgs): pulumi.Output<PrintedZone> {
  const { name, records } = args.zone;
  return withRefs(records.flatMap(recordTexts), args.resolve, (known) => ({
    zoneFile: [`$ORIGIN ${name}.`, ...recordLines(records, known), ""].join("\n"),
    table: formatTable(records, known),
  }));
}

/** Columns of equal width but for the last, which may be long. */
export function formatTable(records: readonly RecordSet[], resolve: (ref: Ref) => string): string {
  const rows = records.flatMap((set) =>
    recordData(set, resolve).map((data) => [set.name, set.type, String(set.ttlSeconds), data] as const),
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `${line}\n`)
    .join("");
}
