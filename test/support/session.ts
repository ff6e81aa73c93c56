/** SMTP and other dialogues line by line, whatever the answers are. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Access } from "../../tools/site/clients.ts";

/** The greeting and the answer to each line, without TLS. */
export function plainSession(host: string, port: number, lines: readonly string[]): Promise<string[]> {
  return session(connectTcp({ host, port, timeout: 3000 }), lines);
}

/** A far side that scans a message takes its time. */
const TIMEOUT_MS = 60_000;

/** The same with TLS from the start. */
export function tlsSession(access: Access, port: number, lines: readonly string[]): Promise<string[]> {
  const { host, servername, ca } = access;
  return session(connectTls({ host, port, servername, ca, timeout: TIMEOUT_MS }), lines);
}

function session(socket: Socket, lines: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    let text = "";
    socket.setEncoding("utf8");
    socket.on("timeout", () => socket.destroy(new Error("timeout")));
    socket.on("error", reject);
    socket.on("close", () => resolve(answers));
    socket.on("data", (part: string) => {
      text += part;
      if (!/^\d{3} .*\r?\n$/m.test(text)) return;
      answers.push(text);
      text = "";
      const next = lines[answers.length - 1];
      if (next === undefined) socket.end();
      else socket.write(`${next}\r\n`);
    });
  });
}
