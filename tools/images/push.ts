/** Puts images into a registry, and writes their digests into the file beside the stack's settings. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatPins, pinsFile, type Pins } from "../../components/release/pins.ts";
import { registryTrouble } from "../../providers/compose/registry-trouble.ts";
import { fail, type Step } from "../console.ts";
import { lastLines, type RunResult, type Runner } from "../offline/run.ts";
import { ROOT } from "../paths.ts";
import type { BuiltImage, BuiltImages } from "./record.ts";

interface Push {
  /** With the folder in it, such as `registry.example.org/mailkeep`. */
  readonly registry: string;
  readonly images: BuiltImages;
  readonly step: Step;
  readonly runner: Runner;
}

/**
 * What the registry has already is not sent again. Docker's own logins of this machine are used.
 *
 * @returns all of them by digest
 * @throws SentenceError when the registry does not take one; those that it took stay there, and nobody uses them
 */
export async function pushImages({ registry, images, step, runner }: Push): Promise<Pins> {
  const pins: Record<string, string> = {};
  for (const [name, image] of Object.entries(images)) {
    step.note(name);
    pins[name] = await pushImage(`${registry}/${name}:${tagOf(image)}`, image, runner);
  }
  return pins;
}

/** The last part of `mailkeep/postfix:0123456789ab`, which says what it was made from. */
function tagOf({ tag }: BuiltImage): string {
  return tag.split(":").at(-1) ?? tag;
}

async function pushImage(target: string, { tag, id }: BuiltImage, runner: Runner): Promise<string> {
  const tagged = await runner("docker", ["tag", id, target]);
  if (tagged.code !== 0) fail(`The image ${tag} was built and is gone again: was it pruned? Start again.`);
  const pushed = await runner("docker", ["push", target]);
  // The image keeps its own name; without the second one nothing has to be tidied up here.
  await runner("docker", ["rmi", target]);
  if (pushed.code !== 0) return refused(target, pushed);
  const [, digest] = /digest: (sha256:[0-9a-f]{64})/.exec(pushed.stdout) ?? [];
  return digest === undefined
    ? fail(`Docker pushed ${target} and did not say its digest:\n${lastLines(pushed, 4)}`)
    : `${target}@${digest}`;
}

function refused(target: string, pushed: RunResult): never {
  const host = target.split("/")[0] ?? target;
  const said = lastLines(pushed, 4);
  const why = {
    login: `does not let this machine push ${target}: log in with \`docker login ${host}\` as somebody who may push there`,
    lost: `knows no ${target}: make its folder there, or see \`images.registry\` in the settings`,
    certificate: `does not prove that it is what it says: it needs a certificate that Docker believes (/etc/docker/certs.d/${host})`,
    silent: "does not answer: see that it runs and is reached from here",
    other: `did not take ${target}`,
  }[registryTrouble(said)];
  return fail(`The registry ${host} ${why}. No digest was written down. Docker says:\n${said}`);
}

/** Writes the stack's file; readers never see half of it. */
export async function writePins(stack: string, pins: Pins, root = ROOT): Promise<void> {
  const path = join(root, pinsFile(stack));
  await writeFile(`${path}.new`, formatPins(pins));
  await rename(`${path}.new`, path);
}
