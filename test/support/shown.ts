/** The certificate that a server shows. */
import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";

/** Where it is asked for, and who is believed. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  /** Certificates of authorities, PEM. */
  readonly ca: string;
}

/** What a port with TLS from the start shows under a name. @throws an Error where it is not to be believed */
export function shownCertificate(asked: Asked): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...asked, timeout: 10_000 });
    socket.once("timeout", () => socket.destroy(new Error(`${asked.host} is silent for 10 s`)));
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(new X509Certificate(raw));
    });
  });
}
