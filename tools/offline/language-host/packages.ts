/** Which provider plugins the installed packages ask for: what `GetRequiredPackages` answers. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A plugin, as the engine asks for it. */
export interface RequiredPackage {
  readonly name: string;
  /** With a `v` in front, as the engine wants it. */
  readonly version: string;
  /** Where the plugin is downloaded from, if not from the usual place; else empty. */
  readonly server: string;
}

/** A package of npm's. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/** Provider plugins of all packages below the program's `node_modules`, each name and version once. */
export async function requiredPackages(programDirectory: string): Promise<RequiredPackage[]> {
  const found = new Map<string, RequiredPackage>();
  for (const manifest of await manifests(join(programDirectory, "node_modules"))) {
    const wanted = pluginOf(manifest);
    if (wanted !== undefined) found.set(`${wanted.name}@${wanted.version}`, wanted);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Packages that the program names as dependencies, or everything installed. */
export async function installedPackages(programDirectory: string, transitive: boolean): Promise<InstalledPackage[]> {
  const all = (await manifests(join(programDirectory, "node_modules"))).map(({ name, version }) => ({
    name: String(name),
    version: String(version),
  }));
  if (transitive) return all;
  const own = await readManifest(join(programDirectory, "package.json"));
  const direct = new Set([...keysOf(own?.["dependencies"]), ...keysOf(own?.["devDependencies"])]);
  return all.filter(({ name }) => direct.has(name));
}

/** The plugin that a package's manifest asks for in its `pulumi` section. */
export function pluginOf(manifest: Readonly<Record<string, unknown>>): RequiredPackage | undefined {
  const section = manifest["pulumi"];
  if (!isRecord(section) || section["resource"] !== true) return undefined;
  const name = section["name"] ?? ownName(manifest["name"]);
  const version = section["version"] ?? manifest["version"];
  if (typeof name !== "string" || typeof version !== "string") return undefined;
  const server = section["server"];
  return {
    name,
    version: version.startsWith("v") ? version : `v${version}`,
    server: typeof server === "string" ? server : "",
  };
}

/** Only packages of the `@pulumi` scope may leave out the plugin's name. */
function ownName(name: unknown): string | undefined {
  return typeof name === "string" && name.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined;
}

type Manifest = Readonly<Record<string, unknown>>;

async function manifests(modules: string): Promise<Manifest[]> {
  const folders = (await packageFolders(modules)).sort();
  const found = await Promise.all(
    folders.map(async (folder): Promise<Manifest[]> => {
      const [own, nested] = await Promise.all([
        readManifest(join(folder, "package.json")),
        manifests(join(folder, "node_modules")),
      ]);
      return own === undefined ? nested : [own, ...nested];
    }),
  );
  return found.flat();
}

async function packageFolders(modules: string): Promise<string[]> {
  const folders = await Promise.all(
    (await subfolders(modules)).map(async (name) => {
      const folder = join(modules, name);
      return name.startsWith("@") ? (await subfolders(folder)).map((child) => join(folder, child)) : [folder];
    }),
  );
  return folders.flat();
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((e) => !e.name.startsWith(".") && (e.isDirectory() || e.isSymbolicLink())).map((e) => e.name);
  } catch {
    return []; // no node_modules here, or a link that leads nowhere
  }
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    const manifest: unknown = JSON.parse(await readFile(path, "utf8"));
    return isRecord(manifest) ? manifest : undefined;
  } catch {
    return undefined; // a folder that is no package
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keysOf(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}
