/**
 * The volumes of a release.
 *
 * They are made here and not by Compose, which would offer to delete one whose description changed. A fresh volume
 * belongs to root, and few workloads run as root: so a container of the image that uses the volume, with no network,
 * first lets Docker copy what the image has at that place, and then gives it to its owner.
 */
import { randomUUID } from "node:crypto";
import { LABEL } from "./compose-file.ts";
import { docker } from "./docker.ts";
import type { Host } from "./host.ts";
import { CommandError, script } from "./host.ts";
import { mountedVolumes } from "./inputs.ts";
import type { ReleaseInputs, VolumeInputs } from "./inputs.ts";
import { hashOfSpec, layout } from "./layout.ts";
import type { Log } from "./engine.ts";

/** Makes the volumes that are not there yet, each with its owner and mode. */
export async function ensureVolumes(host: Host, inputs: ReleaseInputs, log: Log): Promise<void> {
  const names = Object.values(inputs.volumes).map(({ name }) => name);
  const before = await inspect(host, names);
  for (const volume of Object.values(inputs.volumes)) {
    if (volume.kind === "memory") await ensureMemory(host, inputs.project, volume, before.get(volume.name));
    else if (!before.has(volume.name)) {
      const place = volume.kind === "mail" ? await placeOf(host, inputs.mailFolder, volume.name) : [];
      await create(host, inputs.project, volume.name, volume.kind, place);
    }
  }
  const after = await inspect(host, names);
  const { prepared } = layout(inputs.directory);
  const notes = await host.readFiles(names.map((name) => `${prepared}/${name}`));
  const fresh = Object.entries(inputs.volumes).flatMap(([key, volume]): Fresh[] => {
    if (volume.kind === "memory") return [];
    const note = `${after.get(volume.name)?.identity ?? ""} ${volume.uid}:${volume.uid} ${volume.mode}`;
    const user = userOf(inputs, key);
    return user === undefined || notes.get(`${prepared}/${volume.name}`) === note ? [] : [{ ...volume, note, user }];
  });
  if (fresh.length === 0) return;
  log.status(`preparing ${fresh.length === 1 ? "a volume" : `${fresh.length} volumes`}`);
  await fill(host, fresh);
  await giveToOwners(host, fresh);
  const write = 'mkdir -p "$1"; cd "$1"; shift; while [ $# -gt 0 ]; do printf %s "$2" > "$1"; shift 2; done';
  const written = fresh.flatMap(({ name, note }) => [name, note]);
  await script(host, "writing notes of prepared volumes", write, prepared, ...written);
}

/** Removes what a release keeps apart from mail; gives the names of the mail volumes, which stay. */
export async function removeVolumes(host: Host, project: string): Promise<string[]> {
  const filter = `label=${LABEL.project}=${project}`;
  const format = `{{.Name}} {{.Label "${LABEL.kind}"}}`;
  const listed = await docker(host, "listing volumes", ["volume", "ls", "--filter", filter, "--format", format]);
  const volumes = listed.split("\n").flatMap((line) => {
    const [name, kind] = line.trim().split(" ");
    return name && kind ? [{ name, kind }] : [];
  });
  const lost = volumes.filter(({ kind }) => kind === "state" || kind === "memory").map(({ name }) => name);
  if (lost.length > 0) {
    await removeUnstarted(host, lost);
    await docker(host, "removing volumes", ["volume", "rm", ...lost]);
  }
  return volumes.filter(({ kind }) => kind !== "state" && kind !== "memory").map(({ name }) => name);
}

/** Containers of {@link fill} that outlived it, because it was killed. */
async function removeUnstarted(host: Host, volumes: readonly string[]): Promise<void> {
  const filters = ["status=created", ...volumes.map((name) => `volume=${name}`)];
  const listed = await docker(host, "listing containers", [
    "ps",
    "-aq",
    ...filters.flatMap((one) => ["--filter", one]),
  ]);
  const ids = listed.split("\n").filter(Boolean);
  if (ids.length > 0) await docker(host, "removing containers", ["rm", ...ids]);
}

interface Found {
  /** Not Docker's time of creation, which is the folder's time and moves with every file in it. */
  readonly identity: string;
  /** Of what a volume in memory was made. */
  readonly spec: string;
}

/** What is known of those volumes that are there. */
async function inspect(host: Host, names: readonly string[]): Promise<ReadonlyMap<string, Found>> {
  if (names.length === 0) return new Map();
  const label = (name: string): string => `{{with .Labels}}{{index . "${name}"}}{{end}}`;
  const format = `{{.Name}},${label(LABEL.identity)},${label(LABEL.spec)}`;
  // Its exit code says only that some are not there.
  const { stdout } = await host.run([...host.docker, "volume", "inspect", "--format", format, ...names]);
  return new Map(
    stdout.split("\n").flatMap((line): [string, Found][] => {
      const [name = "", identity = "", spec = ""] = line.split(",");
      return name === "" ? [] : [[name, { identity, spec }]];
    }),
  );
}

