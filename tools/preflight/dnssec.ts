/** Whether answers about a zone can be proved, RFC 4035. TLSA records count for nothing where they cannot (RFC 7672). */
import { isNone, type Means, type Seen } from "./means.ts";
import type { SubjectZone } from "./subject.ts";
import { judgeOf, type Verdict } from "./verdict.ts";

/** What the resolver says of one zone. */
export interface DnssecSeen {
  readonly zone: SubjectZone;
  readonly checked: Seen;
  /** The same question, with validation left out. */
  readonly unchecked: Seen;
  /** What the zone above says of its keys. */
  readonly delegationSigner: Seen;
  readonly keys: Seen;
}

/** Asks the resolver with validation, and without. */
export async function checkDnssec(zone: SubjectZone, means: Means): Promise<Verdict> {
  const [checked, unchecked, delegationSigner, keys] = await Promise.all([
    means.resolve(zone.name, "SOA"),
    means.resolve(zone.name, "SOA", true),
    means.resolve(zone.name, "DS", true),
    means.resolve(zone.name, "DNSKEY", true),
  ]);
  return judgeDnssec({ zone, checked, unchecked, delegationSigner, keys });
}

/** Pure. */
export function judgeDnssec({ zone, checked, unchecked, delegationSigner, keys }: DnssecSeen): Verdict {
  const { name, provider } = zone;
  const verdict = judgeOf("DNSSEC", name);
  const [hasSigner, hasKeys] = [!isNone(delegationSigner, "DS"), !isNone(keys, "DNSKEY")];
  if (checked.code === "SERVFAIL" && unchecked.code === "NOERROR")
    return verdict(
      "problem",
      `The signatures of ${name} are wrong: whoever validates finds nothing of it, and no mail comes.`,
      "Compare the DS record at the registrar with the keys of the zone, and see that its signatures have not expired; taking the DS record out ends the harm.",
    );
  if (checked.code !== "NOERROR" || isNone(checked, "SOA"))
    return verdict("unknown", `${name} cannot be looked up (${checked.code}).`, "See what is said of its delegation.");
  if (checked.validated) return verdict("ok", `${name} is signed, and its signatures hold.`);
  if (checked.authoritative)
    return verdict(
      "unknown",
      "The zone's own server was asked, and nobody vouches for himself.",
      "Ask from a site, whose resolver validates: `--from <site>`.",
    );
  if (keys.code === "SILENT" || delegationSigner.code === "SILENT")
    return verdict("unknown", "The resolver does not answer about keys.", "Ask from a site: `--from <site>`.");
  if (hasKeys && hasSigner)
    return verdict(
      "unknown",
      "The resolver does not validate.",
      "Ask from a site, whose resolver does: `--from <site>`.",
    );
  if (hasKeys)
    return verdict(
      "warning",
      `${name} is signed, but the zone above has no DS record of its key, so nobody can prove it.`,
      "Give the DS record that the provider shows to the registrar.",
    );
  return verdict(
    "warning",
    `${name} is not signed: TLSA records count for nothing, and answers can be forged.`,
    provider === "digitalocean"
      ? "DigitalOcean does not sign zones; one at Cloudflare or Google can be."
      : "Switch DNSSEC on at its provider, and give the DS record to the registrar.",
  );
}
