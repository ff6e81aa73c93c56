/** The resource of our own provider `compose`: a group of workloads that is put on one host together. */
import * as pulumi from "@pulumi/pulumi";

/** A JSON object, as the Compose specification wants it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** An object in it. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A group of workloads and where it is put. */
export interface ReleaseArgs {
  /** Name of the Compose project. A change takes the old one down and makes a new one. */
  readonly project: pulumi.Input<string>;
  /** Absolute path of the folder on the host where the release lies. A change makes a new release. */
  readonly directory: pulumi.Input<string>;
  /** The `networks` of the Compose file. */
  readonly networks: Readonly<Record<string, JsonObject>>;
  /** Volumes by the names that the services mount them by. What becomes of one says its kind. */
  readonly volumes: Readonly<Record<string, ReleaseVolume>>;
  /** Workloads by the names of their services. */
  readonly workloads: Readonly<Record<string, ReleaseWorkload>>;
  /** Seconds that all workloads together may take to become healthy. @default 120 */
  readonly waitSeconds?: pulumi.Input<number>;
  /** The machine that it is put on, by SSH. @default this machine */
  readonly connection?: ReleaseConnection;
  /**
   * Folder on a file system of its own there, where volumes of kind `mail` lie. Nothing is put anywhere else while it is
   * not mounted.
   *
   * @default they lie where Docker has its own
   */
  readonly mailFolder?: pulumi.Input<string>;
  /** The login with which images are pulled that the host lacks. @default they are for everybody */
  readonly registry?: RegistryLogin;
}

/** Who may pull images from a registry. */
export interface RegistryLogin {
  /** As image names begin, such as `registry.example.org`. */
  readonly host: string;
  readonly user: string;
  readonly password: pulumi.Input<string>;
}

/** How a machine is reached by SSH. Nothing but what is named here is trusted. */
export interface ReleaseConnection {
  readonly address: pulumi.Input<string>;
  readonly port: pulumi.Input<number>;
  /** `root`, or one who may use sudo without a password. */
  readonly user: pulumi.Input<string>;
  /** The machine's public key, such as `ssh-ed25519 AAAA…`. */
  readonly hostKey: pulumi.Input<string>;
  /** Our private key, in OpenSSH's format. */
  readonly identity: pulumi.Input<string>;
}

/** A volume, which the provider makes before any container. */
export interface ReleaseVolume {
  /** Docker's name of it. */
  readonly name: string;
  /** `mail` outlives the release; `state` goes with it; `memory` is empty after each stop. */
  readonly kind: "mail" | "state" | "memory";
  /** Owner of a fresh volume. */
  readonly uid: number;
  /** Octal, such as `0750`. */
  readonly mode: string;
  /** Only of kind `memory`. @default 16 */
  readonly sizeMiB?: number;
}

/** One container with its files. */
export interface ReleaseWorkload {
  /** The Compose service, without the mounts of the release, which the provider adds. */
  readonly service: pulumi.Input<JsonObject>;
  /** Owner of the files. */
  readonly uid: number;
  /** Contents below `/release/current` by relative path. A change is taken without making the container anew. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  /** The same for secrets: mode 0400, and never readable in the state. */
  readonly secretFiles: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Single files of `files` that lie somewhere else in the container too, by their absolute path there: what is read before
   * anything of ours runs. A change makes the container anew.
   *
   * @default none
   */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** @see ReleaseArgs */
export class Release extends pulumi.CustomResource {
  /** What identifies the configuration of each workload. */
  declare readonly hashes: pulumi.Output<Record<string, string>>;
  /** How the container of each workload was when last looked at: `running`, or what is wrong. */
  declare readonly services: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ReleaseArgs, opts?: pulumi.CustomResourceOptions) {
    const workloads = mapValues(args.workloads, (workload) => ({
      ...workload,
      secretFiles: mapValues(workload.secretFiles, (content) => pulumi.secret(content)),
    }));
    const connection = args.connection && { ...args.connection, identity: pulumi.secret(args.connection.identity) };
    const registry = args.registry && { ...args.registry, password: pulumi.secret(args.registry.password) };
    const marked = { workloads, ...(connection && { connection }), ...(registry && { registry }) };
    super("compose:index:Release", name, { ...args, ...marked, hashes: undefined, services: undefined }, opts);
  }
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]): [string, U] => [key, map(value)]));
}
