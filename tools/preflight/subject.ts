/** What is looked at: plain data, so that it can be sent to a site. */
import type { SiteSettings } from "../../components/settings/schema.ts";
import type { Server } from "../dns/exchange.ts";

/** What a port says to whoever comes: a line at once, or nothing before a handshake or a question. */
export type Speech = "line" | "tls" | "http";

/** A port, and how its clients begin. */
export interface Door {
  readonly port: number;
  readonly speaks: Speech;
}

/** A site, as the world is to see it. */
export interface SubjectSite {
  readonly name: string;
  readonly platform: SiteSettings["platform"];
  readonly hostname: string;
  /** The addresses that the world knows it by; empty where its machine is not there yet. */
  readonly addresses: readonly string[];
  /** Whether some of its mail goes straight to the recipients' servers. */
  readonly sendsDirectly: boolean;
  readonly relays: readonly { readonly host: string; readonly port: number }[];
  /** Where it is to be reached from everywhere. */
  readonly doors: readonly Door[];
  /** Whether it has been put on its machine. */
  readonly up: boolean;
}

/** A zone with records of the stack. */
export interface SubjectZone {
  readonly name: string;
  readonly provider: string;
  /** Names of the servers that the provider has for it; undefined where only its owner knows. */
  readonly servers: readonly string[] | undefined;
  /** Whether nobody but the local world has it. */
  readonly closed: boolean;
}

/** A DNS blocklist. */
export interface SubjectList {
  /** As it is called. */
  readonly name: string;
  /** Where it is asked: with the key before its name, if there is one. */
  readonly zone: string;
  /** Answers that mean a listing, as in the settings; undefined: all in 127.0.0.0/8 but refusals. */
  readonly answers: string | undefined;
}

/** All that is looked at, and from where. */
export interface Subject {
  readonly stack: string;
  readonly sites: readonly SubjectSite[];
  readonly zones: readonly SubjectZone[];
  /** Domains whose mail is hosted. */
  readonly domains: readonly string[];
  readonly blocklists: readonly SubjectList[];
  /** Domains whose mail servers are knocked at, to see whether the port is open. Nothing is sent to them. */
  readonly knockAt: readonly string[];
  readonly resolvers: readonly Server[];
  /** The site that it is looked from; undefined: from here. */
  readonly from: string | undefined;
  /** Whether the sites prove their names to the ACME directory over HTTP. */
  readonly provesByHttp: boolean;
}
