/** A client of the link. */
import { connect, type ConnectionOptions } from "node:tls";
import { PORT } from "../../components/plan/ports.ts";

/** What an end of the link says to a client: its first line, or how it ended the connection. */
export function linkGreeting(
  { address, hostname }: { readonly address: string; readonly hostname: string },
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
