/** What a port says. */
import { connect } from "node:net";

const GREETING_MS = 10_000;

/** What a port says first, or nothing: an emulator takes connections before the machine in it has. */
export function greeting(host: string, port: number, patienceMs = GREETING_MS): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (text: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => finish(""), patienceMs);
    socket.on("data", (data: Buffer) => finish(data.toString()));
    socket.on("error", () => finish(""));
    socket.on("close", () => finish(""));
  });
}
