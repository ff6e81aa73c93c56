/** An SMTP session from the foreign server that stays open while other things happen. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { containerOf } from "./system.ts";

/** Says each line that comes in to port 25 of a server, and prints the first three characters of each answer. */
const CLIENT = `
import socket, sys
connection = socket.create_connection((sys.argv[1], 25), timeout=120)
stream = connection.makefile("rb")
def answer():
    while True:
        line = stream.readline().decode("utf-8", "replace")
        if line[3:4] != "-":
            print(line[:3], flush=True)
            return
answer()
for line in sys.stdin:
    connection.sendall(line.rstrip("\\n").removeprefix(" ").encode() + b"\\r\\n")
    if not line.startswith(" "):
        answer()
`;

export interface SmtpSession {
  /** The code of the greeting. */
  readonly greeting: number;
  /** Says lines, of which only the last is answered: those before begin with a blank. @returns the code of the answer */
  say(...lines: readonly string[]): Promise<number>;
  /** Hangs up. */
  end(): void;
}

export async function openSmtpSession(stack: string, server: string): Promise<SmtpSession> {
  const container = await containerOf(stack, "world", "outside");
  const child = spawn("docker", ["exec", "--interactive", container, "python3", "-u", "-c", CLIENT, server], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const next = async (): Promise<number> => {
    const answers: unknown[] = await Promise.race([once(lines, "line"), once(lines, "close")]);
    return Number(answers[0] ?? 0);
  };
  const greeting = await next();
  return {
    greeting,
    say: async (...said) => {
      const answered = next();
      child.stdin.write(`${said.join("\n")}\n`);
      return answered;
    },
    end: () => child.stdin.end(),
  };
}
