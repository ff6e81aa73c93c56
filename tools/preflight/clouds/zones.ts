/** What a provider of zones has told. */
import type { Verdict } from "../verdict.ts";

/** Of all zones that it was asked about. */
export interface FoundZones {
  readonly verdicts: readonly Verdict[];
  /** Names of the servers that it serves a zone at, by zone. */
  readonly servers: ReadonlyMap<string, readonly string[]>;
}

/** The same for every zone there, as its documents say. */
export const DIGITALOCEAN_SERVERS = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
