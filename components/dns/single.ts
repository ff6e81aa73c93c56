/** Records one by one, each with a name that lasts, for providers whose resource is a record and not a set. */
import type { Text } from "../plan/text.ts";
import type { RecordSet } from "../plan/types.ts";

/** A record by itself. */
export interface Single {
  /** Unique among all records of a system; the same for as long as a record is for the same thing. */
  readonly name: string;
  /** A set of one. */
  readonly set: RecordSet;
}

/**
 * The records of a set. Where several can stand side by side, such as addresses, a record's name has its value in it: a
 * new one comes before an old one goes. Where there may be only one, such as a policy, its name has not: it changes in
 * place, and two are never there at once.
 */
export function singles(set: RecordSet): Single[] {
  const base = `${set.name} ${set.type}`;
  switch (set.type) {
    case "A":
    case "AAAA":
      return set.addresses.map((address) => ({
        name: `${base} ${nameOf(address)}`,
        set: { ...set, addresses: [address] },
      }));
    case "NS":
      return set.targets.map((target) => ({ name: `${base} ${target}`, set: { ...set, targets: [target] } }));
    case "CNAME":
    case "PTR":
      return [{ name: base, set }];
    case "MX":
      return set.exchanges.map((one) => ({ name: `${base} ${one.host || "."}`, set: { ...set, exchanges: [one] } }));
    case "TXT":
      return set.texts.map((text, index) => ({
        name: index === 0 ? base : `${base} ${index + 1}`,
        set: { ...set, texts: [text] },
      }));
    case "TLSA":
      return set.associations.map((one) => ({
        name: `${base} ${nameOf(one.data)}`,
        set: { ...set, associations: [one] },
      }));
    case "CAA":
      return set.properties.map((one) => ({ name: `${base} ${one.tag}`, set: { ...set, properties: [one] } }));
    case "SRV":
      return set.services.map((one) => ({
        name: set.services.length === 1 ? base : `${base} ${one.target}:${one.port}`,
        set: { ...set, services: [one] },
      }));
  }
}

/** A value as part of a name: itself, or what it refers to in the plan. */
function nameOf(text: Text): string {
  const parts = typeof text === "string" ? [text] : text;
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      if (part.ref === "siteAddress") return part.site;
      return "key" in part ? part.key : part.ref;
    })
    .join("");
}
