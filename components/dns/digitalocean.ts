/** A zone at DigitalOcean. */
import { DnsRecord, type DnsRecordArgs } from "@pulumi/digitalocean/dnsRecord.js";
import * as pulumi from "@pulumi/pulumi";
import type { RecordSet } from "../plan/types.ts";
import { before, formatted, only, type ZoneArgs } from "./adapter.ts";
import { singles } from "./single.ts";

/** The records of a zone that is there already; one resource each. What it cannot hold is refused with the settings. */
export class DigitalOceanZone extends pulumi.ComponentResource {
  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    const { name: zone } = args.zone;
    super("mailkeep:dns:DigitalOceanZone", name, { zone }, opts);
    for (const one of args.zone.records.flatMap(singles)) {
      const { type, ttlSeconds: ttl } = one.set;
      const common = { domain: zone, name: relativeName(one.set.name, zone), type, ttl };
      new DnsRecord(
        one.name,
        { ...common, ...value(one.set, args) },
        { parent: this, dependsOn: before(one.set, args) },
      );
    }
    this.registerOutputs({});
  }
}

/** A name as the provider wants it: without its zone, and `@` for the zone itself. */
export function relativeName(name: string, zone: string): string {
  return name === zone ? "@" : name.slice(0, -zone.length - 1);
}

type Value = Pick<DnsRecordArgs, "value" | "priority" | "weight" | "port">;

/** Names in values end with a dot; a text is given whole, and the provider cuts it. */
function value(set: RecordSet, args: ZoneArgs): Value {
  switch (set.type) {
    case "A":
    case "AAAA":
      return { value: formatted(only(set.addresses), args, (address) => address) };
    case "CNAME":
    case "NS":
      return { value: `${only(set.targets)}.` };
    case "MX": {
      const { preference, host } = only(set.exchanges);
      return { value: `${host}.`, priority: preference };
    }
    case "TXT":
      return { value: formatted(only(set.texts), args, (text) => text) };
    case "SRV": {
      const { priority, weight, port, target } = only(set.services);
      return { value: `${target}.`, priority, weight, port };
    }
    case "PTR":
    case "TLSA":
    case "CAA":
      throw new RangeError(`DigitalOcean cannot hold ${set.name} ${set.type}; the settings should have been refused.`);
  }
}
