/** What the plan says: plain data, made from settings alone, without Pulumi and without input or output. */
import type { WayOut } from "./egress.ts";
import type { Published } from "./published.ts";
import type { KeyName, Text } from "./text.ts";
import type { MachinePlan } from "./machine.ts";
import type { Volume, Workload } from "./workload.ts";

/** What a site does in the mail system. */
export type Role = "mx" | "submission" | "maildrop";

/** All that exists in a stack. */
export interface Plan {
  readonly stack: string;
  readonly sites: readonly SitePlan[];
  /** The world around a local stack; absent on every other platform. */
  readonly world: GroupPlan | undefined;
  readonly flows: readonly Flow[];
  /** Zones of the local world's name server. */
  readonly zones: readonly Zone[];
  /** Zones with other providers. */
  readonly published: Published;
  readonly keys: KeyPlan;
  /** Keys that are changed in steps, and where each of them is. */
  readonly keyUses: readonly KeyUse[];
}

/** A set of workloads that are put on one host together. */
export interface GroupPlan {
  readonly name: string;
  readonly networks: readonly Network[];
  readonly volumes: readonly Volume[];
  readonly workloads: readonly Workload[];
}

/** A site: what the world knows of it, and the workloads that run there. */
export interface SitePlan extends GroupPlan {
  readonly roles: readonly Role[];
  /** Fully qualified; the HELO name, the MX target, the name in the certificate and the answer of reverse DNS. */
  readonly hostname: string;
  /** What the world knows the site by. */
  readonly ingress: PublicAddresses;
  readonly egress: PublicAddresses;
  /** How its mail leaves, in order; empty where nothing in it sends. */
  readonly waysOut: readonly WayOut[];
  /** Whether records send anybody there: its MX and its service names. It works either way. */
  readonly named: boolean;
  /** The machine that the site runs on; absent where that is the one that mailkeep runs on. */
  readonly machine: MachinePlan | undefined;
}

/** Addresses that may be known only when a machine is made. Whether there is one of IPv6 is known before. */
export interface PublicAddresses {
  readonly v4: Text;
  readonly v6: Text | undefined;
}

/** An address of each family, as text; not every place has one of IPv6. */
export interface Addresses {
  readonly v4: string;
  readonly v6: string | undefined;
}

/** A network of containers. Subnets and gateways as text, such as `10.77.1.0/24` and `10.77.1.1`. */
export interface Network {
  readonly name: string;
  /** `external`: made by another group of the same stack. */
  readonly kind: "owned" | "external";
  readonly subnet: string;
  readonly gateway: string;
  readonly subnet6: string | undefined;
  /** What goes out leaves under the machine's own address. @default false */
  readonly masquerade?: boolean;
}

/** One allowed connection. */
export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly why: string;
}

/** A workload of every site, or one of the two ends outside of it: anybody, or the edges of the other sites. */
export type Peer = { readonly workload: string } | { readonly world: "internet" | "sites" };

/** A DNS zone with all record sets of the plan. Names are absolute without the last dot, in lower case. */
export interface Zone {
  readonly name: string;
  /** Primary name server. */
  readonly nameServer: string;
  readonly records: readonly RecordSet[];
  /** Key that signs the zone, where mailkeep signs it. */
  readonly signingKey: KeyName | undefined;
}

/** All records of one name and type (RFC 2181 section 5). Names in it are absolute, without the last dot. */
export type RecordSet = { readonly name: string; readonly ttlSeconds: number } & (
  | { readonly type: "A" | "AAAA"; readonly addresses: readonly Text[] }
  | { readonly type: "CNAME" | "PTR" | "NS"; readonly targets: readonly string[] }
  | { readonly type: "MX"; readonly exchanges: readonly { readonly preference: number; readonly host: string }[] }
  /** Each text is one record; it is split into strings of at most 255 octets when written. */
  | { readonly type: "TXT"; readonly texts: readonly Text[] }
  | { readonly type: "TLSA"; readonly associations: readonly TlsaAssociation[] }
  | { readonly type: "CAA"; readonly properties: readonly CaaProperty[] }
  | { readonly type: "SRV"; readonly services: readonly SrvTarget[] }
);

/** Kinds of keys that are made. */
export type KeyAlgorithm = "RSA-2048" | "ECDSA-P256" | "ED25519";

/** Which certificate or key a TLS server shows, RFC 6698 section 2.1. */
export interface TlsaAssociation {
  /** 3, DANE-EE: the server's own key, whoever signed its certificate (RFC 7671 section 5.1). */
  readonly usage: number;
  /** 0: the whole certificate, 1: its SubjectPublicKeyInfo. */
  readonly selector: number;
  /** 0: as it is, 1: SHA-256, 2: SHA-512. */
  readonly matchingType: number;
  /** Hexadecimal, lower case. */
  readonly data: Text;
}

/** Who may issue certificates, RFC 8659 section 4.1. */
export interface CaaProperty {
  /** 128: an issuer that does not know the tag must not issue. */
  readonly flags: number;
  readonly tag: string;
  readonly value: string;
}

/** Where a service is, RFC 2782. */
export interface SrvTarget {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** A host; the empty name, written `.`, says that the service is not offered. */
  readonly target: string;
}

/** What is made once and lives in the state. */
export interface KeyPlan {
  readonly keys: readonly { readonly name: KeyName; readonly algorithm: KeyAlgorithm }[];
  /** Certificates of the private CAs: `ca`, and `link-ca` for the link between sites alone. */
  readonly certificates: readonly CertificatePlan[];
  /** Requests for certificates from an ACME directory. */
  readonly requests: readonly { readonly name: string; readonly key: KeyName; readonly dnsNames: readonly string[] }[];
  readonly passwords: readonly { readonly name: string; readonly length: number }[];
}

/** A key that others learn of before it is used, and need after that. */
export interface KeyUse {
  readonly name: KeyName;
  /** What it is for, such as `dkim/home.test`: the keys of a line follow one another. */
  readonly line: string;
  readonly inUse: boolean;
  /** Whether others must have been told of it in an earlier update. */
  readonly announced: boolean;
  /** For how long after its publication others may not know of it. */
  readonly waitSeconds: number;
  /** For how long after its last use others still need it. */
  readonly lingerSeconds: number;
}

/** A certificate from a private CA, or such a CA's own. */
export interface CertificatePlan {
  readonly name: string;
  readonly key: KeyName;
  /** The private CA that signs it, by the name of its key and certificate; `self`: a CA's own certificate. */
  readonly issuer: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly validityHours: number;
}
