/** OpenSMTPD's configuration: an independent mail server for one foreign domain. */
import { CONF } from "../../plan/workload.ts";
import type { WorldContext } from "../context.ts";

/** What the foreign server is told. */
export type OutsideArgs = Pick<WorldContext["outside"], "hostname" | "domain" | "addresses">;

/** `smtpd.conf`(5). */
export function smtpdConf({ hostname, domain, addresses }: OutsideArgs): string {
  const listeners = [addresses.v4, addresses.v6].filter((address) => address !== undefined);
  return `pki ${hostname} cert "${CONF}/outside.crt"
pki ${hostname} key "${CONF}/outside.key"

table catchall { "@" = "outside" }

smtp max-message-size 100M

${listeners.map((address) => `listen on ${address} port 25 tls pki ${hostname} hostname ${hostname}`).join("\n")}
listen on 127.0.0.1 port 25 hostname ${hostname}

action "verify" mda "/usr/local/bin/verify-and-file" virtual <catchall>
action "relay" relay helo ${hostname}

match from any for domain { "${domain}", "*.${domain}" } action "verify"
match from local for any action "relay"
`;
}
