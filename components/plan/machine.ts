/** The machine that a site runs on: how it is reached, what it must be like, and how it is made. */
import type { Exposure } from "../platforms/exposure.ts";
import { linkPort, worldPorts } from "../platforms/exposure.ts";
import { CLOUD_SUBNET } from "../platforms/addresses.ts";
import { machineFiles } from "../platforms/machine-files.ts";
import { machinePackages } from "../platforms/machine-packages.ts";
import type { MachineFile } from "../platforms/machine-file.ts";
import type { MachineSettings, Settings, SiteSettings } from "../settings/schema.ts";
import { hostMailOf, type HostMailSettings } from "./host-mail.ts";
import { sitePorts, WEB_PORTS } from "./ports.ts";
import type { KeyName, Text } from "./text.ts";
import type { Flow, PublicAddresses } from "./types.ts";

/** A site's machine, whoever makes it. */
export interface MachinePlan {
  readonly connection: {
    readonly address: Text;
    readonly port: number;
    readonly user: string;
    readonly hostKey: Text;
    /** The private key that opens it. */
    readonly identity: Text;
  };
  /** The key pair that mailkeep logs in with, and its number. */
  readonly deploy: { readonly key: KeyName; readonly number: number };
  /** Where the disk for mail is mounted; undefined where mail lies on the machine's own. */
  readonly mailFolder: string | undefined;
  readonly files: readonly MachineFile[];
  /** Debian's packages that must be there. */
  readonly packages: readonly string[];
  /** How the machine is made; undefined for one that is there. */
  readonly made: DropletPlan | InstancePlan | undefined;
}

/** What every machine that mailkeep makes has. */
export interface MadePlan {
  readonly hostname: string;
  readonly image: string;
  readonly mailDiskGiB: number;
  readonly exposure: Exposure;
  /** What its user data has of the files: addresses of other machines are not known yet, and nobody of them is let in. */
  readonly firstFiles: readonly MachineFile[];
  readonly user: string;
  readonly keys: {
    /** What the machine is known by for good. */
    readonly host: KeyName;
    /** What it shows at the first contact. */
    readonly first: KeyName;
  };
  /** Public keys that open it. */
  readonly authorizedKeys: readonly Text[];
}

/** A machine that DigitalOcean makes. */
export interface DropletPlan extends MadePlan {
  readonly platform: "digitalocean-droplet";
  readonly region: string;
  readonly size: string;
  /** Whether its owner says that the account may send mail on port 25. */
  readonly sendsMail: boolean;
}

/** A machine that Google Cloud makes. */
export interface InstancePlan extends MadePlan {
  readonly platform: "gcp-instance";
  readonly project: string;
  readonly zone: string;
  readonly machineType: string;
}

/** In GiB: room for Debian and the images of one release and the next. */
export const GCP_BOOT_DISK_GIB = 20;

/** No site is called so: keys of its machine would have the same name. */
export const DEPLOY = "deploy";
const USER = "mailkeep";
const MAIL_FOLDER = "/srv/mail";

/** What a site's machine follows from. */
export interface MachinePlanArgs {
  /** The site, as the settings have it. */
  readonly site: MachineSettings;
  /** The site's name, fully qualified. */
  readonly hostname: string;
  /** What all sites share, and the other sites, which the link is open to. */
  readonly settings: Pick<Settings, "sites" | "sshFrom" | "sshKeys" | "imap143" | "rotation"> & HostMailSettings;
  /** The flow table: what of the machine may be reached. */
  readonly flows: readonly Flow[];
}

