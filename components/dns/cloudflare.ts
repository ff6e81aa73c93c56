/** A zone at Cloudflare. */
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord.js";
import * as pulumi from "@pulumi/pulumi";
import type { RecordSet } from "../plan/types.ts";
import { before, formatted, only, type ZoneArgs } from "./adapter.ts";
import { singles } from "./single.ts";
import { formatTxt } from "./txt.ts";

/** The records of a zone that is there already; one resource each. */
export class CloudflareZone extends pulumi.ComponentResource {
  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    const { name: zone, zoneId } = args.zone;
    super("mailkeep:dns:CloudflareZone", name, { zone, zoneId }, opts);
    if (zoneId === undefined) throw new Error(`The zone ${zone} has no zoneId.`);
    for (const one of args.zone.records.flatMap(singles)) {
      const { name: host, type, ttlSeconds: ttl } = one.set;
      // Never proxied: mail goes to the addresses themselves.
      const common = { zoneId, name: host, type, ttl, proxied: false };
      new DnsRecord(
        one.name,
        { ...common, ...content(one.set, args) },
        { parent: this, dependsOn: before(one.set, args) },
      );
    }
    this.registerOutputs({});
  }
}

type Content = Pick<DnsRecordArgs, "content" | "priority" | "data">;

/** Simple values are `content`; those of several fields are `data`, for the provider to write out. */
function content(set: RecordSet, args: ZoneArgs): Content {
  switch (set.type) {
    case "A":
    case "AAAA":
      return { content: formatted(only(set.addresses), args, (address) => address) };
    case "CNAME":
    case "PTR":
    case "NS":
      return { content: only(set.targets) };
    case "MX": {
      const { preference, host } = only(set.exchanges);
      return { content: host === "" ? "." : host, priority: preference };
    }
    case "TXT":
      return { content: formatted(only(set.texts), args, formatTxt) };
    case "TLSA": {
      const { usage, selector, matchingType, data } = only(set.associations);
      return { data: { usage, selector, matchingType, certificate: formatted(data, args, (hex) => hex) } };
    }
    case "CAA":
      return { data: { ...only(set.properties) } };
    case "SRV": {
      const { priority, weight, port, target } = only(set.services);
      return { priority, data: { priority, weight, port, target: target === "" ? "." : target } };
    }
  }
}
