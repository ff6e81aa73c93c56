/** Conversations line by line, over whatever is connected. */
import { connect, type Socket } from "node:net";

/** Sends a line, where there is one, and gives what comes back up to a line that matches `end`. */
export function answer(socket: NodeJS.ReadWriteStream, line: string | undefined, end: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      socket.removeListener("data", take);
      socket.removeListener("error", refuse);
      socket.removeListener("close", closed);
      settle();
    };
    const refuse = (error: Error): void => finish(() => reject(error));
    const closed = (): void => finish(() => reject(new Error(`the connection was closed after: ${text}`)));
    const take = (part: Buffer | string): void => {
      text += part.toString();
      if (end.test(text)) finish(() => resolve(text));
    };
    const timer = setTimeout(() => refuse(new Error(`no answer to ${line ?? "the connection"}: ${text}`)), 20_000);
    socket.on("data", take);
    socket.on("error", refuse);
    socket.on("close", closed);
    if (line !== undefined) socket.write(`${line}\r\n`);
  });
}

/** A connection to an SMTP or IMAP port that has just been told to go over to TLS. */
export async function afterStartTls(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  const steps: readonly (readonly [string | undefined, RegExp])[] =
    port === 143
      ? [
          [undefined, /^\* OK/m],
          ["a STARTTLS", /^a OK/m],
        ]
      : [
          [undefined, /^220 /m],
          ["EHLO laptop.example", /^250 /m],
          ["STARTTLS", /^220 /m],
        ];
  for (const [line, end] of steps) await answer(socket, line, end);
  return socket;
}
