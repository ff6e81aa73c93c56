/** Which packages of images lack updates of Debian's: apt itself compares what is installed with what its sources have. */
import { fail } from "../console.ts";
import { withDebianProxy } from "../offline/build-network.ts";
import { lastLines, type RunResult, type Runner } from "../offline/run.ts";

/** A package with a newer version. */
export interface Update {
  readonly image: string;
  readonly package: string;
  readonly have: string;
  readonly available: string;
  /** Where it is, such as `Debian-Security:13/stable-security`. */
  readonly from: string;
}

/** What an image says of itself. */
interface Inventory {
  readonly name: string;
  /** What Docker calls it. */
  readonly image: string;
  /** All of apt's source files. */
  readonly sources: string;
  /** The packages that are installed, dpkg's `status`. */
  readonly status: string;
}

const MARK = "== mailkeep";

const READ = `
cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true
echo "${MARK}"
cat /var/lib/dpkg/status
`;

/** Reads inventories, a mark with a name before each, and simulates the upgrade of each of them. */
const SIMULATE = `
mkdir /tmp/status
awk '/^${MARK} /{ file = "/tmp/status/" $3; next } { print > file }'
apt-get update -qq -o APT::Update::Error-Mode=any >&2
for file in /tmp/status/*; do
  echo "${MARK} \${file##*/}"
  apt-get --simulate -o Dir::State::status="$file" dist-upgrade
done
`;

/** Lists for all suites, on a slow line. */
const SIMULATE_MS = 10 * 60_000;

/**
 * Asks for each image. The sources are read once for all images that have the same ones.
 *
 * @param images what Docker calls them, by name
 * @throws SentenceError where an image is not here or Debian's servers are not reached
 */
export async function debianUpdates(images: Readonly<Record<string, string>>, runner: Runner): Promise<Update[]> {
  const inventories: Inventory[] = [];
  for (const [name, image] of Object.entries(images)) inventories.push(await inventoryOf(name, image, runner));
  const groups = [...new Set(inventories.map(({ sources }) => sources))].map((sources) =>
    inventories.filter((one) => one.sources === sources),
  );
  return withDebianProxy(runner, async (proxy) => {
    const found: Update[] = [];
    for (const group of groups) found.push(...(await updatesOf(group, proxy, runner)));
    return found.toSorted((a, b) => (a.image < b.image ? -1 : a.image > b.image ? 1 : 0));
  });
}

async function inventoryOf(name: string, image: string, runner: Runner): Promise<Inventory> {
  const here = await runner("docker", ["image", "inspect", "--format", "{{.Id}}", image]);
  if (here.code !== 0) {
    const pulled = image.includes("@") ? await runner("docker", ["pull", "--quiet", image]) : here;
    if (pulled.code !== 0) {
      return fail(`The image ${image} cannot be looked at, for it is not on this machine:\n${lastLines(pulled, 3)}`);
    }
  }
  const read = await runner("docker", ["run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-ec", READ]);
  const [sources = "", status] = read.stdout.split(`${MARK}\n`);
  if (read.code !== 0 || status === undefined) {
    return fail(`The image ${image} does not say which packages it has:\n${lastLines(read, 3)}`);
  }
  return { name, image, sources, status };
}

async function updatesOf(group: readonly Inventory[], proxy: string | undefined, runner: Runner): Promise<Update[]> {
  const [first] = group;
  if (first === undefined) return [];
  const environment = proxy === undefined ? [] : ["--env", `http_proxy=${proxy}`];
  const args = ["run", "--rm", "--interactive", ...environment, "--entrypoint", "sh", first.image, "-ec", SIMULATE];
  const input = group.map(({ name, status }) => `${MARK} ${name}\n${status}`).join("\n");
  const simulated = await runner("docker", args, { input, timeoutMs: SIMULATE_MS });
  return simulated.code === 0 ? parseUpgrades(simulated.stdout) : unreachable(simulated);
}

function unreachable(simulated: RunResult): never {
  return fail(
    `Debian cannot be asked for updates: do containers reach the servers that the images name in /etc/apt? apt says:\n${lastLines(simulated, 8)}`,
  );
}

/** @param text what apt-get simulated for each image */
export function parseUpgrades(text: string): Update[] {
  let image = "";
  return text.split("\n").flatMap((line): Update[] => {
    if (line.startsWith(`${MARK} `)) image = line.slice(MARK.length + 1);
    // "Inst openssl [3.5.1-1] (3.5.4-1~deb13u1 Debian-Security:13/stable-security [amd64])"; a new package has no version yet.
    const [, name, have, available, from] = /^Inst (\S+) \[([^\]]+)\] \((\S+) (.*?) ?\[[^\]]*\]/.exec(line) ?? [];
    if (name === undefined || have === undefined || available === undefined) return [];
    return [{ image, package: name, have, available, from: from ?? "" }];
  });
}
