/** Puts a release in place: uploads everything, then switches to it, then waits. Every step may be repeated. */
import { composeText } from "./compose-file.ts";
import { compose } from "./docker.ts";
import { explain } from "./explain.ts";
import type { Host } from "./host.ts";
import { script } from "./host.ts";
import type { Log } from "./engine.ts";
import type { ReleaseInputs } from "./inputs.ts";
import { hashOfTree, layout, treeOf } from "./layout.ts";
import { observeContainers, observeReleases, serviceStatus } from "./observe.ts";
import { ensureVolumes } from "./volumes.ts";
import { parseState, waitUntilHealthy } from "./wait.ts";

/** Starting all containers of a site on a slow machine. */
const UP_SECONDS = 600;

const PREPARE = `
mkdir -p "$1/$4" "$2/$4"
chown "$3:$3" "$2/$4"
chmod 0700 "$2/$4"
`;
const SWITCH = `
cd "$1"; shift
while [ $# -gt 0 ]; do
  ln -sfn "$2" "$1/current.new"
  mv -T "$1/current.new" "$1/current"
  shift 2
done
`;
const WRITE = 'cat > "$1.new" && chmod 0600 "$1.new" && mv "$1.new" "$1"';

/** What {@link upload} has put there. */
export interface Applied {
  readonly hashes: Readonly<Record<string, string>>;
}

/** Lays the files out without anything that runs seeing them. */
export async function upload(host: Host, inputs: ReleaseInputs, log: Log): Promise<Applied> {
  const { release, state, releasesOf } = layout(inputs.directory);
  const found = await observeReleases(host, inputs.directory);
  const hashes: Record<string, string> = {};
  for (const [name, workload] of Object.entries(inputs.workloads)) {
    const tree = treeOf(workload);
    const hash = hashOfTree(tree);
    hashes[name] = hash;
    await script(host, `making the folders of ${name}`, PREPARE, release, state, String(workload.uid), name);
    if (found.get(name)?.folders.get(hash) === hash) continue;
    log.status(`putting the configuration of ${name} there`);
    await host.putTree(`${releasesOf(name)}/${hash}`, tree).catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      throw new Error(explain(`Putting the configuration of ${name} there`, said, host.name));
    });
  }
  return { hashes };
}

/** Makes what runs read the files that lie there. */
export async function switchOver(host: Host, inputs: ReleaseInputs, { hashes }: Applied, log: Log): Promise<void> {
  const { composeFile, release } = layout(inputs.directory);
  await ensureVolumes(host, inputs, log);
  const text = composeText(inputs);
  const written = await host.run(["sh", "-ec", WRITE, "sh", composeFile], { input: text });
  if (written.code !== 0) throw new Error(`Could not write ${composeFile} on ${host.name}: ${written.stderr.trim()}`);
  await script(host, "switching to the new release", SWITCH, release, ...Object.entries(hashes).flat());
  await removeDetached(host, inputs);
  log.status("starting containers");
  const up = ["up", "--detach", "--remove-orphans", "--no-build", "--pull", "never", "--quiet-pull"];
  await compose(host, `Starting the containers of ${inputs.project}`, inputs, up, UP_SECONDS);
}

/** Compose sees no change in a container whose shared network is that of a container which is gone. */
async function removeDetached(host: Host, inputs: ReleaseInputs): Promise<void> {
  const containers = await observeContainers(host, inputs.project);
  const detached = containers.filter(
    ({ workload }) => workload !== undefined && serviceStatus(workload, inputs, containers) === "detached",
  );
  if (detached.length > 0) await host.run([...host.docker, "rm", "--force", ...detached.map(({ id }) => id)]);
}

/** Waits until what was switched to serves. @throws Error with a sentence for each workload that does not */
export async function settle(host: Host, inputs: ReleaseInputs, { hashes }: Applied, log: Log): Promise<void> {
  const containers = await observeContainers(host, inputs.project);
  const { directory, waitSeconds } = inputs;
  await waitUntilHealthy({ host, log, directory, hashes, containers, waitSeconds });
}

/** Removes the releases that nobody reads any more: all but the current one and the keeper's last good one. */
export async function prune(host: Host, inputs: ReleaseInputs, { hashes }: Applied): Promise<void> {
  const { release, releasesOf, stateFile, stateOf } = layout(inputs.directory);
  const found = await observeReleases(host, inputs.directory);
  const states = await host.readFiles(Object.keys(hashes).map(stateFile));
  const gone = [...found].flatMap(([name, { folders }]) => {
    if (!(name in hashes)) return [releasesOf(name), stateOf(name)];
    const state = parseState(states.get(stateFile(name)));
    const used = new Set([hashes[name], state?.release, state?.good]);
    return [...folders.keys()].filter((hash) => !used.has(hash)).map((hash) => `${releasesOf(name)}/${hash}`);
  });
  if (gone.length > 0) await script(host, `tidying ${release}`, 'rm -rf -- "$@"', ...gone);
}
