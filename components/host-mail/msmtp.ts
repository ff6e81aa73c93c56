/** msmtp 1.8: sends at once, by one name with several addresses. It has no queue: what cannot be sent now is an error. */
import { concat } from "../plan/text.ts";
import { PORT } from "../plan/ports.ts";
import type { ClientFile, HostMailClient } from "./client.ts";

/** `/etc/msmtprc` for root, and who reads mail to users of the host. */
export function renderMsmtp({
  host,
  servers,
  login,
  password,
  sender,
  to,
  caFile,
}: HostMailClient): readonly ClientFile[] {
  const [first, ...others] = servers;
  if (first === undefined) throw new RangeError("A client needs a server.");
  if (others.length > 0) throw new RangeError("msmtp knows one name for its server.");
  return [
    {
      path: "/etc/msmtprc",
      content: concat(
        `# Mail of this host leaves by submission with a machine account.
defaults
port ${PORT.submissions}
tls on
tls_starttls off
tls_trust_file ${caFile}
timeout 60
domain ${host}
aliases /etc/msmtp-aliases
syslog LOG_MAIL
undisclosed_recipients off

account default
host ${first}
auth plain
user ${login}
password `,
        password,
        `
from ${sender.kind === "users" ? `%U@${sender.domain}` : sender.address}
allow_from_override ${sender.kind === "users" ? "on" : "off"}
# Or what cron writes, "root" alone, would be no address.
set_from_header on
`,
      ),
      owner: "root",
    },
    { path: "/etc/msmtp-aliases", content: `# Whoever is written to at this host.\ndefault: ${to}\n` },
  ];
}
