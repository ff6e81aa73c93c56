/** How the mail of a site's own machine leaves: by submission, as any client's. */
import type { HostMailClient } from "../host-mail/client.ts";
import { PRIVATE_CA_FILE, PUBLIC_CA_FILE } from "../host-mail/client.ts";
import { senderOf } from "../host-mail/sender.ts";
import type { MachineSettings, Settings } from "../settings/schema.ts";
import { isPrivate } from "./acme.ts";
import { machinePassword } from "./machine-accounts.ts";

/** What of the settings the mail of machines follows from. */
export type HostMailSettings = Pick<
  Settings,
  "hostMail" | "machines" | "domains" | "clientName" | "infrastructureDomain" | "sites" | "acme"
>;

/** Who reads mail to root where the settings name nobody. */
export function hostMailTo({ hostMail, domains, infrastructureDomain }: HostMailSettings): string {
  return hostMail?.to ?? `postmaster@${domains[0]?.name ?? infrastructureDomain}`;
}

/** Undefined where machines send nothing. The settings must have passed `checkSettings`. */
export function hostMailOf(
  site: MachineSettings,
  hostname: string,
  settings: HostMailSettings,
): HostMailClient | undefined {
  const machine = settings.machines.find(({ login }) => login === settings.hostMail?.account);
  const sender = senderOf(machine?.senders ?? [], hostname);
  if (machine === undefined || sender === undefined) return undefined;
  return {
    host: hostname,
    servers: submissionServers(site, settings),
    login: machine.login,
    password: [{ ref: "password", password: machinePassword(machine) }],
    sender,
    to: hostMailTo(settings),
    ...(isPrivate(settings)
      ? { caFile: PRIVATE_CA_FILE, ca: [{ ref: "certificatePem", certificate: "ca" }] }
      : { caFile: PUBLIC_CA_FILE }),
  };
}

/**
 * The name that all clients use, and should it not resolve, each site's. Its own comes last: Debian and clouds have a
 * machine's own name lead to 127.0.1.1 (`/etc/hosts`), where no mail port is.
 */
function submissionServers(site: MachineSettings, settings: HostMailSettings): string[] {
  const { sites, clientName, infrastructureDomain } = settings;
  const taking = sites.filter(({ roles }) => roles.includes("submission"));
  const own = taking.filter(({ name }) => name === site.name);
  const others = taking.filter(({ name }) => name !== site.name);
  return [clientName, ...[...others, ...own].map(({ name }) => name)].map((name) => `${name}.${infrastructureDomain}`);
}
