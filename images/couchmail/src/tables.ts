/** Servers for Postfix's `tcp:` tables. */
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { AddressInfo, Server, Socket } from "node:net";
import { messageOf } from "./log.ts";
import type { Logger } from "./log.ts";
import { MAX_LINE, formatAnswer, parseQuestion } from "./protocol.ts";
import type { Answer } from "./protocol.ts";

/** A lookup that may need time; a plain one answers at once. */
export type SlowLookup = (key: string) => Answer | Promise<Answer>;

/** Postfix waits without a limit, so there is one here. */
const DEADLINE_MS = 1000;
/** Postfix keeps a connection as long as its process lives, and pauses a second before it makes a lost one anew. */
const IDLE_MS = 3_600_000;
const MAX_CONNECTIONS = 500;

/** A server that listens until it is closed. */
export interface Table {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens for questions of one kind. @throws when the port cannot be had. */
export async function serveTable(host: string, port: number, lookup: SlowLookup, log: Logger): Promise<Table> {
  const sockets = new Set<Socket>();
  const server = createServer({ keepAlive: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    converse(socket, lookup, log);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listening(server, host, port);
  return {
    port: boundPort(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroySoon();
      }),
  };
}

function converse(socket: Socket, lookup: SlowLookup, log: Logger): void {
  let pending = "";
  let turn = Promise.resolve();
  socket.setEncoding("latin1");
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: string) => {
    const lines = (pending + chunk).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) turn = turn.then(() => reply(socket, line, lookup, log));
    if (pending.length < MAX_LINE) return;
    pending = "";
    socket.end(formatAnswer({ kind: "temporary", reason: "the question is too long" }));
  });
}

async function reply(socket: Socket, line: string, lookup: SlowLookup, log: Logger): Promise<void> {
  const answer = await answerLine(line, lookup, log);
  if (socket.writable) socket.write(formatAnswer(answer));
}

async function answerLine(line: string, lookup: SlowLookup, log: Logger): Promise<Answer> {
  const key = parseQuestion(line);
  if (key === undefined) return { kind: "temporary", reason: "only get and a key is understood" };
  try {
    const answer = lookup(key);
    return answer instanceof Promise ? await withDeadline(answer) : answer;
  } catch (error) {
    log("error", "A lookup failed.", { error: messageOf(error) });
    return { kind: "temporary", reason: "the lookup failed" };
  }
}

async function withDeadline(answer: Promise<Answer>): Promise<Answer> {
  const stop = new AbortController();
  const late = setTimeout(DEADLINE_MS, { kind: "temporary", reason: "no answer in time" } as const, {
    signal: stop.signal,
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined);
    stop.abort();
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function boundPort(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
