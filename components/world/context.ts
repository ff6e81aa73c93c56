/** The world around a local stack, as its workloads get to know it. */
import type { KeyName } from "../plan/text.ts";
import type { Addresses, Zone } from "../plan/types.ts";

/** A domain of the server that behaves as tests tell it. */
export interface FickleDomain {
  readonly name: string;
  /** Key that the TLSA record of the domain's MX names; the server has only one, so any other is a wrong record. */
  readonly tlsaKey: KeyName | undefined;
}

/** The world's servers: names, addresses, keys. */
export interface WorldContext {
  readonly stack: string;
  /** Name of the network that stands for the Internet. */
  readonly network: string;
  readonly knot: { readonly hostname: string; readonly addresses: Addresses };
  readonly pebble: {
    readonly hostname: string;
    readonly addresses: Addresses;
    /** Key and certificate of its HTTPS listener, from the private CA. */
    readonly key: KeyName;
    readonly certificate: string;
  };
  /** Whom Pebble asks for names. */
  readonly resolver: { readonly addresses: Addresses };
  readonly outside: {
    /** HELO name, MX target and PTR of the foreign server. */
    readonly hostname: string;
    readonly domain: string;
    readonly addresses: Addresses;
    readonly selector: string;
    /** Key that signs its mail. */
    readonly key: KeyName;
    /** Key, and name of the certificate, of its STARTTLS. */
    readonly tlsKey: KeyName;
  };
  /** The foreign server that behaves as tests tell it. */
  readonly fickle: {
    readonly hostname: string;
    readonly addresses: Addresses;
    /** Domains whose mail it takes; all lie below the foreign one. */
    readonly domains: readonly FickleDomain[];
    /** Key, and name of the certificate, of its STARTTLS. */
    readonly tlsKey: KeyName;
  };
  /** All zones that Knot serves. */
  readonly zones: readonly Zone[];
  /** Key for dynamic updates of `_acme-challenge` names only (RFC 8945). */
  readonly tsig: { readonly name: string; readonly password: string };
}
