/** What cannot be had where certificates come from the stack's own authority, which no other server believes. */
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** Keys of `acme` that say how somebody else is asked. */
const ASKING = ["directoryCa", "email", "issuer", "proof", "account"] as const;

/** Empty where an ACME directory is asked. */
export function checkPrivateAuthority({ acme, domains }: Settings): Problem[] {
  if (acme.directory !== "private") return [];
  const asking = ASKING.filter((key) => acme[key] !== undefined).map((key) => ({
    path: `acme.${key}`,
    got: "a value, and acme.directory: private asks nobody",
    wanted: "nothing",
    fix: "take it out, or name the URL of an ACME directory",
  }));
  // RFC 8461 section 4.2: the certificate has to be one that the sender believes.
  const policies = domains.flatMap(({ mtaSts }, index) =>
    mtaSts === "off"
      ? []
      : [
          {
            path: `domains[${index}].mtaSts`,
            got: `${mtaSts}, and acme.directory: private`,
            wanted: "off: no other server believes the stack's own authority, and would keep its mail for the domain",
            fix: "write mtaSts: off; TLSA records (DANE) tell servers which key to expect, without any authority",
          },
        ],
  );
  return [...asking, ...policies];
}
