/** A release as the rules see it: the inputs of `compose:index:Release`, read with care. */
import type { ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { type Fields, fields, isFields, word } from "./values.ts";

/** Type of the resource. */
export const RELEASE = "compose:index:Release";

/** Where a workload finds its files. */
const CONF = "/run/conf/";

/** One site's, or the local world's. */
export interface Release {
  /** The Compose project, such as `mailkeep-local-alpha`. */
  readonly project: string;
  /** Whether it is put on another machine, whose addresses are its own and not those of this one. */
  readonly elsewhere: boolean;
  readonly workloads: readonly ReleaseWorkload[];
  /** The networks of the Compose file, by their names in the release. */
  readonly networks: ReadonlyMap<string, Fields>;
  /** Kinds of the volumes by their names in the release: `mail`, `state` or `memory`. */
  readonly volumes: ReadonlyMap<string, string>;
}

/** One of its containers. */
export interface ReleaseWorkload {
  readonly name: string;
  /** The Compose service object. */
  readonly service: Fields;
  /** Rendered files by path. */
  readonly files: Fields;
  /** Files with a secret in them, by path. */
  readonly secretFiles: Fields;
}

/** Tells what is wrong. */
export type Report = (problem: string) => void;

/**
 * A validator for releases only. Values that are not known in a preview throw when they are read, and the engine then
 * says that the rule could not run; it runs in the update.
 */
export function forRelease(
  validate: (release: Release, report: Report, args: ResourceValidationArgs) => void,
): (args: ResourceValidationArgs, report: ReportViolation) => void {
  return (args, report) => {
    if (args.type !== RELEASE) return args.notApplicable("It is not a release.");
    const release = readRelease(args.props);
    validate(
      release,
      (problem) => {
        report(problem);
      },
      args,
    );
  };
}

/** Calls back for each workload with a way to report that names it. */
export function eachWorkload(
  check: (workload: ReleaseWorkload, report: Report, release: Release, args: ResourceValidationArgs) => void,
): ReturnType<typeof forRelease> {
  return forRelease((release, report, args) => {
    for (const workload of release.workloads) check(workload, reportOf(workload, release, report), release, args);
  });
}

/** A way to report that names a workload and its release. */
export function reportOf(workload: ReleaseWorkload, release: Release, report: Report): Report {
  return (problem) => {
    report(`${release.project}, workload ${workload.name}: ${problem}`);
  };
}

/**
 * A file, be it secret or not: a daemon reads its configuration wherever it comes from, and one key in it makes all of it a secret.
 * Undefined where the workload has none of that name.
 */
export function fileOf({ files, secretFiles }: ReleaseWorkload, path: string): string | undefined {
  const text = path in files ? files[path] : secretFiles[path];
  return typeof text === "string" ? text : undefined;
}

/** The path among a workload's files of one that a daemon's configuration names; undefined for any other place. */
export function inFiles(path: string): string | undefined {
  return path.startsWith(CONF) ? path.slice(CONF.length) : undefined;
}

/** @param props the resource's inputs; what is not asked for is not read */
export function readRelease(props: unknown): Release {
  const { project, connection, workloads, networks, volumes } = fields(props);
  return {
    project: word(project),
    elsewhere: isFields(connection),
    workloads: Object.entries(fields(workloads)).map(([name, workload]) => ({
      name,
      get service() {
        return fields(fields(workload)["service"]);
      },
      get files() {
        return fields(fields(workload)["files"]);
      },
      get secretFiles() {
        return fields(fields(workload)["secretFiles"]);
      },
    })),
    networks: new Map(Object.entries(fields(networks)).map(([key, network]) => [key, fields(network)])),
    get volumes() {
      return new Map(Object.entries(fields(volumes)).map(([key, volume]) => [key, word(fields(volume)["kind"])]));
    },
  };
}
