/** A zone that people keep by hand: what they are to copy, as a zone file and as a table. */
import * as pulumi from "@pulumi/pulumi";
import { withRefs } from "../keys/text-output.ts";
import type { Ref } from "../plan/text.ts";
import type { RecordSet } from "../plan/types.ts";
import { dataOutput, type ZoneArgs } from "./adapter.ts";
import { recordData, recordTexts } from "./record-data.ts";
import { recordLines } from "./zone-file.ts";

/** A zone as people copy it. */
export interface PrintedZone {
  /** Lines for a zone file, without SOA and NS, which are the keeper's own. */
  readonly zoneFile: string;
  /** The same for a web form: name, type, seconds to live, value. */
  readonly table: string;
}

/**
 * What a zone that is kept by hand is to have in it. It lies in the state alone: so a preview shows which records somebody has
 * to change, and policies judge them as they do those of a provider.
 */
export class ZoneByHand extends pulumi.CustomResource {
  /** What is to be copied, once all keys in it are known. */
  readonly printed: pulumi.Output<PrintedZone>;

  constructor(name: string, args: ZoneArgs, opts?: pulumi.CustomResourceOptions) {
    const { name: zone, records } = args.zone;
    const sets = records.map((set): [string, pulumi.Inputs] => [
      `${set.name} ${set.type}`,
      { ttlSeconds: set.ttlSeconds, data: dataOutput(set, args) },
    ]);
    super("ledger:index:ZoneByHand", name, { zone, records: Object.fromEntries(sets) }, opts);
    this.printed = withRefs(records.flatMap(recordTexts), args.resolve, (known) => ({
      zoneFile: [`$ORIGIN ${zone}.`, ...recordLines(records, known), ""].join("\n"),
      table: formatTable(records, known),
    }));
  }
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
