/** What looks at mail on its way through Postfix: the filter, and those who sign. */
import { DKIM_ALGORITHMS } from "../../dns/dkim.ts";
import type { SiteContext } from "../../plan/context.ts";
import { SIGNER } from "../../plan/dkim.ts";
import { type MilterSocket, RSPAMD_SOCKET, signerSocket } from "../shared-paths.ts";
import type { Section } from "./text.ts";

/** The filter, as Postfix reaches it. */
export const RSPAMD = `unix:${RSPAMD_SOCKET.file}`;

/** A signer. */
export interface Signer {
  /** Its workload's. */
  readonly name: string;
  readonly socket: MilterSocket;
  /** As Postfix reaches it. */
  readonly milter: string;
}

/**
 * Those who sign, in the order in which a message passes them. Each puts its signature on top of what is there, and the RSA
 * one comes last: whoever looks at the first signature alone, or stops at one that it does not know, finds that.
 */
export function signersOf({ signing }: Pick<SiteContext, "signing">): readonly Signer[] {
  const used = DKIM_ALGORITHMS.filter((one) => one === "rsa" || signing.some(({ algorithm }) => algorithm === one));
  return used.toReversed().map((algorithm) => {
    const socket = signerSocket(algorithm);
    return { name: SIGNER[algorithm].workload, socket, milter: `unix:${socket.file}` };
  });
}

/** How a milter that is down or hangs is taken: the client hears 4xx before it gives up by itself. */
export const milters = (site: Pick<SiteContext, "signing">): Section => ({
  title: 'Milters. One that is away means "try again later", never unfiltered or unsigned mail.',
  parameters: {
    milter_default_action: "tempfail",
    milter_connect_timeout: "5s",
    milter_command_timeout: "10s",
    milter_content_timeout: "30s",
    // Bounces and other mail that is made here are signed as well.
    non_smtpd_milters: signersOf(site).map(({ milter }) => milter),
    internal_mail_filter_classes: "bounce, notify",
  },
});
