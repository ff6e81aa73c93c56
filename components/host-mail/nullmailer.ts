/** nullmailer 2.2, a mail server that only sends: a queue, several servers in turn, TLS that is verified. */
import { concat } from "../plan/text.ts";
import { PORT } from "../plan/ports.ts";
import type { ClientFile, HostMailClient } from "./client.ts";

/** User that its daemon runs as. */
const DAEMON = "mail";
/** One message may take this long, so that a silent server is given up and the next one gets it. */
const SEND_SECONDS = 120;
const FIRST_RETRY_SECONDS = 60;
const LONGEST_RETRY_SECONDS = 900;

/** Its files under `/etc/nullmailer`, and the host's mail name. A value that is a file of its own has no comment. */
export function renderNullmailer(client: HostMailClient): readonly ClientFile[] {
  const { host, sender, to } = client;
  const value = (name: string, content: string | number): ClientFile => ({
    path: `/etc/nullmailer/${name}`,
    content: `${content}\n`,
  });
  return [
    { path: "/etc/mailname", content: `${host}\n` },
    value("defaulthost", host),
    // A program may know the host by its short name, as HOSTNAME in its environment.
    value("defaultdomain", host.slice(host.indexOf(".") + 1)),
    // Whoever is written to at this host.
    value("adminaddr", to),
    value("pausetime", FIRST_RETRY_SECONDS),
    value("maxpause", LONGEST_RETRY_SECONDS),
    value("sendtimeout", SEND_SECONDS),
    ...(sender.kind === "one" ? [value("allmailfrom", sender.address)] : []),
    { path: "/etc/nullmailer/remotes", content: remotes(client), owner: DAEMON },
  ];
}

/** A line for each server. A certificate that has another name, or comes from nobody who is believed, ends the attempt. */
function remotes({ servers, login, password, caFile }: HostMailClient): ClientFile["content"] {
  return concat(
    ...servers.flatMap((server) => [
      `${server} smtp --port=${PORT.submissions} --tls --x509cafile=${caFile} --user=${login} --pass=`,
      password,
      "\n",
    ]),
  );
}
