/** What a daemon's `render.ts` and `workload.ts` get to know: one site seen from inside, as plain values. */
import type { Blocklist } from "../mail/postfix/blocklists.ts";
import type { DkimKey } from "./dkim.ts";
import type { WayOut } from "./egress.ts";
import type { Addresses, PublicAddresses, Role } from "./types.ts";
import type { KeyName, Text } from "./text.ts";
import type { WebDomain } from "./web.ts";

/** One site from inside. Each daemon takes the few values that it needs. */
export interface SiteContext {
  readonly stack: string;
  /** The site's name, such as `alpha`. */
  readonly site: string;
  /** Fully qualified; HELO name, certificate name, PTR. */
  readonly hostname: string;
  /** Name that clients use for IMAP and submission at any site; also in the site's certificate. */
  readonly clientHostname: string;
  readonly roles: readonly Role[];
  /** Whether it takes in neither mail nor submissions any more, whoever still comes; what it has in its queues leaves. */
  readonly closed: boolean;
  /** Where the site's daemons listen, and what they send from. */
  readonly ingress: Addresses;
  readonly egress: Addresses;
  /** What the world knows the site by: the same, or what the machine translates from and to. */
  readonly publicAddresses: PublicAddresses;
  /** Addresses of the machine where the listeners are published. */
  readonly publishAddresses: readonly Text[];
  /** How mail leaves, in order; empty where nothing here sends. */
  readonly waysOut: readonly WayOut[];
  /** The other sites whose mail leaves from here, because they name this one as a way out. */
  readonly carriesFor: readonly CarriedSite[];
  /** The other sites, in the order of the settings. */
  readonly peers: readonly PeerContext[];
  /** What this site proves itself with to the others. Absent where there are none. */
  readonly link: LinkContext | undefined;
  /** The site's own network and the fixed address of each workload on it. */
  readonly network: {
    readonly name: string;
    readonly subnet: string;
    readonly address: Readonly<Record<SiteAddressed, string>>;
  };
  /** The network towards the world. */
  readonly outside: { readonly name: string; readonly unbound: Addresses; readonly certs: Addresses };
  /** Domains that are hosted here and receive mail. */
  readonly domains: readonly string[];
  /** Domains of ours, those without mail among them, by the policy that their DMARC records name. */
  readonly dmarc: { readonly reject: readonly string[]; readonly quarantine: readonly string[] };
  /** DKIM keys that sign, one of each kind a domain. */
  readonly signing: readonly DkimKey[];
  /** Rewriting of the senders of forwarded mail (SRS): a domain and secrets that all sites share. */
  readonly srs: {
    readonly domain: string;
    /** Names of passwords. The first signs, all of them are believed. */
    readonly secrets: readonly string[];
  };
  /** Who seals what is forwarded (ARC, RFC 8617). The key is an RSA one. */
  readonly arc: { readonly domain: string; readonly selector: string; readonly key: KeyName };
  readonly mail: MailLimits;
  /** DNS blocklists that the MX asks. */
  readonly blocklists: readonly Blocklist[];
  readonly queue: QueueTimes;
  readonly outboundTls: OutboundTls;
  /** STARTTLS on port 143 as well. @default false */
  readonly imap143: boolean;
  /** Zones that the resolver asks at a given server, with the key that signs them; empty: from the root, with its anchor. */
  readonly stubZones: readonly {
    readonly zone: string;
    readonly server: string;
    readonly signingKey: KeyName | undefined;
  }[];
  /** Who is asked for certificates. Undefined where they come from the private CA. */
  readonly acme: AcmeContext | undefined;
  /** What is served over HTTPS. */
  readonly web: WebContext;
  /** The site's key pair and its interim certificate from the private CA. */
  readonly tls: {
    readonly key: KeyName;
    /** From the private CA; the only one where nobody else is asked. */
    readonly interimCertificate: string;
    readonly request: string;
    /** For the key that the site is to have next, where one is published. */
    readonly nextRequest: string | undefined;
    readonly dnsNames: readonly string[];
  };
  readonly passwords: { readonly valkey: string; readonly directoryToken: string };
  /** The first domains, mailboxes and aliases, as couchmail's `directory.json`. */
  readonly directory: Text;
}

/** What other servers and mail programs fetch, under names of the hosted domains. */
export interface WebContext {
  readonly domains: readonly WebDomain[];
  /** Hosts of the domains' MTA-STS policies. */
  readonly exchanges: readonly string[];
  /** Key of the certificates for these names. */
  readonly key: KeyName;
  /** Certificate requests for that key, a few domains in each. */
  readonly requests: readonly string[];
}

