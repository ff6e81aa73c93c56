/** How clouds tell values back that they were given in another spelling, by what their plugins read. */
import { canonicalIpv6 } from "../../../components/settings/ipv6.ts";
import { hasUnknown, type Properties } from "../../../providers/stand-ins/protocol/values.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const undotted = (name: string): string => (name === "." ? name : name.replace(/\.$/, ""));

/**
 * DigitalOcean keeps names of values without their last dot, `@` for the zone itself, and its plugin puts the dot back.
 *
 * Source: `resourceDigitalOceanRecordRead` in terraform-provider-digitalocean.
 */
export function digitalOceanRecord({ type, value, name, domain }: Properties): Properties {
  const known = !hasUnknown(value) && !hasUnknown(domain);
  const isName = ["CNAME", "MX", "NS", "SRV"].includes(text(type));
  const zone = text(domain);
  const own =
    text(name)
      .toLowerCase()
      .replace(new RegExp(`\\.?${zone.replaceAll(".", "\\.")}\\.$`), "") || "@";
  return {
    name: own,
    ...(known && isName && { value: `${undotted(text(value)).toLowerCase()}.` }),
    ...(known && type === "AAAA" && { value: canonicalIpv6(text(value)) }),
  };
}

/** Cloudflare keeps names without their last dot, whole ones alone, and addresses in one spelling. */
export function cloudflareRecord({ type, name, content }: Properties): Properties {
  const known = typeof content === "string" && !hasUnknown(content);
  return {
    name: undotted(text(name)).toLowerCase(),
    ...(known && ["CNAME", "MX", "NS", "PTR"].includes(text(type)) && { content: undotted(content) }),
    ...(known && type === "AAAA" && { content: canonicalIpv6(content) }),
  };
}

/** Google keeps addresses in one spelling. @see `rrdatasDnsDiffSuppress` in terraform-provider-google for what is let be */
export function googleRecordSet({ type, rrdatas }: Properties): Properties {
  if (type !== "AAAA" || !Array.isArray(rrdatas) || hasUnknown(rrdatas)) return {};
  return { rrdatas: rrdatas.map((one: unknown) => canonicalIpv6(text(one))) };
}

/** Google tells the first IPv6 address of an instance without zeros left out; its plugin takes any spelling for the same. */
export function sameIpv6(one: unknown, other: unknown): boolean {
  return canonicalIpv6(text(one)) === canonicalIpv6(text(other));
}
