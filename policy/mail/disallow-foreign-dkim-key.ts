/** Whoever holds the private half of a published key signs as the domain, and DMARC believes it. */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { listOption } from "../options.ts";
import type { Release } from "../read/release.ts";
import { word } from "../read/values.ts";
import { signingsOf } from "./signing.ts";
import { forSystem } from "./system.ts";
import { isSameKey, publicKeyOf } from "./tags.ts";

interface Config {
  readonly others: readonly string[];
}

const KEY = "tls:index/privateKey:PrivateKey";

export const disallowForeignDkimKey: StackValidationPolicy = {
  name: "disallow-foreign-dkim-key",
  description: "Each DKIM key that is published for a domain of this stack is one that this stack holds.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      others: listOption(
        "Names such as `s7._domainkey.example.org` whose keys others hold, who may send as the domain.",
      ),
    },
  },
  remediationSteps:
    "Take the record out. Where somebody else is to sign as the domain, name the record under `others` of this rule.",
  validateStack: forSystem(({ domains, records, releases, resources }, report, args) => {
    const { others } = args.getConfig<Config>();
    const own = new Set([...domains, ...releases.flatMap(signingDomains)]);
    const held = heldKeys(resources, releases);
    for (const { owner, type, value } of records.all) {
      const [selector = "", domain] = owner.split("._domainkey.");
      if (domain === undefined || !own.has(domain) || others.includes(owner)) continue;
      if (type === "CNAME")
        report(`${owner} is an alias of ${value}, so whoever keeps that signs as ${domain}; take it out, or list it.`);
      const key = type === "TXT" ? publicKeyOf(value) : undefined;
      if (key !== undefined && !held.some((one) => isSameKey(one, key)))
        report(
          `${owner} has a key that this stack does not hold, so others sign as ${domain}; take ${selector} out, or list it.`,
        );
    }
  }),
};

function signingDomains(release: Release): readonly string[] {
  return signingsOf(release).flatMap(({ keys }) => [...keys.values()].map(({ domain }) => domain));
}

/** Those that Pulumi has made, and those that a site signs with. */
function heldKeys(resources: readonly PolicyResource[], releases: readonly Release[]): readonly KeyObject[] {
  const made = resources.filter(({ type }) => type === KEY).map(({ props }) => word(props["publicKeyPem"]));
  const used = releases
    .flatMap(signingsOf)
    .flatMap(({ workload, keys }) =>
      [...keys.values()].map(({ file }) => (file === undefined ? "" : word(workload.secretFiles[file]))),
    );
  // One that is yet to be made has no place in a preview without a provider's help.
  return [...made, ...used].filter((pem) => pem.includes(" KEY-----")).map((pem) => createPublicKey(pem));
}
