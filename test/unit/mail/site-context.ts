/** The site that golden files are rendered for: `alpha` of a local stack, with two hosted domains. */
import type { AcmeContext, SiteContext } from "../../../components/plan/context.ts";
import type { Relay } from "../../../components/plan/egress.ts";
import { internetAddress } from "../../../components/world/addresses.ts";

/** The ACME directory that it asks. */
export const directory: AcmeContext = {
  accountKey: "acme-account",
  directoryUrl: "https://acme.mailkeep.test:14000/dir",
  email: "postmaster@home.test",
  turnSeconds: 0,
  serverCa: [{ ref: "certificatePem", certificate: "ca" }],
  proof: { by: "update", server: "198.51.100.2", tsigName: "acme-alpha.", tsigPassword: "tsig/alpha" },
};

export const alpha: SiteContext = {
  stack: "local",
  site: "alpha",
  hostname: "alpha.mailkeep.test",
  clientHostname: "mail.mailkeep.test",
  roles: ["mx", "submission", "maildrop"],
  closed: false,
  ingress: { v4: "198.51.100.11", v6: "2001:db8:100::11" },
  egress: { v4: "198.51.100.11", v6: "2001:db8:100::11" },
  publicAddresses: { v4: "198.51.100.11", v6: "2001:db8:100::11" },
  publishAddresses: ["127.0.1.11"],
  waysOut: [{ kind: "direct" }],
  carriesFor: [],
  peers: [],
  link: undefined,
  network: {
    name: "site",
    subnet: "10.77.1.0/24",
    address: {
      net: "10.77.1.10",
      dovecot: "10.77.1.20",
      couchmail: "10.77.1.21",
      rspamd: "10.77.1.22",
      valkey: "10.77.1.23",
      opendkim: "10.77.1.24",
      "opendkim-ed25519": "10.77.1.27",
      postsrsd: "10.77.1.26",
      certs: "10.77.1.25",
      unbound: "10.77.1.53",
    },
  },
  outside: { name: "internet", unbound: internetAddress(111), certs: internetAddress(112) },
  domains: ["home.test", "club.test"],
  dmarc: { reject: ["home.test", "mailkeep.test", "parked.test"], quarantine: ["club.test"] },
  signing: [
    { domain: "home.test", selector: "s1", key: "dkim/home.test/s1", algorithm: "rsa" },
    { domain: "club.test", selector: "s1", key: "dkim/club.test/s1", algorithm: "rsa" },
  ],
  srs: { domain: "srs.mailkeep.test", secrets: ["srs/2", "srs/1", "srs/3"] },
  arc: { domain: "mailkeep.test", selector: "s1", key: "dkim/mailkeep.test/s1" },
  mail: {
    messageSizeBytes: 52_428_800,
    connectionsPerClient: 4,
    connectionsPerClientPerMinute: 10,
    messagesPerClientPerMinute: 60,
    messagesPerUserPerMinute: 60,
    recipientsPerUserPerDay: 2000,
    imapConnectionsPerUser: 50,
    recipientDelimiter: "+",
  },
  blocklists: [],
  queue: { firstRetrySeconds: 60, longestRetryMinutes: 60, delayWarningMinutes: 240, lifetimeMinutes: 7200 },
  outboundTls: { default: "opportunistic", destinations: [] },
  imap143: false,
  stubZones: [
    { zone: "mailkeep.test", server: "198.51.100.2", signingKey: "zone" },
    { zone: "home.test", server: "198.51.100.2", signingKey: "zone" },
    { zone: "club.test", server: "198.51.100.2", signingKey: "zone" },
    { zone: "outside.test", server: "198.51.100.2", signingKey: "zone" },
    { zone: "100.51.198.in-addr.arpa", server: "198.51.100.2", signingKey: "zone" },
  ],
  acme: directory,
  web: {
    domains: [
      { name: "home.test", mtaSts: "enforce", byHand: false },
      { name: "club.test", mtaSts: "testing", byHand: false },
    ],
    exchanges: ["alpha.mailkeep.test", "bravo.mailkeep.test"],
    key: "web/alpha",
    requests: ["web/alpha/1"],
  },
  tls: {
    key: "site/alpha",
    interimCertificate: "site/alpha/interim",
    request: "site/alpha",
    nextRequest: undefined,
    dnsNames: ["alpha.mailkeep.test", "mail.mailkeep.test"],
  },
  passwords: { valkey: "valkey/alpha", directoryToken: "directory/alpha" },
  directory: '{"domains":[{"name":"home.test"},{"name":"club.test"}],"mailboxes":[],"aliases":[],"machines":[]}\n',
};

