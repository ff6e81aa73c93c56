/** A server whose TLSA record names another key gets no mail from whoever looks (RFC 7672). */
import { createHash, createPublicKey } from "node:crypto";
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { word } from "../read/values.ts";
import { REQUEST, shownRequests } from "./certificates.ts";
import { forSystem } from "./system.ts";

const KEY = "tls:index/privateKey:PrivateKey";

export const requireTlsaOfKey: StackValidationPolicy = {
  name: "require-tlsa-of-key",
  description: "The TLSA records of a site have the key that it serves with, and no key that this stack does not hold.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Publish the key in use, and the next one before it is used: `npm run mailkeep -- rotate tls --site <site>`.",
  validateStack: forSystem(({ hosts, records, resources }, report) => {
    const tlsa = records.all.filter(({ type }) => type === "TLSA");
    const held = new Set(
      resources.filter(({ type }) => type === KEY).flatMap(({ props }) => digest(props["publicKeyPem"])),
    );
    for (const { owner, value } of tlsa) {
      const { data, kind } = partsOf(value);
      if (kind !== "3 1 1")
        report(
          `${owner} has ${kind} in front of its key, and the key is the SHA-256 of a site's own: write 3 1 1 (RFC 7672 section 3.1).`,
        );
      else if (!held.has(data)) report(`${owner} names the key ${data}, which this stack does not hold; take it out.`);
    }
    for (const { hostname, release } of hosts) {
      const used = release.workloads.flatMap((workload) =>
        shownRequests(workload, resources).flatMap((request) => usedKey(request, resources)),
      );
      const own = tlsa.filter(({ owner }) => owner.endsWith(`._tcp.${hostname}`));
      for (const owner of new Set(own.map((record) => record.owner))) {
        const named = own.filter((record) => record.owner === owner).map(({ value }) => partsOf(value).data);
        for (const key of used.filter((one) => !named.includes(one)))
          report(`${owner} lacks the key that ${release.project} serves with (${key}); publish it there.`);
      }
    }
  }),
};

/** The key of a certificate request that this stack has made. */
function usedKey(request: string, resources: readonly PolicyResource[]): string[] {
  const made = resources.find(({ type, props }) => type === REQUEST && word(props["certRequestPem"]) === request);
  return made === undefined ? [] : digest(made.props["privateKeyPem"]);
}

/**
 * SHA-256 of a SubjectPublicKeyInfo, as matching type 1 of RFC 6698 has it. None of a key that is yet to be made: a preview
 * without a provider's help has not even a place for it.
 */
function digest(pem: unknown): string[] {
  if (pem === undefined) return [];
  const der = createPublicKey(word(pem)).export({ type: "spki", format: "der" });
  return [createHash("sha256").update(der).digest("hex")];
}

function partsOf(value: string): { readonly data: string; readonly kind: string } {
  const words = value.split(/\s+/);
  return { data: words.slice(3).join("").toLowerCase(), kind: words.slice(0, 3).join(" ") };
}
