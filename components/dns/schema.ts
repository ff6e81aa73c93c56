/** The part of the settings that says where zones lie and what is published in them. */
import { z } from "zod";
import { domainName } from "../directory/schema.ts";

/** What a provider's servers may be unable to hold. */
const kinds = z.enum(["TLSA", "CAA", "nullMX", "nullSRV"]);

/** Who can serve a zone. */
export const dnsProvider = z.enum(["local", "cloudflare", "digitalocean", "google", "print"]);

/** A zone of the settings. */
export const dnsZoneSchema = z.strictObject({
  name: domainName.describe("Name of the zone. It holds all names below it that no other zone here holds."),
  provider: dnsProvider.describe(
    "Who serves it. `local`: the local world alone; `print`: nobody yet, a zone file is made to be copied by hand.",
  ),
  zoneId: z.string().min(1).optional().describe("Provider `cloudflare`: the zone's id, from its overview page."),
  project: z.string().min(1).optional().describe("Provider `google`: the project in which the zone is made."),
  without: z
    .array(kinds)
    .default([])
    .describe(
      "Records that are left out of this zone because its provider cannot hold them. " +
        "`nullMX`, `nullSRV`: those that say that something is not offered.",
    ),
});

/** A token, or a service account's key. Printable, and without a line break at its end. */
export const dnsToken = z.string().regex(/^\S(.*\S)?$/s, "a token, without white space around it");

const keyNumber = z.int().min(1).max(1_000_000);

/** The TLS keys of one site, by number. */
export const tlsKeysSchema = z.strictObject({
  site: z.string().describe("Name of the site."),
  serves: keyNumber.default(1).describe("Number of the key that the site's certificate is for."),
  standby: z
    .array(keyNumber)
    .max(3)
    .default([])
    .describe("Numbers of further keys that have TLSA records: the next one, and the last until it is forgotten."),
});

/** A kind of records that not every provider can hold. */
export type RecordKind = z.infer<typeof kinds>;
/** A zone and who serves it. */
export type DnsZoneSettings = z.infer<typeof dnsZoneSchema>;
/** Who serves a zone. */
export type DnsProvider = z.infer<typeof dnsProvider>;
