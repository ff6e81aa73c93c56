/** A group of workloads, a site or the local world, released on one host. */
import * as pulumi from "@pulumi/pulumi";
import type { GroupPlan } from "../plan/types.ts";
import { isSecret } from "../plan/text.ts";
import type { Ref } from "../plan/text.ts";
import type { ImageName, Workload } from "../plan/workload.ts";
import { textOutput, withRefs } from "../keys/text-output.ts";
import { projectName } from "./names.ts";
import { composeNetworks, releaseVolumes } from "./networks.ts";
import { Release } from "./resource.ts";
import type { RegistryLogin, ReleaseConnection, ReleaseWorkload } from "./resource.ts";
import { RESOLV_CONF, resolvConf } from "./resolv-conf.ts";
import { composeService } from "./service.ts";

/** A group of workloads, and where and how it is put. */
export interface ReleaseGroupArgs {
  /** Name of the stack, which Docker's names begin with. */
  readonly stack: string;
  /** The workloads with their networks and volumes, as the plan has them. */
  readonly group: GroupPlan;
  /** Folder on the host where all releases of the stack lie; this one gets a folder of the group's name in it. */
  readonly directory: string;
  /** What each image is called on the host: by digest, id or tag. */
  readonly images: (image: ImageName) => string;
  /** The login with which images are pulled. @default they are for everybody, or in no registry */
  readonly registry?: RegistryLogin | undefined;
  /** Gives the values that are not known before keys exist. */
  readonly resolve: (ref: Ref) => pulumi.Output<string>;
  /** The machine that it is put on, by SSH. @default this machine */
  readonly connection?: ReleaseConnection;
  /** Folder there where volumes of kind `mail` lie. @default where Docker has its own */
  readonly mailFolder?: string;
  /** Seconds that all workloads together may take to become healthy. @default 120 */
  readonly waitSeconds?: number;
}

/** One group, as one `compose:index:Release`. */
export class ReleaseGroup extends pulumi.ComponentResource {
  /** What identifies the configuration of each workload. */
  readonly hashes: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ReleaseGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    const { stack, group, directory, waitSeconds, connection, mailFolder, registry } = args;
    // What names it, and no more: the state would have every file a second time, and the registry's password in the clear.
    super("mailkeep:release:Group", name, { stack, group: group.name }, opts);
    const release = new Release(
      name,
      {
        project: projectName(stack, group.name),
        directory: `${directory}/${group.name}`,
        networks: composeNetworks(group, stack),
        volumes: releaseVolumes(group, stack),
        workloads: Object.fromEntries(group.workloads.map((one) => [one.name, releaseWorkload(one, args)])),
        ...(waitSeconds !== undefined && { waitSeconds }),
        ...(connection !== undefined && { connection }),
        ...(mailFolder !== undefined && { mailFolder }),
        ...(registry !== undefined && { registry }),
      },
      { parent: this },
    );
    this.hashes = release.hashes;
    this.registerOutputs({ hashes: this.hashes });
  }
}

function releaseWorkload(workload: Workload, { stack, group, images, resolve }: ReleaseGroupArgs): ReleaseWorkload {
  const entries = Object.entries(workload.files);
  const rendered = (secret: boolean): Record<string, pulumi.Input<string>> =>
    Object.fromEntries(
      entries.filter(([, text]) => isSecret(text) === secret).map(([path, text]) => [path, textOutput(text, resolve)]),
    );
  const service = { stack, group: group.name, image: images(workload.image) };
  const names = resolvConf(workload, group.workloads);
  const published = workload.publish.map(({ hostAddress }) => hostAddress);
  return {
    // Plain where it can be, so that a preview shows it.
    service: published.every((address) => typeof address === "string")
      ? composeService(workload, service)
      : withRefs(published, resolve, (known) => composeService(workload, { ...service, known })),
    uid: workload.uid,
    files: {
      ...rendered(false),
      "keeper.json": `${JSON.stringify(workload.keeper, null, 2)}\n`,
      ...(names !== undefined && { [RESOLV_CONF.file]: names }),
    },
    secretFiles: rendered(true),
    ...(names !== undefined && { mounts: { [RESOLV_CONF.path]: RESOLV_CONF.file } }),
  };
}
