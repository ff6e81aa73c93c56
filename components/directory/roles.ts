/** Addresses that every domain must answer: RFC 5321 section 4.5.1 (postmaster), RFC 2142 (hostmaster, abuse). */
import type { Problem } from "../settings/problem.ts";
import { DISCARD_ADDRESS } from "./address.ts";
import { destinations } from "./resolve.ts";
import type { DirectoryContent } from "./schema.ts";
import type { DirectoryView } from "./view.ts";

/** Their local parts. */
export const ROLE_ADDRESSES = ["postmaster", "hostmaster", "abuse"] as const;

/** Role addresses that reach nobody: neither a mailbox nor an address elsewhere, or are thrown away. */
export function missingRoles(view: DirectoryView, domain: string): readonly string[] {
  return ROLE_ADDRESSES.map((role) => `${role}@${domain}`).filter((address) =>
    destinations(view, address).every((end) => end === DISCARD_ADDRESS),
  );
}

/** One problem for each role address that reaches nobody. */
export function checkRoleAddresses(content: DirectoryContent, view: DirectoryView): readonly Problem[] {
  return content.domains.flatMap(({ name }, index) =>
    missingRoles(view, name).map((address) => ({
      path: `domains[${index}].name`,
      got: `${name} without ${address}`,
      wanted: "postmaster@, hostmaster@ and abuse@ that reach a person",
      fix: `add to aliases: { address: ${address}, targets: [<someone who reads it>] }`,
    })),
  );
}
