/** The resource of our own provider `compose` that makes a machine fit for a release. */
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseConnection } from "../release/resource.ts";
import type { MachineFile } from "./machine-file.ts";

/** A machine that is there, and what it must be like. */
export interface MachineArgs {
  /** Tells this machine from one that is made in its place. A change makes another resource of it. */
  readonly machine: pulumi.Input<string>;
  /** How it is reached by SSH. */
  readonly connection: ReleaseConnection;
  /**
   * How a machine that has just been made is known, and the host key that it is then given.
   *
   * @default it has the key of the connection already
   */
  readonly firstContact?: {
    readonly hostKey: pulumi.Input<string>;
    /** In OpenSSH's format; its public half is the connection's `hostKey`. */
    readonly privateKey: pulumi.Input<string>;
  };
  /** Debian's packages that must be there. */
  readonly packages: readonly string[];
  /** In the order in which they are put there. */
  readonly files: readonly MachineFile<pulumi.Input<string>>[];
}

/** @see MachineArgs */
export class Machine extends pulumi.CustomResource {
  /** What identifies the content of each file. */
  declare readonly hashes: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: MachineArgs, opts?: pulumi.CustomResourceOptions) {
    const connection = { ...args.connection, identity: pulumi.secret(args.connection.identity) };
    const first = args.firstContact && {
      ...args.firstContact,
      privateKey: pulumi.secret(args.firstContact.privateKey),
    };
    const files = args.files.map((file) =>
      file.owner === undefined ? file : { ...file, content: pulumi.secret(file.content) },
    );
    const given = { ...args, files, connection, ...(first && { firstContact: first }), hashes: undefined };
    super("compose:index:Machine", name, given, opts);
  }
}
