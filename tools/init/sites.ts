/** The sites of a new stack: the first has the mailboxes, each other one stands in for it. */
import type { Answers } from "./answers.ts";
import type { SiteAnswer } from "./site-answers.ts";

/** Names of the first ones. */
export const SITE_NAMES = ["alpha", "bravo", "charlie"] as const;

/** @param index of the site, from 0 */
export function siteName(index: number): string {
  return SITE_NAMES[index] ?? `site${index + 1}`;
}

/** One entry of the list, with what its keys mean. */
export function siteText(answers: Answers, index: number): string {
  const site = answers.sites[index];
  if (site === undefined) throw new RangeError(`there is no site ${index}`);
  const egress = egressOf(answers, index);
  const roles = index === 0 ? "[mx, submission, maildrop]" : "[mx, submission]";
  return `    - name: ${siteName(index)}
      # For life: the networks inside follow from it.
      number: ${index + 1}
      platform: ${site.platform}
      # What it is for: to take mail in (mx), to let users send (submission), to keep the mailboxes (maildrop).
      roles: ${roles}
      # How mail leaves, in order: direct, { via: <site> }, { relay: <name> }.
      egress: ${egress}
${platformText(site, answers)}`;
}

function egressOf({ sites, port25, relay }: Answers, index: number): string {
  const sends = (site: SiteAnswer | undefined): boolean =>
    site?.platform === "host" || (site?.platform === "digitalocean-droplet" && port25);
  if (sends(sites[index])) return "[direct]";
  if (relay !== undefined) return "[{ relay: relay }]";
  const carriers = SITE_NAMES.filter((_, other) => other !== index && sends(sites[other]));
  return `[${carriers.map((name) => `{ via: ${name} }`).join(", ")}]`;
}

const IMAGE = "      # Of what it is made; a change does not touch one that is there.\n";
const DISK = "      # The disk for mail, in GiB. It is protected and outlives the machine.\n";

function platformText(site: SiteAnswer, { port25 }: Answers): string {
  switch (site.platform) {
    case "digitalocean-droplet":
      return `      region: ${site.region} # another one is another droplet, with another disk
      size: s-1vcpu-2gb # a change stops the droplet for a minute or two
${IMAGE}      image: debian-13-x64
${DISK}      mailDiskGiB: 20
${
  port25
    ? "      # DigitalOcean keeps port 25 closed for new accounts; this says that it has opened it for yours.\n      egressPort25: confirmed\n"
    : "      # When DigitalOcean has opened port 25, write `egressPort25: confirmed` here and `direct` as egress.\n"
}`;
    case "gcp-instance":
      return `      project: ${site.project}
      zone: ${site.zone} # another one is another instance, with another disk
      machineType: e2-small # a change stops the instance for a minute or two
${IMAGE}      image: debian-cloud/debian-13
${DISK}      mailDiskGiB: 20
`;
    case "host":
      return `      # The world knows the machine by them, and it has them on an interface.
      addresses: { v4: ${site.v4}${site.v6 === undefined ? "" : `, v6: "${site.v6}"`} }
      # The stack's output \`deployKey\` is the public key that must be let in there.
      ssh: { port: 22, user: root, hostKey: ${site.hostKey} }
`;
  }
}
