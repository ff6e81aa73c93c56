/** A release as the rules see it: the inputs of `compose:index:Release`, read with care. */
import type { ReportViolation, ResourceValidationArgs } from "@pulumi/policy";

export const RELEASE = "compose:index:Release";

type Fields = Readonly<Record<string, unknown>>;

export interface Release {
  /** The Compose project, such as `mailkeep-local-alpha`. */
  readonly project: string;
  readonly workloads: readonly ReleaseWorkload[];
  /** Names on the host of the networks, by their names in the release. */
  readonly networks: ReadonlyMap<string, string>;
}

export interface ReleaseWorkload {
  readonly name: string;
  /** The Compose service object. */
  readonly service: Fields;
  /** Rendered files by path; secret ones are not read by any rule. */
  readonly files: Fields;
}

/**
 * A validator for releases only. Values that are not known in a preview throw when they are read, and the engine then
 * says that the rule could not run; it runs in the update.
 */
export function forRelease(
  validate: (release: Release, report: (problem: string) => void) => void,
): (args: ResourceValidationArgs, report: ReportViolation) => void {
  return (args, report) => {
    if (args.type !== RELEASE) return args.notApplicable("It is not a release.");
    validate(readRelease(args.props), (problem) => {
      report(problem);
    });
  };
}

/** Calls back for each workload with a way to report that names it. */
export function eachWorkload(
  check: (workload: ReleaseWorkload, report: (problem: string) => void, release: Release) => void,
): ReturnType<typeof forRelease> {
  return forRelease((release, report) => {
    for (const workload of release.workloads) {
      check(
        workload,
        (problem) => {
          report(`${release.project}, workload ${workload.name}: ${problem}`);
        },
        release,
      );
    }
  });
}

export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text or number as text; anything else is empty. */
export function word(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function readRelease(props: unknown): Release {
  const { project, workloads, networks } = fields(props);
  return {
    project: word(project),
    workloads: Object.entries(fields(workloads)).map(([name, workload]) => ({
      name,
      get service() {
        return fields(fields(workload)["service"]);
      },
      get files() {
        return fields(fields(workload)["files"]);
      },
    })),
    networks: new Map(Object.entries(fields(networks)).map(([key, network]) => [key, word(fields(network)["name"])])),
  };
}
