/** A machine reached by SSH. Commands run there with the rights of root. */
import { spawn } from "node:child_process";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CommandError, script } from "./host.ts";
import type { Finished, Host, RunOptions } from "./host.ts";
import { endWithThisProcess, runProcess } from "./process.ts";
import { connect } from "./ssh-client.ts";
import type { Connection } from "./ssh-client.ts";
import { tarOf } from "./tar.ts";

/** More than the far side's own bound, so that it is the far side that ends a command and says so. */
const MARGIN_SECONDS = 30;
/** Some hundred megabytes over a home's uplink. */
const CARRY_SECONDS = 3600;

/** The exit code of timeout(1) for a command that took too long. */
const TIMED_OUT = 124;

/**
 * The folder is filled beside its place and put there when all of it has come: a stream that was cut at the end of a file
 * looks whole to tar.
 */
const PUT = `
rm -rf -- "$1.new" "$1.old"
mkdir -p -- "$1.new"
tar --extract --file=- --directory="$1.new" --preserve-permissions --same-owner --numeric-owner
[ "$(find "$1.new" -type f | wc -l)" = "$3" ] || { echo "the folder did not come whole" >&2; exit 1; }
chown "$2:$2" "$1.new"; chmod "$4" "$1.new"
[ ! -e "$1" ] || mv -T -- "$1" "$1.old"
mv -T -- "$1.new" "$1"
rm -rf -- "$1.old"
`;
const READ = `
for path do
  [ -f "$path" ] || continue
  printf '%s ' "$path"; base64 -w0 < "$path"; echo
done
`;

/** Does some work on a machine, on one connection. Its identity is on this machine's disk only meanwhile. */
export async function withSshHost<T>(
  connection: Connection,
  patienceSeconds: number,
  environment: NodeJS.ProcessEnv,
  work: (host: Host) => Promise<T>,
): Promise<T> {
  const client = await connect(connection, patienceSeconds);
  try {
    return await work(sshHost(connection, client.command, environment));
  } finally {
    await client.close();
  }
}

function sshHost({ address, user }: Connection, ssh: readonly string[], environment: NodeJS.ProcessEnv): Host {
  const asRoot = user === "root" ? [] : ["sudo", "-n", "--"];
  const run = async (
    command: readonly string[],
    { input, timeoutSeconds = 60 }: RunOptions = {},
  ): Promise<Finished> => {
    const remote = [...asRoot, "timeout", "-k", "5", String(timeoutSeconds), ...command];
    const finished = await runProcess([...ssh, quoted(remote)], {
      ...(input !== undefined && { input }),
      timeoutSeconds: timeoutSeconds + MARGIN_SECONDS,
    });
    if (finished.code !== TIMED_OUT) return finished;
    return { ...finished, stderr: `${finished.stderr}\nended; it had ${timeoutSeconds} s` };
  };
  const host: Host = {
    name: address,
    docker: ["docker"],
    compose: ["docker", "compose"],
    run,
    putTree: async (folder, tree) => {
      const args = [folder, String(tree.uid), String(tree.files.length), "0500"];
      const put = await run(["sh", "-ec", PUT, "sh", ...args], { input: tarOf(tree), timeoutSeconds: 300 });
      if (put.code !== 0) throw new CommandError(host, `putting ${folder} there`, put);
    },
    readFiles: async (paths) => {
      const listed = await script(host, "reading files", READ, ...paths);
      return new Map(
        listed.split("\n").flatMap((line) => {
          const [path = "", content] = line.split(" ");
          return content === undefined ? [] : [[path, Buffer.from(content, "base64").toString("utf8")] as const];
        }),
      );
    },
    carryImages: async (images) => {
      const docker = environment["MAILKEEP_DOCKER"] ?? "docker";
      const names = await namesOf(docker, images);
      await carry([docker, "save", ...names], [...ssh, quoted([...asRoot, "docker", "load", "--quiet"])], address);
    },
  };
  return host;
}

/** What is saved by its id alone comes without a name, and somebody who tidies up there would take it for a leftover. */
async function namesOf(docker: string, images: readonly string[]): Promise<string[]> {
  const named = images.map(async (image) => {
    if (!image.startsWith("sha256:")) return image;
    const { stdout } = await runProcess([docker, "image", "inspect", "--format", '{{join .RepoTags " "}}', image]);
    return stdout.trim().split(" ")[0] || image;
  });
  return await Promise.all(named);
}

/** Pipes one program's output, compressed, into another. */
async function carry(from: readonly string[], to: readonly string[], address: string): Promise<void> {
  const [source, target] = [start(from), start(to)];
  // When one side ends early the other says why, or its exit code does.
  await pipeline(source.child.stdout, createGzip({ level: 1 }), target.child.stdin).catch(() => undefined);
  const [saved, loaded] = await Promise.all([source.ended, target.ended]);
  if (saved.code !== 0) {
    throw new Error(
      `The images could not be read on this machine: ${saved.said}\nBuild the images first (\`npm run images\`), then run the same command again.`,
    );
  }
  if (loaded.code !== 0) throw new Error(`The images could not be put on ${address}: ${loaded.said}`);
}

interface Started {
  readonly child: ReturnType<typeof spawnPiped>;
  readonly ended: Promise<{ readonly code: number; readonly said: string }>;
}

function start(command: readonly string[]): Started {
  const child = spawnPiped(command);
  endWithThisProcess(child);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<{ code: number; said: string }>((resolve) => {
    child.on("error", (error) => resolve({ code: 127, said: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 128, said: said.trim() }));
  });
  return { child, ended };
}

function spawnPiped(command: readonly string[]) {
  const [program = "", ...args] = command;
  return spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], timeout: CARRY_SECONDS * 1000 });
}

/** One word for the far side's shell. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
