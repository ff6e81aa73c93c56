/** A server that takes the place of a site on the way from another one, with a certificate of the test's choice. */
import { execFile } from "node:child_process";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:tls";
import { promisify } from "node:util";
import type { SiteReport } from "../../tools/site/report.ts";
import { containerOf, docker } from "./system.ts";
import type { Credentials } from "./link-credentials.ts";

const execute = promisify(execFile);

export interface Impostor {
  /** Handshakes that the site has begun. */
  begun(): number;
  /** Those that it has ended well, with its own certificate: it believes the server to be the other site. */
  believed(): number;
  /** Gives the site its way back. */
  leave(): Promise<void>;
}

/** From inside the site's network this machine has this address. */
export interface Place {
  readonly stack: string;
  /** Who is deceived. */
  readonly from: string;
  /** Whose place is taken. */
  readonly to: SiteReport;
  readonly port: number;
  /** An address of this machine that the site reaches. */
  readonly gateway: string;
}

/** It answers nothing, whatever it is asked; it only counts who believes it. */
export async function impostor(
  place: Place,
  { cert, key }: Credentials,
  authority: Pick<Credentials, "cert">,
): Promise<Impostor> {
  const counts = { begun: 0, believed: 0 };
  const server = createServer({ cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    counts.begun += 1;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.on("secureConnection", (socket) => {
    counts.believed += 1;
    socket.on("error", () => undefined);
    socket.end();
  });
  // Who does not believe it ends the handshake; that is what is counted.
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const divert = await diversion(place, (server.address() as AddressInfo).port);
  await divert("--append");
  return {
    begun: () => counts.begun,
    believed: () => counts.believed,
    leave: async () => {
      await divert("--delete");
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function diversion(
  { stack, from, to, port, gateway }: Place,
  ownPort: number,
): Promise<(verb: string) => Promise<unknown>> {
  const net = await containerOf(stack, from, "net");
  const pid = (await docker("inspect", "--format", "{{.State.Pid}}", net)).trim();
  const match = ["OUTPUT", "-p", "tcp", "-d", to.address, "--dport", String(port)];
  const rule = [...match, "-j", "DNAT", "--to-destination", `${gateway}:${ownPort}`];
  return (verb) =>
    execute("nsenter", ["--target", pid, "--net", "iptables", "--wait", "--table", "nat", verb, ...rule]);
}
