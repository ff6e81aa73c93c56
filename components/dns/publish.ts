/** Puts every zone where its settings say. */
import type * as pulumi from "@pulumi/pulumi";
import type { Published } from "../plan/published.ts";
import type { Ref } from "../plan/text.ts";
import { CloudflareZone } from "./cloudflare.ts";
import { DigitalOceanZone } from "./digitalocean.ts";
import { GoogleZone } from "./google.ts";
import { type PrintedZone, ZoneByHand } from "./print.ts";
import { recordLines } from "./zone-file.ts";

/** What goes into the zones, and what must be there before. */
export interface PublishArgs {
  /** Zones and their records, as the plan has them. */
  readonly published: Published;
  /** Gives the text of a reference to a key or to a machine's address. */
  readonly resolve: (ref: Ref) => pulumi.Output<string>;
  /** What must be there before a record changes. @default nothing */
  readonly dependsOn?: readonly pulumi.Resource[];
  /** The sites, which serve the policies that records announce. @default nothing */
  readonly policyServers?: readonly pulumi.Resource[];
}

/** What people have to do with the zones. */
export interface ToDo {
  /** Zones kept by hand. */
  readonly print: Readonly<Record<string, pulumi.Output<PrintedZone>>>;
  /** Servers that zones are to be delegated to, where the provider tells. */
  readonly nameServers: Readonly<Record<string, pulumi.Output<string[]>>>;
  /** Records that owners of other zones are to publish. */
  readonly elsewhere: readonly string[];
}

/** Makes the resources of every zone, and says what is left for people. */
export function publishZones({ published, resolve, dependsOn = [], policyServers = [] }: PublishArgs): ToDo {
  const print: Record<string, pulumi.Output<PrintedZone>> = {};
  const nameServers: Record<string, pulumi.Output<string[]>> = {};
  for (const zone of published.zones) {
    const args = { zone, resolve, policyServers };
    const opts = { dependsOn: [...dependsOn] };
    switch (zone.provider) {
      case "cloudflare":
        new CloudflareZone(zone.name, args, opts);
        break;
      case "digitalocean":
        new DigitalOceanZone(zone.name, args, opts);
        break;
      case "google":
        nameServers[zone.name] = new GoogleZone(zone.name, args, opts).nameServers;
        break;
      case "print":
        print[zone.name] = new ZoneByHand(zone.name, args, opts).printed;
        break;
    }
  }
  // None of them has a key in it: they agree to reports.
  return { print, nameServers, elsewhere: recordLines(published.elsewhere, () => "") };
}
