/** What came of it, as a table, and in a file. */
import { groupedBy } from "../../components/plan/grouped.ts";
import { say, table } from "../../tools/console.ts";
import { median } from "../figures.ts";
import { cpuSecondsOf, type Run, type Side, type Work } from "./run.ts";
import { saveFigures } from "../report.ts";
import { PARTS, type Part } from "./processes.ts";

export async function tellPreview(runs: readonly Run[]): Promise<void> {
  say(`\n${table([HEADING, ...rowsOf(runs)])}\n`);
  await saveFigures("preview", { runs });
}

const HEADING = [
  ...["DOMAINS", "RESOURCES", "WORK", "SIDE", "SECONDS", "RATIO", "CPU S", "CPU RATIO"],
  ...PARTS.map((part) => `${part.toUpperCase()} S`),
  ...(["engine", "program", "packs"] as const).map((part) => `${part.toUpperCase()} MIB`),
  "LOAD AVG",
];

interface Middle {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

function rowsOf(runs: readonly Run[]): string[][] {
  const groups = groupedBy(runs, ({ domains, work, side }) => JSON.stringify([domains, work, side]));
  const bare = (domains: number, work: Work): Middle =>
    middle(groups.get(JSON.stringify([domains, work, "bare" satisfies Side])) ?? []);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { domains, resources, work, side } = first;
    const [own, other] = [middle(group), bare(domains, work)];
    const of = (part: Part, what: "cpuSeconds" | "peakMib"): number =>
      median(group.map(({ used }) => used[part][what]));
    return [
      [
        ...[String(domains), String(resources), work, side],
        ...[own.seconds.toFixed(1), (own.seconds / other.seconds).toFixed(2)],
        ...[own.cpuSeconds.toFixed(1), (own.cpuSeconds / other.cpuSeconds).toFixed(2)],
        ...PARTS.map((part) => of(part, "cpuSeconds").toFixed(1)),
        ...(["engine", "program", "packs"] as const).map((part) => of(part, "peakMib").toFixed(0)),
        median(group.map(({ loadAverage }) => loadAverage)).toFixed(1),
      ],
    ];
  });
}

function middle(runs: readonly Run[]): Middle {
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    cpuSeconds: median(runs.map(cpuSecondsOf)),
  };
}
