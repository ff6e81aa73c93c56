/** The resource `compose:index:Release`: one group of workloads on one host. */
import { prune, settle, switchOver, upload } from "./apply.ts";
import { diffHost, diffInputs, expectedOutputs } from "./diff.ts";
import { prepareHost } from "./docker.ts";
import type { Log } from "./engine.ts";
import { redact } from "./explain.ts";
import { script } from "./host.ts";
import type { Host } from "./host.ts";
import { removeImages } from "./images.ts";
import { checkInputs, markSecrets, parseInputs } from "./inputs.ts";
import type { ReleaseInputs } from "./inputs.ts";
import { layout } from "./layout.ts";
import { withLock } from "./lock.ts";
import { isLost } from "./lost.ts";
import { makeRoomForNetworks } from "./networks.ts";
import { observeContainers, observeReleases, serviceStatus } from "./observe.ts";
import type { Reach } from "./reach.ts";
import { PartialFailure } from "./protocol.ts";
import type { Provider } from "./protocol.ts";
import { takeDown } from "./take-down.ts";
import type { PlainObject } from "./values.ts";
import { removeVolumes } from "./volumes.ts";

/** A machine that has just been made may take this long until it answers. */
const PATIENCE_SECONDS = 300;

/** The provider for releases on the hosts that can be reached. */
export function releaseProviderOn(reach: Reach): Provider {
  return {
    check: checkInputs,
    diff: ({ oldInputs, oldOutputs, inputs }) => {
      const differences = diffInputs(oldInputs, inputs);
      return differences.length > 0 ? differences : diffHost(oldOutputs, inputs);
    },
    create: async (values, log) => {
      const inputs = parseInputs(values);
      return { id: inputs.project, outputs: await put(reach, inputs, values, log) };
    },
    update: async (before, values, log) => await put(reach, parseInputs(values), values, log, before),
    read: async (outputs, log) => await look(reach, outputs, log),
    delete: async (outputs, log) => {
      const inputs = parseInputs(outputs);
      const removed = withoutSecrets(inputs, () =>
        reach(inputs.connection, 0, async (host) => {
          await withLock(host, inputs.directory, log, () => remove(host, inputs, log));
          await script(host, "removing an empty folder", 'rmdir "$1" 2>/dev/null || true', inputs.directory);
        }),
      );
      if (!isLost(inputs.project)) {
        await removed;
        return;
      }
      await removed.catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn(`${inputs.project} is taken to be gone with its host. ${reason}`);
      });
    },
  };
}

async function put(
  reach: Reach,
  inputs: ReleaseInputs,
  values: PlainObject,
  given: Log,
  before: PlainObject = {},
): Promise<PlainObject> {
  const secrets = secretsOf(inputs);
  // What a check of a daemon says is shown as it is, but for secrets.
  const log: Log = { ...given, status: (message) => given.status(redact(message, secrets)) };
  return await withoutSecrets(inputs, () =>
    reach(inputs.connection, PATIENCE_SECONDS, async (host) => {
      await prepareHost(host, inputs, log);
      await makeRoomForNetworks(host, inputs, log);
      return await withLock(host, inputs.directory, log, async () => {
        const outputs = await putOn(host, inputs, values, log);
        await removeImages(host, before, values);
        return outputs;
      });
    }),
  );
}

async function putOn(host: Host, inputs: ReleaseInputs, values: PlainObject, log: Log): Promise<PlainObject> {
  const applied = await upload(host, inputs, log);
  try {
    await switchOver(host, inputs, applied, log);
    await settle(host, inputs, applied, log);
    await prune(host, inputs, applied);
  } catch (error) {
    const message = redact(error instanceof Error ? error.message : String(error), secretsOf(inputs));
    const seen = await observed(host, inputs).catch(() => ({ hashes: {}, services: {} }));
    throw new PartialFailure(message, inputs.project, outputsOf(values, seen));
  }
  return outputsOf(values, expectedOutputs(values));
}

/** What the host has now; undefined when there is neither a file nor a container left. */
async function look(reach: Reach, outputs: PlainObject, log: Log): Promise<PlainObject | undefined> {
  const inputs = parseInputs(outputs);
  try {
    const seen = await reach(inputs.connection, 0, (host) => observed(host, inputs));
    const { hashes, services } = seen;
    if (Object.values(services).every((status) => status === "missing") && Object.keys(hashes).length === 0) {
      return undefined;
    }
    return outputsOf(outputs, seen);
  } catch (error) {
    // A preview must be possible where the host cannot be reached: it then shows what was last known.
    const reason = error instanceof Error ? error.message : String(error);
    log.warn(`Could not compare ${inputs.project} with what runs, so its last known state is shown. ${reason}`);
    return outputsOf(outputs, {});
  }
}

async function observed(
  host: Host,
  inputs: ReleaseInputs,
): Promise<Record<"hashes" | "services", Record<string, string>>> {
  const releases = await observeReleases(host, inputs.directory);
  const containers = await observeContainers(host, inputs.project);
  const names = Object.keys(inputs.workloads);
  const current = names.map((name) => {
    const found = releases.get(name);
    return [name, found?.folders.get(found.current ?? "")] as const;
  });
  return {
    hashes: Object.fromEntries(current.flatMap(([name, hash]) => (hash === undefined ? [] : [[name, hash]]))),
    services: Object.fromEntries(names.map((name) => [name, serviceStatus(name, inputs, containers)])),
  };
}

async function remove(host: Host, inputs: ReleaseInputs, log: Log): Promise<void> {
  const { release, state, prepared, composeFile } = layout(inputs.directory);
  const there = await host.readFiles([composeFile]);
  await takeDown(host, inputs, there.size > 0, log);
  const { mailFolder } = inputs;
  // A cloud may take the disk for mail away next, from under a machine that still has it mounted: what lies in memory alone goes first.
  if (mailFolder !== undefined)
    await script(host, "writing out what is on the disk for mail", 'sync --file-system "$1" || true', mailFolder);
  const kept = await removeVolumes(host, inputs.project);
  if (kept.length > 0) {
    log.info(`Kept the mail in ${kept.join(", ")}: \`docker volume rm\` deletes it for good.`);
  }
  await script(host, "removing the release", 'rm -rf -- "$@"', release, state, prepared, composeFile);
}

function outputsOf(values: PlainObject, seen: PlainObject): PlainObject {
  return markSecrets({ ...values, ...seen });
}

async function withoutSecrets<T>(inputs: ReleaseInputs, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PartialFailure || !(error instanceof Error)) throw error;
    throw new Error(redact(error.message, secretsOf(inputs)));
  }
}

function secretsOf(inputs: ReleaseInputs): string[] {
  const files = Object.values(inputs.workloads).flatMap(({ secretFiles }) => Object.values(secretFiles));
  const others = [inputs.connection?.identity, inputs.registry?.password].filter((one) => one !== undefined);
  return [...files, ...others];
}
