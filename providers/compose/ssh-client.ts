/**
 * One connection by OpenSSH's own client.
 *
 * Only what the caller names is trusted: no known host, key, agent or configuration of the user is read. The identity
 * lies in a file of mode 0600 in a private folder for as long as the connection lasts.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cancellation } from "./cancellation.ts";
import { endWithThisProcess, runProcess } from "./process.ts";
import { isOtherKey, isPassing, sshSentence } from "./ssh-sentences.ts";

/** How a machine is reached. */
export interface Connection {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The machine's public key, such as `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** The private key that opens it, in OpenSSH's format. */
  readonly identity: string;
}

/** The machine shows another key than the one that it must have. */
export class OtherHostKeyError extends Error {}

/** A connection that is ready for commands until it is closed. */
export interface SshClient {
  /** The words of `ssh` up to and with its destination; a remote command follows. */
  readonly command: readonly string[];
  readonly close: () => Promise<void>;
}

const CONNECT_SECONDS = 15;
const RETRY_MS = 2000;

/**
 * Connects, and tries again for `patienceSeconds` while the machine does not answer: a new one takes a minute to start.
 *
 * @throws Error with a sentence; at once where trying again cannot help, such as a wrong host key
 */
export async function connect(connection: Connection, patienceSeconds: number): Promise<SshClient> {
  const folder = await mkdtemp(join(tmpdir(), "mk-ssh-"));
  try {
    const command = await prepare(folder, connection);
    const deadline = Date.now() + patienceSeconds * 1000;
    for (;;) {
      const opened = await open(command);
      if (opened.kind === "open") {
        const close = async (): Promise<void> => {
          opened.end();
          await rm(folder, { recursive: true, force: true });
        };
        return { command, close };
      }
      const again = isPassing(opened.said) && Date.now() < deadline && !cancellation.aborted;
      if (!again) {
        const sentence = sshSentence(opened.said, connection, await publicKey(folder));
        throw isOtherKey(opened.said) ? new OtherHostKeyError(sentence) : new Error(sentence);
      }
      await pause(RETRY_MS);
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function prepare(folder: string, { address, port, user, hostKey, identity }: Connection): Promise<string[]> {
  const known = port === 22 ? address : `[${address}]:${port}`;
  await writeFile(join(folder, "identity"), identity.endsWith("\n") ? identity : `${identity}\n`, { mode: 0o600 });
  await writeFile(join(folder, "known_hosts"), `${known} ${hostKey}\n`, { mode: 0o600 });
  const options = {
    BatchMode: "yes",
    IdentityFile: join(folder, "identity"),
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: join(folder, "known_hosts"),
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    CheckHostIP: "no",
    UpdateHostKeys: "no",
    PreferredAuthentications: "publickey",
    ForwardAgent: "no",
    ClearAllForwardings: "yes",
    ConnectTimeout: String(CONNECT_SECONDS),
    ServerAliveInterval: "15",
    ServerAliveCountMax: "8",
    ControlPath: join(folder, "c"),
    LogLevel: "ERROR",
  };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["ssh", "-F", "none", "-T", ...words, "-p", String(port), "-l", user, address];
}

type Opened = { readonly kind: "open"; readonly end: () => void } | { readonly kind: "closed"; readonly said: string };

/** Starts the connection that all commands share: a handshake each would cost a slow machine a second. */
function open(command: readonly string[]): Promise<Opened> {
  const [program = "", ...args] = command;
  // That the far side closed it is told at this level and no lower one. The first value of an option counts.
  const ready = ["-o", "LogLevel=INFO", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo ready"];
  return new Promise((resolve) => {
    const master = spawn(program, ["-M", "-N", ...ready, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    endWithThisProcess(master);
    let said = "";
    master.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    master.stdout.on("data", () => resolve({ kind: "open", end: () => master.kill("SIGTERM") }));
    master.on("error", (error) => resolve({ kind: "closed", said: error.message }));
    master.on("close", () => resolve({ kind: "closed", said }));
  });
}

/** What a user must put on the machine to let us in. */
async function publicKey(folder: string): Promise<string> {
  const { stdout } = await runProcess(["ssh-keygen", "-y", "-f", join(folder, "identity")]);
  return stdout.trim();
}
