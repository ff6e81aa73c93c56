/** Counters in Prometheus' text format. */
import type { Directory } from "./directory.ts";
import type { Answer } from "./protocol.ts";

/** What is counted since the start. */
export class Metrics {
  readonly #lookups = new Map<string, number>();

  /** Counts an answer of one of the tables. */
  count(table: string, { kind }: Answer): void {
    const labels = `table="${table}",answer="${kind}"`;
    this.#lookups.set(labels, (this.#lookups.get(labels) ?? 0) + 1);
  }

  text(directory: Directory): string {
    const entries = directory.entries();
    return [
      "# HELP couchmail_lookups_total Questions answered, by table and kind of answer.",
      "# TYPE couchmail_lookups_total counter",
      ...[...this.#lookups].sort().map(([labels, value]) => `couchmail_lookups_total{${labels}} ${value}`),
      "# HELP couchmail_ready Whether lookups are answered from a directory that was read.",
      "# TYPE couchmail_ready gauge",
      `couchmail_ready ${directory.now() === undefined ? 0 : 1}`,
      "# HELP couchmail_records Records in the database.",
      "# TYPE couchmail_records gauge",
      `couchmail_records ${entries.length}`,
      "# HELP couchmail_conflicts Records that sites changed apart from each other.",
      "# TYPE couchmail_conflicts gauge",
      `couchmail_conflicts ${entries.filter(({ conflicts }) => conflicts.length > 0).length}`,
      "",
    ].join("\n");
  }
}
