/** What a certificate of a site's lets others do. */
import { connect, type ConnectionOptions } from "node:tls";
import { askHttps } from "../web-client.ts";

/** Whether a server's certificate is one for its name, from somebody who is believed. */
export function believed(options: ConnectionOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...options, timeout: 5000 });
    const end = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("secureConnect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

/** The MTA-STS policy of a domain, as another mail server fetches it from an address; empty where it is not to be had. */
export function policyOf(domain: string, address: string, ca: string): Promise<string> {
  return askHttps(address, `mta-sts.${domain}`, "/.well-known/mta-sts.txt", { ca }).then(
    ({ status, text }) => (status === 200 ? text : ""),
    () => "",
  );
}
