/** Rules for the mail of the sites' own machines. */
import { senderDomainOf, senderOf } from "../host-mail/sender.ts";
import { siteHostname } from "../plan/zones-args.ts";
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** Problems with the account that the machines send with; none where they send nothing. */
export function checkHostMail(settings: Settings): Problem[] {
  const { hostMail, machines, infrastructureDomain } = settings;
  if (hostMail === undefined) return [];
  const path = "hostMail.account";
  const index = machines.findIndex(({ login }) => login === hostMail.account);
  const machine = machines[index];
  if (machine === undefined) {
    return [
      {
        path,
        got: `${hostMail.account}, which is not listed under machines`,
        wanted: "the login of a machine account",
        fix: `add to machines: { login: ${hostMail.account}, senders: ["*@*.${infrastructureDomain}"] }`,
      },
    ];
  }
  return [...knownToNobody(settings, path, machine.login), ...foreignNames(settings, index)];
}

/** A machine shows the password itself; of a hash nobody can make one. */
function knownToNobody({ passwordHashes }: Settings, path: string, login: string): Problem[] {
  if (passwordHashes[login] === undefined) return [];
  return [
    {
      path,
      got: `${login}, of whose password the settings have the hash alone`,
      wanted: "an account whose password mailkeep makes up",
      fix: `take passwordHashes["${login}"] out, or list another account under machines`,
    },
  ];
}

/** Each machine sends under its site's name. */
function foreignNames(settings: Settings, index: number): Problem[] {
  const senders = settings.machines[index]?.senders ?? [];
  return settings.sites.flatMap((site) => {
    const hostname = siteHostname(site, settings);
    const sender = senderOf(senders, hostname);
    if (site.platform === "local" || (sender !== undefined && senderDomainOf(sender) === hostname)) return [];
    return [
      {
        path: `machines[${index}].senders`,
        got: `none that root@${hostname} is one of, and the machine of ${site.name} sends as that (hostMail)`,
        wanted: "a pattern for the names of all sites",
        fix: `add "*@*.${settings.infrastructureDomain}"`,
      },
    ];
  });
}
