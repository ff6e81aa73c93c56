/** What belongs to a fourth site of the template `production`, as steps of the engine. */

export const PEERS = ["alpha", "bravo", "charlie"] as const;
export const NAME = "delta";

/** As its owner would write it into the settings. */
export const SITE = {
  name: NAME,
  number: 4,
  platform: "digitalocean-droplet",
  roles: ["mx", "submission"],
  region: "lon1",
  size: "s-1vcpu-2gb",
  image: "debian-13-x64",
  mailDiskGiB: 20,
  egressPort25: "confirmed",
};

const HOST = `${NAME}.mailkeep.example`;
const CLIENT_PORTS = [465, 587, 993];
const record = (owner: string): string => `cloudflare:index/dnsRecord:DnsRecord ${owner}`;
/** @param key without its kind, such as `alpha/2` */
const tlsa = (port: number, host: string, key: string): string => record(`_${port}._tcp.${host} TLSA site/${key}`);

/** Its own things: made with it, and gone with it. */
export const OWN: readonly string[] = [
  `mailkeep:platforms:SiteMachine ${NAME}`,
  `mailkeep:platforms:Droplet ${NAME}`,
  `mailkeep:platforms:SiteSetup ${NAME}`,
  `mailkeep:release:Group ${NAME}`,
  `digitalocean:index/vpc:Vpc ${NAME}-network`,
  `digitalocean:index/volume:Volume ${NAME}-mail`,
  `digitalocean:index/droplet:Droplet ${NAME}-machine`,
  `digitalocean:index/volumeAttachment:VolumeAttachment ${NAME}-mail`,
  `digitalocean:index/projectResources:ProjectResources ${NAME}-project`,
  ...["firewall", "link"].map((which) => `digitalocean:index/firewall:Firewall ${NAME}-${which}`),
  `compose:index:Machine ${NAME}`,
  `compose:index:Release ${NAME}`,
  ...[`ssh/${NAME}`, `ssh/${NAME}/first`, `site/${NAME}`, `web/${NAME}`, `link/${NAME}`].map(
    (key) => `tls:index/privateKey:PrivateKey ${key}`,
  ),
  ...[`site/${NAME}`, `site/${NAME}/private-ca`, `web/${NAME}/1`, `link/${NAME}/private-ca`].map(
    (request) => `tls:index/certRequest:CertRequest ${request}`,
  ),
  ...[`site/${NAME}`, `link/${NAME}`].map((name) => `tls:index/locallySignedCert:LocallySignedCert ${name}`),
  `random:index/randomPassword:RandomPassword valkey/${NAME}`,
  ...[`A ${NAME}`, `AAAA ${NAME}`, "TXT", "CAA issue", "CAA issuewild", "CAA issuemail"].map((rest) =>
    record(`${HOST} ${rest}`),
  ),
  tlsa(25, HOST, NAME),
  // Each site that users connect to may answer for any other, with the key in use or its next one.
  ...CLIENT_PORTS.flatMap((port) => [
    ...[...PEERS.flatMap((site) => [site, `${site}/2`]), NAME].map((key) => tlsa(port, HOST, key)),
    ...[...PEERS, "mail"].map((label) => tlsa(port, `${label}.mailkeep.example`, NAME)),
  ]),
];

/** What sends the world there. */
export const NAMING: readonly string[] = [
  ...["club.example", "srs.mailkeep.example"].map((domain) => record(`${domain} MX ${HOST}`)),
  ...["mail", "wellknown"].flatMap((label) =>
    ["A", "AAAA"].map((type) => record(`${label}.mailkeep.example ${type} ${NAME}`)),
  ),
];

/** SPF records, which have its addresses. */
export const SENDERS: readonly string[] = ["club.example TXT", "srs.mailkeep.example TXT"].map(record);

/** What says that there is another MTA-STS policy, which has its name. */
export const POLICIES: readonly string[] = [record("_mta-sts.club.example TXT")];

/** What the others are told of it, and what others are told of all sites. */
export const TOLD: readonly string[] = [
  "ledger:index:KeyLedger keys",
  ...POLICIES,
  ...SENDERS,
  ...["alpha", "charlie"].map((site) => `digitalocean:index/firewall:Firewall ${site}-link`),
  "gcp:compute/firewall:Firewall bravo-link",
  ...PEERS.flatMap((site) => [`compose:index:Machine ${site}`, `compose:index:Release ${site}`]),
];
