/** Single files of a machine, each judged where it lies and taken back when it is refused. */
import { createHash } from "node:crypto";
import { lastLines, script } from "./host.ts";
import type { Host } from "./host.ts";
import type { MachineFile } from "./machine-inputs.ts";

const APPLY_SECONDS = 180;

const PUT = `
mkdir -p "$(dirname "$1")"
rm -f "$1.mailkeep-old"
[ ! -e "$1" ] || cp -p "$1" "$1.mailkeep-old"
umask 077
cat > "$1.mailkeep-new"
chown "$2" "$1.mailkeep-new"; chmod "$3" "$1.mailkeep-new"
mv -T "$1.mailkeep-new" "$1"
`;
const PUT_BACK = 'if [ -e "$1.mailkeep-old" ]; then mv -T "$1.mailkeep-old" "$1"; else rm -f "$1"; fi';
const KEEP = 'rm -f "$1.mailkeep-old"';

/** What the state has in place of a file: 16 hexadecimal digits of its SHA-256. */
export function hashOfFile(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

/** What lies there now, by path. */
export async function observeFiles(host: Host, files: readonly MachineFile[]): Promise<Record<string, string>> {
  const found = await host.readFiles(files.map(({ path }) => path));
  return Object.fromEntries([...found].map(([path, content]) => [path, hashOfFile(content)]));
}

/**
 * Puts one file in its place and has the machine take it.
 *
 * @throws Error with a sentence when its check or the machine refuses it; what was there before is there again then
 */
export async function putFile(host: Host, { path, content, owner, check, apply }: MachineFile): Promise<void> {
  const [whose, mode] = owner === undefined ? ["root:root", "0644"] : [`${owner}:root`, "0400"];
  const put = await host.run(["sh", "-ec", PUT, "sh", path, whose, mode], { input: content });
  if (put.code !== 0) throw new Error(`Could not write ${path} on ${host.name}: ${put.stderr.trim()}`);
  const said = async (command: readonly string[]): Promise<string | undefined> => {
    const finished = await host.run(command, { timeoutSeconds: APPLY_SECONDS });
    return finished.code === 0 ? undefined : lastLines(`${finished.stdout}\n${finished.stderr}`, 10);
  };
  const refused = check && (await said(check));
  const failed = refused ?? (await said(apply));
  if (failed !== undefined) {
    await script(host, `putting the old ${path} back`, PUT_BACK, path);
    const what = `${refused === undefined ? "Taking" : "The check of"} ${path} failed on ${host.name}`;
    // A program that did not come back with the new one is to come back with the old one.
    const still = refused === undefined && (await said(apply)) !== undefined;
    const now = still
      ? "the old one is there again, but the machine does not take that either"
      : "the old one is there again";
    throw new Error(`${what}, and ${now}:\n${failed}`);
  }
  await script(host, "tidying", KEEP, path);
}