async function ensureMemory(
  host: Host,
  project: string,
  volume: VolumeInputs,
  found: Found | undefined,
): Promise<void> {
  const { name, uid, mode, sizeMiB = 16 } = volume;
  const options = [`uid=${uid}`, `gid=${uid}`, `mode=${mode}`, `size=${sizeMiB}m`].join(",");
  const spec = hashOfSpec({ options });
  if (found?.spec === spec) return;
  if (found !== undefined) {
    // Options of a volume cannot be changed, and it goes only when no container names it. Compose makes those anew.
    const users = await docker(host, "listing containers", ["ps", "-aq", "--filter", `volume=${name}`]);
    const ids = users.split("\n").filter(Boolean);
    if (ids.length > 0) await docker(host, "removing containers", ["rm", "-f", ...ids]);
    await docker(host, "removing a volume", ["volume", "rm", name]);
  }
  const driver = ["--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", `o=${options}`];
  await create(host, project, name, "memory", [...driver, "--label", `${LABEL.spec}=${spec}`]);
}

/** The file system that is there for mail must be there: mail on the machine's own disk would go with the machine. */
const MAKE_PLACE = `
mountpoint -q "$1" || mount "$1" || exit 9
mkdir -p "$1/$2"
`;
const NOT_MOUNTED = 9;

/** Options of a volume that lies in a folder of the mail's file system. */
async function placeOf(host: Host, mailFolder: string | undefined, name: string): Promise<string[]> {
  if (mailFolder === undefined) return [];
  const made = await host.run(["sh", "-ec", MAKE_PLACE, "sh", mailFolder, name]);
  if (made.code === NOT_MOUNTED) {
    throw new Error(
      `The disk for mail is not mounted at ${mailFolder} on ${host.name}, so no mail was put anywhere else: ${made.stderr.trim()}. See that the volume is attached (\`lsblk --fs\`), and run the same command again.`,
    );
  }
  if (made.code !== 0) throw new CommandError(host, `making the folder ${mailFolder}/${name}`, made);
  return ["type=none", "o=bind", `device=${mailFolder}/${name}`].flatMap((option) => ["--opt", option]);
}

async function create(host: Host, project: string, name: string, kind: string, more: readonly string[]): Promise<void> {
  const values = { [LABEL.kind]: kind, [LABEL.project]: project, [LABEL.identity]: randomUUID() };
  const labels = Object.entries(values).flatMap(([label, value]) => ["--label", `${label}=${value}`]);
  await docker(host, `making the volume ${name}`, ["volume", "create", ...labels, ...more, name]);
}

/** A volume that its workload cannot use yet. */
interface Fresh extends VolumeInputs {
  readonly note: string;
  readonly user: { readonly image: string; readonly target: string };
}

/** Where a volume is used, rather by a workload that writes to it. */
function userOf(inputs: ReleaseInputs, key: string): Fresh["user"] | undefined {
  const found = Object.values(inputs.workloads)
    .flatMap(({ service }) => mountedVolumes(service).map((mount) => ({ ...mount, image: service["image"] })))
    .toSorted((a, b) => Number(a.readOnly) - Number(b.readOnly))
    .find(({ source }) => source === key);
  return typeof found?.image === "string" ? { image: found.image, target: found.target } : undefined;
}

/** Docker copies what an image has at a place into an empty volume there when a container is made. It need not run. */
async function fill(host: Host, volumes: readonly Fresh[]): Promise<void> {
  const made: string[] = [];
  try {
    for (const { name, user } of volumes) {
      const volume = `--volume=${name}:${user.target}`;
      const args = ["create", "--network=none", "--entrypoint=/bin/false", volume, user.image];
      made.push((await docker(host, `filling the volume ${name}`, args)).trim());
    }
  } finally {
    if (made.length > 0) await docker(host, "removing containers", ["rm", ...made]);
  }
}

/** All that the container may do is to change owners and modes. */
const ONE_SHOT = [
  "run",
  "--rm",
  "--network=none",
  "--user=0:0",
  "--cap-drop=ALL",
  "--cap-add=CHOWN",
  "--cap-add=FOWNER",
];

/** One container for all: starting it takes longer than what it does. */
async function giveToOwners(host: Host, volumes: readonly Fresh[]): Promise<void> {
  const [first] = volumes;
  if (first === undefined) return;
  const at = ({ name }: Fresh): string => `/volumes/${name}`;
  const mounts = volumes.map((volume) => `--volume=${volume.name}:${at(volume)}`);
  const give = 'while [ $# -gt 0 ]; do chown "$2" "$1"; chmod "$3" "$1"; shift 3; done';
  await docker(host, "preparing volumes", [
    ...[...ONE_SHOT, "--entrypoint=/bin/sh", ...mounts, first.user.image, "-ec", give, "sh"],
    ...volumes.flatMap((volume) => [at(volume), `${volume.uid}:${volume.uid}`, volume.mode]),
  ]);
}
