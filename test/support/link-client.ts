/** A client of the link. */
import { connect, type ConnectionOptions } from "node:tls";
import { PORT } from "../../components/plan/ports.ts";

/** An end of the link. */
export interface LinkEnd {
  readonly address: string;
  readonly hostname: string;
}

/** What an end of the link says to a client: its first line, or how it ended the connection. */
export function linkGreeting(
  { address, hostname }: LinkEnd,
  service: string,
  options: ConnectionOptions,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: PORT.link, servername: `${service}.${hostname}`, ...options });
    socket.setTimeout(10_000, () => socket.destroy(new Error("silent for 10 s")));
    socket.setEncoding("utf8");
    socket.once("data", (line: string) => {
      resolve(`said: ${line.split("\r\n")[0] ?? ""}`);
      socket.destroy();
    });
    socket.once("error", (error: Error) => {
      resolve(`ended: ${error.message}`);
    });
    socket.once("close", () => {
      resolve("ended");
    });
  });
}

export interface Said {
  /** Address of the client that the lines are said for, in a PROXY header before all else; without one there is no header. */
  readonly client: string | undefined;
  /** The first is said after the greeting. */
  readonly lines: readonly string[];
}

/** Says lines to a service of an end of the link, each when the one before is answered. @returns the last line of each answer */
export function linkDialogue(
  { address, hostname }: LinkEnd,
  service: string,
  options: ConnectionOptions,
  { client, lines }: Said,
): Promise<string[]> {
  const told = [...lines];
  const answers: string[] = [];
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: PORT.link, servername: `${service}.${hostname}`, ...options });
    socket.setTimeout(30_000, () => socket.destroy());
    let rest = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\r\n");
      rest = parts.pop() ?? "";
      for (const line of parts.filter((part) => /^\d{3} /.test(part))) {
        answers.push(line);
        const next = told.shift();
        if (next === undefined) socket.destroy();
        else socket.write(`${next}\r\n`);
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve(answers);
    });
    socket.on("secureConnect", () => {
      if (client !== undefined) socket.write(`PROXY TCP4 ${client} 127.0.0.1 50000 25\r\n`);
    });
  });
}