/** Another site of the system, as this one sees it. */
export interface PeerContext {
  readonly site: string;
  readonly hostname: string;
  readonly roles: readonly Role[];
  /** Where its end of the link is reached. */
  readonly ingress: PublicAddresses;
}

/** A site whose mail leaves from this one. */
export interface CarriedSite {
  /** Name in its certificate. */
  readonly hostname: string;
  /** IPv4 address that its Postfix connects from. */
  readonly address: string;
  readonly roles: readonly Role[];
}

/** One end of the link. Its authorities are private CAs that sign nothing else. */
export interface LinkContext {
  readonly key: KeyName;
  readonly certificate: string;
  /** Certificates of the authorities that are believed; more than one while they change. */
  readonly authorities: readonly string[];
  /** Whether its port is published like those of the world: the other sites are on other machines. @default false */
  readonly publish?: boolean;
}

/** Workloads with a fixed address of their own on the site's network. */
export type SiteAddressed =
  | "net"
  | "dovecot"
  | "couchmail"
  | "rspamd"
  | "valkey"
  | "opendkim"
  | "opendkim-ed25519"
  | "postsrsd"
  | "certs"
  | "unbound";

/** What one message, one client and one user may have. */
export interface MailLimits {
  readonly messageSizeBytes: number;
  /**
   * Simultaneous SMTP connections from one address. No RFC has a number: a busy server needs few, and one client
   * must not take the processes that are there for all. @default 4
   */
  readonly connectionsPerClient: number;
  /** @default 10 */
  readonly connectionsPerClientPerMinute: number;
  /** @default 60 */
  readonly messagesPerClientPerMinute: number;
  /** @default 60 */
  readonly messagesPerUserPerMinute: number;
  /** At once, and in a day from then on, at each site. @default 2000 */
  readonly recipientsPerUserPerDay: number;
  /** @default 50 */
  readonly imapConnectionsPerUser: number;
  readonly recipientDelimiter: string;
  /** How long a doubtful sender that is not known waits before a second try is taken; 0: no greylisting. @default 300 */
  readonly greylistDelaySeconds?: number;
}

/** How long mail waits. */
export interface QueueTimes {
  readonly firstRetrySeconds: number;
  readonly longestRetryMinutes: number;
  /** 0: senders hear of no delay. */
  readonly delayWarningMinutes: number;
  readonly lifetimeMinutes: number;
}

/** TLS towards other servers: what holds in general, and for some destinations. */
export interface OutboundTls {
  readonly default: TlsDemand;
  readonly destinations: readonly { readonly domain: string; readonly tls: TlsDemand }[];
}

/**
 * `opportunistic`: DANE where the far side publishes it (RFC 7672), else whatever TLS it can do, or none (RFC 7435).
 * `required`: mail waits until there is TLS, whoever's certificate that is.
 */
export type TlsDemand = "opportunistic" | "required";

/** Where a site asks for its certificates (RFC 8555), and how it proves that the names are ours. */
export interface AcmeContext {
  readonly directoryUrl: string;
  readonly email: string;
  /** How long this site waits before it asks, so that the sites ask one after the other. */
  readonly turnSeconds: number;
  /** PEM of a CA that the ACME server's own certificate chains to, where it is not a public one. */
  readonly serverCa: Text | undefined;
  /** Key of the account that all sites share: CAA records can name one (RFC 8657), and each answers for the others over HTTP. */
  readonly accountKey: KeyName;
  readonly proof: Proof;
}

/** How a site proves that names are ours. */
export type Proof =
  | DnsProof
  /** An answer over HTTP (RFC 8555 section 8.3), which every site gives for every name. */
  | {
      readonly by: "http";
      /** Addresses of all sites. A name that leads elsewhere is not asked for. */
      readonly addresses: readonly Text[];
    };

/** How records that prove control get into the zone of the sites' names (RFC 8555 section 8.4). */
export type DnsProof =
  /** Dynamic update, RFC 2136, with a TSIG key, RFC 8945. */
  | { readonly by: "update"; readonly server: string; readonly tsigName: string; readonly tsigPassword: string }
  /** By the interface of the zone's provider. */
  | {
      readonly by: "provider";
      readonly provider: "cloudflare" | "digitalocean" | "google";
      readonly zone: string;
      /** Google's project. */
      readonly project: string | undefined;
    };
