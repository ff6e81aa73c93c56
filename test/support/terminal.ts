/** A command on a terminal, with somebody who answers its questions. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../tools/paths.ts";
import type { Ended } from "./command-line.ts";

/** What is waited for on the screen, and what is typed then. */
export interface Reply {
  readonly question: RegExp;
  readonly typed: string;
}

/** Gives the program a terminal, types each answer when its question has come, and shows all that was on the screen. */
const PROGRAM = String.raw`
import fcntl, json, os, pty, re, select, struct, sys, termios, time
command, replies, seconds = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
end, screen, seen = time.monotonic() + seconds, "", 0
while time.monotonic() < end:
    ready, _, _ = select.select([terminal], [], [], 1)
    if not ready:
        continue
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    screen += part.decode("utf-8", "replace")
    if replies and re.search(replies[0][0], screen[seen:]):
        seen = len(screen)
        os.write(terminal, (replies.pop(0)[1] + "\r").encode())
else:
    os.kill(child, 15)
sys.stdout.write(screen)
sys.stdout.flush()
if replies:
    sys.stderr.write("it never asked: " + replies[0][0])
    sys.exit(99)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;

/** Runs `npm run <command>` on a terminal. */
export function onTerminal(args: readonly string[], replies: readonly Reply[], seconds: number): Promise<Ended> {
  const command = ["node", join(ROOT, "tools", "start.mjs"), ...args];
  const given = JSON.stringify([command, replies.map(({ question, typed }) => [question.source, typed]), seconds]);
  return new Promise((resolve) => {
    execFile("python3", ["-c", PROGRAM, given], { cwd: ROOT, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code, stdout, output: `${stdout}${stderr}` });
    });
  });
}
