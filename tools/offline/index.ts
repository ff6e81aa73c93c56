/** What a machine needs before anything of mailkeep runs on it, seen to in one call. */
import { delimiter, dirname } from "node:path";
import { step } from "../console.ts";
import { prepareBaseImage, type BaseImage } from "./base-image.ts";
import { cacheBin } from "./cache.ts";
import { prepareCompose, type Compose } from "./compose.ts";
import { prepareDocker } from "./docker.ts";
import { ROOT } from "../paths.ts";
import { CHECKOUT, installLanguageHost } from "./language-host/install.ts";
import { onPath } from "./on-path.ts";
import { preparePulumi, type PulumiCli } from "./pulumi-cli.ts";
import type { Used } from "./used.ts";
import { prepareVmImage, type VmImage } from "./vm-image.ts";

export { composeCommand } from "./compose.ts";
export { pulumiPath } from "./pulumi-cli.ts";
export type { Used } from "./used.ts";
export type { VmImage } from "./vm-image.ts";

/** `compose` and `baseImage` include `docker`. `vm`: a Debian system for QEMU, and what runs it. */
export type Need = "pulumi" | "docker" | "compose" | "baseImage" | "vm";

/** What is wanted. */
export interface Preparation {
  readonly needs: readonly Need[];
  /** Makes the base image anew, with today's packages. @default false */
  readonly refreshBaseImage?: boolean;
}

/** What there is now; what was not wanted is undefined. */
export interface Prepared {
  readonly pulumi: PulumiCli | undefined;
  readonly docker: Used | undefined;
  readonly compose: Compose | undefined;
  readonly baseImage: BaseImage | undefined;
  readonly vm: VmImage | undefined;
  /** Variables for programs that use all this: PATH, and DOCKER_CONFIG where Compose is ours. */
  readonly env: Readonly<Record<string, string>>;
  /** What was used and where it came from, for the user to see. */
  readonly used: readonly Used[];
}

/**
 * Sees to what is asked for, and says what it does. What is there is used as it is, so a second call takes a moment.
 *
 * @throws SentenceError that says what the user has to do
 */
export async function prepare({ needs, refreshBaseImage = false }: Preparation): Promise<Prepared> {
  const wants = new Set(needs);
  const [pulumi, engine] = await settled([
    wants.has("pulumi") ? pulumiAndHost() : undefined,
    dockerParts(wants, refreshBaseImage),
  ]);
  const { docker, compose, baseImage } = engine;
  // Afterwards: apt-get does one thing at a time.
  const vm = wants.has("vm") ? await prepareVmImage(() => step("Virtual machine")) : undefined;
  return {
    pulumi,
    docker,
    compose,
    baseImage,
    vm,
    env: { PATH: searchPath(pulumi), [CHECKOUT]: ROOT, ...compose?.env },
    used: [pulumi, docker, compose, baseImage, vm].flatMap((part) => part ?? []),
  };
}

/** Our Node.js first, then Pulumi with what lies beside it; our own plugins come last where Pulumi has its own. */
function searchPath(pulumi: PulumiCli | undefined): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const ours = pulumi?.source === "fallback" ? [cacheBin(), ...folders] : [...folders, cacheBin()];
  const official = pulumi?.source === "official" ? [dirname(pulumi.path)] : [];
  return [...new Set([dirname(process.execPath), ...official, ...ours])].join(delimiter);
}

/** The language host is ours where the command line came without one. */
async function pulumiAndHost(): Promise<PulumiCli> {
  const pulumi = await preparePulumi(() => step("Pulumi"));
  const beside = [dirname(pulumi.path), process.env["PATH"]].join(delimiter);
  const host = await onPath("pulumi-language-nodejs", beside, [cacheBin()]);
  if (host === undefined) await installLanguageHost(cacheBin(), process.execPath);
  return pulumi;
}

interface DockerParts {
  readonly docker: Used | undefined;
  readonly compose: Compose | undefined;
  readonly baseImage: BaseImage | undefined;
}

/** The engine first: apt may have to install it, and Compose is asked of its client. */
async function dockerParts(wants: ReadonlySet<Need>, refresh: boolean): Promise<DockerParts> {
  const none = { docker: undefined, compose: undefined, baseImage: undefined };
  if (!wants.has("docker") && !wants.has("compose") && !wants.has("baseImage")) return none;
  const docker = await prepareDocker(() => step("Docker"));
  const [compose, baseImage] = await settled([
    wants.has("compose") ? prepareCompose(() => step("Docker Compose")) : undefined,
    wants.has("baseImage") ? prepareBaseImage(() => step("Base image"), { refresh }) : undefined,
  ]);
  return { docker, compose, baseImage };
}

/** Like Promise.all, but waits for all before it rejects: work that went well is kept, and nothing runs on behind an error. */
async function settled<A, B>(work: readonly [A | Promise<A>, B | Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
