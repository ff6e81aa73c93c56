/** A zone in Google Cloud DNS. */
import { createHash } from "node:crypto";
import { ManagedZone } from "@pulumi/gcp/dns/managedZone.js";
import { RecordSet as GoogleRecordSet } from "@pulumi/gcp/dns/recordSet.js";
import * as pulumi from "@pulumi/pulumi";
import { before, dataOutput, type ZoneArgs } from "./adapter.ts";

/** Longest name of a managed zone. */
const MAX_NAME_LENGTH = 63;

/** A zone's name in the form that Google wants: letters, digits and hyphens, beginning with a letter. */
export function managedZoneName(zone: string): string {
  const name = `mailkeep-${zone.replaceAll(".", "--")}`;
  if (name.length <= MAX_NAME_LENGTH) return name;
  const digest = createHash("sha256").update(zone).digest("hex").slice(0, 8);
  return `${name.slice(0, MAX_NAME_LENGTH - digest.length - 1)}-${digest}`;
}

/** A signed zone and its record sets. */
export class GoogleZone extends pulumi.ComponentResource {
  /** Servers that the zone is to be delegated to. */
  readonly nameServers: pulumi.Output<string[]>;

  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    const { name: zone, project, records } = args.zone;
    super("mailkeep:dns:GoogleZone", name, { zone, project }, opts);
    if (project === undefined) throw new Error(`The zone ${zone} has no project.`);
    const managed = new ManagedZone(
      zone,
      {
        project,
        name: managedZoneName(zone),
        dnsName: `${zone}.`,
        description: "Kept by mailkeep; changes by hand are undone.",
        dnssecConfig: { state: "on", nonExistence: "nsec3" },
      },
      // Another zone has other name servers and keys, and would have to be delegated anew.
      { parent: this, protect: true },
    );
    for (const set of records) {
      new GoogleRecordSet(
        `${set.name} ${set.type}`,
        {
          project,
          managedZone: managed.name,
          name: `${set.name}.`,
          type: set.type,
          ttl: set.ttlSeconds,
          rrdatas: dataOutput(set, args),
        },
        { parent: this, dependsOn: before(set, args) },
      );
    }
    this.nameServers = managed.nameServers;
    this.registerOutputs({ nameServers: this.nameServers });
  }
}
