/** Sees that a host has the images of a release, before anything is changed there. */
import type { Log } from "./engine.ts";
import type { Host } from "./host.ts";
import type { ReleaseInputs } from "./inputs.ts";
import { pullImage } from "./pull.ts";
import { isObject } from "./values.ts";
import type { Plain, PlainObject } from "./values.ts";

/** An image in a registry, by its digest. Whoever names one wants it from there and nowhere else. */
const IN_REGISTRY = /@sha256:[0-9a-f]{64}$/;

/**
 * What is missing is pulled where its name has a registry's digest in it; anything else is taken from this machine to
 * another one.
 *
 * @throws Error with a sentence for what cannot be had
 */
export async function ensureImages(host: Host, { workloads, registry }: ReleaseInputs, log: Log): Promise<void> {
  const missing = await missingImages(host, namesIn(workloads));
  const pulled = missing.filter((image) => IN_REGISTRY.test(image));
  for (const [index, image] of pulled.entries()) {
    log.status(`pulling image ${index + 1} of ${pulled.length} to ${host.name}`);
    await pullImage(host, image, registry);
  }
  const own = missing.filter((image) => !IN_REGISTRY.test(image));
  if (own.length === 0) return;
  if (host.carryImages === undefined) {
    throw new Error(`The ${named(own)} not on ${host.name}. Build the images first, then run the same command again.`);
  }
  log.status(`carrying ${own.length === 1 ? "an image" : `${own.length} images`} to ${host.name}`);
  await host.carryImages(own);
  const changed = await missingImages(host, own);
  if (changed.length > 0) {
    throw new Error(
      `The ${named(changed)} not on ${host.name}, though they were carried there: its Docker knows them by other ids, because it keeps images in a store of another kind than this machine's. Let both use the same kind, or name a registry in \`images.registry\`.`,
    );
  }
}

/**
 * Removes what a release no longer uses and the host can get again: each change of images would take a gigabyte of its disk
 * for good. Docker itself keeps what a container of another release is made of. What was built on this machine stays.
 */
export async function removeImages(host: Host, before: PlainObject, after: PlainObject): Promise<void> {
  const used = new Set(namesIn(after["workloads"]));
  const outgoing = namesIn(before["workloads"]).filter((image) => !used.has(image));
  for (const image of outgoing.filter((one) => host.carryImages !== undefined || IN_REGISTRY.test(one))) {
    await host.run([...host.docker, "image", "rm", image]);
  }
}

function namesIn(workloads: Plain | undefined): string[] {
  const names = Object.values(isObject(workloads) ? workloads : {}).map((workload) => {
    const service = isObject(workload) ? workload["service"] : undefined;
    return isObject(service) ? service["image"] : undefined;
  });
  return [...new Set(names.filter((name) => typeof name === "string"))];
}

function named(images: readonly string[]): string {
  const [which, are] = images.length === 1 ? ["image", "is"] : ["images", "are"];
  return `${which} ${images.join(", ")} ${are}`;
}

/** Those of some images that a host does not have. */
async function missingImages(host: Host, images: readonly string[]): Promise<string[]> {
  const ask = [...host.docker, "image", "inspect", "--format", "{{.Id}}"];
  const all = await host.run([...ask, ...images]);
  const missing: string[] = [];
  for (const image of all.code === 0 ? [] : images) {
    const found = await host.run([...ask, image]);
    if (found.code !== 0) missing.push(image);
  }
  return missing;
}
