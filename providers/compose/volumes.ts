/**
 * The volumes of a release.
 *
 * They are made here and not by Compose, which would offer to delete one whose description changed. A fresh volume
 * belongs to root, and few workloads run as root: so a container of the image that uses the volume, with no network,
 * first lets Docker copy what the image has at that place, and then gives it to its owner.
 */
import { LABEL } from "./compose-file.ts";
import { docker } from "./docker.ts";
import type { Host } from "./host.ts";
import { script } from "./host.ts";
import { mountedVolumes } from "./inputs.ts";
import type { ReleaseInputs, VolumeInputs } from "./inputs.ts";
import { hashOfSpec, layout } from "./layout.ts";
import type { Log } from "./engine.ts";

/** Makes the volumes that are not there yet, each with its owner and mode. */
export async function ensureVolumes(host: Host, inputs: ReleaseInputs, log: Log): Promise<void> {
  for (const [key, volume] of Object.entries(inputs.volumes)) {
    if (volume.kind === "memory") await ensureMemory(host, inputs.project, volume);
    else await ensureKept(host, inputs, key, volume, log);
  }
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
  if (lost.length > 0) await docker(host, "removing volumes", ["volume", "rm", ...lost]);
  return volumes.filter(({ kind }) => kind !== "state" && kind !== "memory").map(({ name }) => name);
}

async function ensureMemory(
  host: Host,
  project: string,
  { name, uid, mode, sizeMiB = 16 }: VolumeInputs,
): Promise<void> {
  const options = [`uid=${uid}`, `gid=${uid}`, `mode=${mode}`, `size=${sizeMiB}m`].join(",");
  const spec = hashOfSpec({ options });
  const found = await label(host, name, LABEL.spec);
  if (found === spec) return;
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

async function ensureKept(
  host: Host,
  inputs: ReleaseInputs,
  key: string,
  volume: VolumeInputs,
  log: Log,
): Promise<void> {
  const { name, kind, uid, mode } = volume;
  const { prepared } = layout(inputs.directory);
  const wanted = `${uid}:${uid} ${mode}`;
  const user = Object.values(inputs.workloads)
    .flatMap(({ service }) => mountedVolumes(service).map((mount) => ({ ...mount, image: service["image"] })))
    .toSorted((a, b) => Number(a.readOnly) - Number(b.readOnly))
    .find(({ source }) => source === key);
  await create(host, inputs.project, name, kind, []);
  const created = await docker(host, "looking at a volume", ["volume", "inspect", "--format", "{{.CreatedAt}}", name]);
  const mark = `${created.trim()} ${wanted}`;
  if ((await host.readFiles([`${prepared}/${name}`])).get(`${prepared}/${name}`) === mark) return;
  if (user === undefined || typeof user.image !== "string") return;
  log.status(`preparing volume ${name}`);
  const rights = [
    "--cap-drop",
    "ALL",
    "--cap-add",
    "CHOWN",
    "--cap-add",
    "FOWNER",
    "--user",
    "0:0",
    "--network",
    "none",
  ];
  await docker(host, `preparing the volume ${name}`, [
    ...["run", "--rm", ...rights, "--entrypoint", "/bin/sh", "--volume", `${name}:${user.target}`, user.image],
    ...["-ec", 'chown "$2" "$1"; chmod "$3" "$1"', "sh", user.target, `${uid}:${uid}`, mode],
  ]);
  const write = 'mkdir -p "$1"; printf %s "$3" > "$1/$2"';
  await script(host, "writing a note of a prepared volume", write, prepared, name, mark);
}

async function create(host: Host, project: string, name: string, kind: string, more: readonly string[]): Promise<void> {
  const labels = ["--label", `${LABEL.kind}=${kind}`, "--label", `${LABEL.project}=${project}`];
  await docker(host, `making the volume ${name}`, ["volume", "create", ...labels, ...more, name]);
}

/** A label of a volume; undefined where there is no such volume. */
async function label(host: Host, volume: string, key: string): Promise<string | undefined> {
  const finished = await host.run([
    ...[...host.docker, "volume", "inspect", "--format"],
    ...[`{{with .Labels}}{{index . "${key}"}}{{end}}`, volume],
  ]);
  return finished.code === 0 ? finished.stdout.trim() : undefined;
}