/** The machine of a site that is not local. */
export function machinePlan({ site, hostname, settings, flows }: MachinePlanArgs): MachinePlan {
  const offered = Object.values({ ...sitePorts(site.roles, settings.imap143), ...WEB_PORTS });
  const port = site.platform === "host" ? site.ssh.port : 22;
  const alone = { ssh: { port, from: settings.sshFrom }, worldPorts: worldPorts(flows, offered), link: undefined };
  const exposure = { ...alone, link: linkExposure(site, settings.sites, linkPort(flows)) };
  const user = site.platform === "host" ? site.ssh.user : USER;
  const mailFolder = site.platform === "host" ? undefined : MAIL_FOLDER;
  const authorizedKeys = site.platform === "host" ? undefined : keysThatOpen(settings);
  const common = { user, authorizedKeys, mailFolder, rebootAt: rebootAt(site.number - 1) };
  const hostMail = hostMailOf(site, hostname, settings);
  // Only over SSH: whoever may look at a cloud's project can read user data.
  const files = machineFiles({ ...common, exposure, hostMail });
  const packages = machinePackages({ hostMail });
  const { uses } = settings.rotation.deploy;
  const deploy = { key: deployKey(uses), number: uses };
  const identity: Text = [{ ref: "privateKeyOpenssh", key: deploy.key }];
  if (site.platform === "host") {
    const { address = site.addresses.v4, hostKey } = site.ssh;
    return {
      connection: { address, port, user, hostKey, identity },
      deploy,
      mailFolder,
      files,
      packages,
      made: undefined,
    };
  }
  const host = hostKeyName(site.name, settings.rotation.ssh[site.name]);
  const keys = { host, first: `${hostKeyName(site.name)}/first` };
  const hostKey: Text = [{ ref: "publicKeyOpenssh", key: keys.host }];
  const { image, mailDiskGiB } = site;
  const machine = {
    hostname,
    image,
    mailDiskGiB,
    exposure,
    firstFiles: machineFiles({ ...common, exposure: alone }),
    user,
    keys,
    authorizedKeys: keysThatOpen(settings),
  };
  const made =
    site.platform === "digitalocean-droplet"
      ? { platform: site.platform, ...machine, ...droplet(site) }
      : { platform: site.platform, ...machine, ...instance(site) };
  const address = publicAddresses(site).v4;
  return { connection: { address, port, user, hostKey, identity }, deploy, mailFolder, files, packages, made };
}

/** The stack's own, and people's. While one follows another the machine's file stays the same. */
function keysThatOpen({ rotation, sshKeys }: Pick<Settings, "rotation" | "sshKeys">): readonly Text[] {
  const own = deployKeys(rotation).map((key): Text => [{ ref: "publicKeyOpenssh", key }]);
  return [...own, ...sshKeys];
}

function droplet({ region, size, egressPort25 }: Extract<MachineSettings, { platform: "digitalocean-droplet" }>) {
  return { region, size, sendsMail: egressPort25 === "confirmed" };
}

function instance({ project, zone, machineType }: Extract<MachineSettings, { platform: "gcp-instance" }>) {
  return { project, zone, machineType };
}

/** The other sites' machines, and nobody else, reach the link; over IPv4, which each of them has. */
function linkExposure(
  site: MachineSettings,
  sites: readonly SiteSettings[],
  port: number | undefined,
): Exposure["link"] {
  if (port === undefined) return undefined;
  const from = sites.flatMap((other) =>
    other.platform === "local" || other.name === site.name ? [] : [publicAddresses(other).v4],
  );
  return { port, from };
}

/** What the world knows a site's machine by. What a cloud gives has IPv6 always. */
export function publicAddresses(site: MachineSettings): PublicAddresses {
  if (site.platform === "host") return { v4: site.addresses.v4, v6: site.addresses.v6 };
  const address = (family: "v4" | "v6"): Text => [{ ref: "siteAddress", site: site.name, family }];
  return { v4: address("v4"), v6: address("v6") };
}

/**
 * Addresses of the machine's own interfaces where listeners are published. Google translates IPv4: the machine itself has
 * the address that its network gave it.
 */
export function publishAddresses(site: MachineSettings): readonly Text[] {
  const { v4, v6 } = publicAddresses(site);
  const own = site.platform === "gcp-instance" ? CLOUD_SUBNET.machine : v4;
  return v6 === undefined ? [own] : [own, v6];
}

/** Names of the SSH keys that machines need. */
export function machineKeys(
  machines: readonly (MachinePlan | undefined)[],
  { rotation }: Pick<Settings, "rotation">,
): KeyName[] {
  const there = machines.filter((machine) => machine !== undefined);
  const own = there.flatMap(({ made }) => (made === undefined ? [] : [made.keys.host, made.keys.first]));
  return there.length === 0 ? [] : [...deployKeys(rotation), ...own];
}

/** Name of a key pair that opens all machines of a stack. */
export function deployKey(number: number): KeyName {
  return number === 1 ? `ssh/${DEPLOY}` : `ssh/${DEPLOY}/${number}`;
}

/** The one that mailkeep logs in with, and those that are let in as well, by their numbers. */
function deployKeys({ deploy: { uses, letIn } }: Settings["rotation"]): KeyName[] {
  return [uses, ...letIn].sort((a, b) => a - b).map(deployKey);
}

/** Name of the SSH host key of a machine that mailkeep makes. */
export function hostKeyName(site: string, number = 1): KeyName {
  return number === 1 ? `ssh/${site}` : `ssh/${site}/${number}`;
}

/** Whether mailkeep makes a site's machine, and so its SSH host key. */
export function isMade({ platform }: Pick<SiteSettings, "platform">): boolean {
  return platform !== "local" && platform !== "host";
}

/** From half past midnight on, half an hour apart: the machines of a stack are never away together. */
function rebootAt(number: number): string {
  const minutes = (30 + 30 * number) % (24 * 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