/** The same site with something changed. */
export const siteWith = (changes: Partial<SiteContext>): SiteContext => ({ ...alpha, ...changes });

/** The same site where names are proved over HTTP. */
export const alphaByHttp: SiteContext = siteWith({
  acme: {
    ...directory,
    proof: { by: "http", addresses: ["198.51.100.11", "2001:db8:100::11"] },
  },
});

/** The same site where every message is signed with Ed25519 as well. */
export const alphaSigningTwice: SiteContext = siteWith({
  signing: [
    ...alpha.signing,
    { domain: "home.test", selector: "e1", key: "dkim/home.test/e1", algorithm: "ed25519" },
    { domain: "club.test", selector: "e1", key: "dkim/club.test/e1", algorithm: "ed25519" },
  ],
});

/** A server of others that sends mail on, and wants a login. */
export const SMART: Relay = {
  name: "smart",
  host: "smtp.provider.example",
  port: 587,
  tls: "verified",
  user: "mailkeep",
  senders: { addresses: [], includes: ["spf.provider.example"] },
};

/** The same site among three, of which only this one has mailboxes. */
export const alphaOfThree: SiteContext = siteWith({
  peers: ["bravo", "charlie"].map((site, index) => ({
    site,
    hostname: `${site}.mailkeep.test`,
    roles: ["mx", "submission"],
    ingress: { v4: `198.51.100.${12 + index}`, v6: `2001:db8:100::${12 + index}` },
  })),
  link: { key: "link/alpha", certificate: "link/alpha", authorities: ["link-ca"] },
});

/** Another of the three. */
export const bravoOfThree: SiteContext = siteWith({
  site: "bravo",
  hostname: "bravo.mailkeep.test",
  roles: ["mx", "submission"],
  ingress: { v4: "198.51.100.12", v6: "2001:db8:100::12" },
  egress: { v4: "198.51.100.12", v6: "2001:db8:100::12" },
  publicAddresses: { v4: "198.51.100.12", v6: "2001:db8:100::12" },
  peers: [
    {
      site: "alpha",
      hostname: "alpha.mailkeep.test",
      roles: ["mx", "submission", "maildrop"],
      ingress: { v4: "198.51.100.11", v6: "2001:db8:100::11" },
    },
    {
      site: "charlie",
      hostname: "charlie.mailkeep.test",
      roles: ["mx", "submission"],
      ingress: { v4: "198.51.100.13", v6: "2001:db8:100::13" },
    },
  ],
  link: { key: "link/bravo", certificate: "link/bravo", authorities: ["link-ca"] },
});

/** That one with all kinds of ways out, one after the other. */
export const bravoByOthers: SiteContext = {
  ...bravoOfThree,
  waysOut: [{ kind: "relay", relay: SMART }, { kind: "via", site: "alpha" }, { kind: "direct" }],
};

/** The first of the three, which sends on for bravo; its own ways are not all for that. */
export const alphaForBravo: SiteContext = {
  ...alphaOfThree,
  waysOut: [{ kind: "relay", relay: SMART }, { kind: "direct" }, { kind: "via", site: "charlie" }],
  carriesFor: [{ hostname: "bravo.mailkeep.test", address: "198.51.100.12", roles: ["mx", "submission"] }],
};
