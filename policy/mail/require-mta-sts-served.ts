/** A record without its policy, or a policy without an MX host, keeps mail from coming in (RFC 8461 section 5). */
import { createHash } from "node:crypto";
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { fileOf, type Release, type ReleaseWorkload } from "../read/release.ts";
import { certifiedNames } from "./certificates.ts";
import { forSystem, type Records } from "./system.ts";

export const requireMtaStsServed: StackValidationPolicy = {
  name: "require-mta-sts-served",
  description:
    "The policy that an _mta-sts record tells of is served at every site, under a certificate, and names all MX hosts of the " +
    "domain and no host of others (RFC 8461).",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Let mailkeep make record, policy and certificate from the domain's `mtaSts`, or take the record out.",
  validateStack: forSystem(({ hosts, records, releases, resources }, report) => {
    const own = hosts.map(({ hostname }) => hostname);
    const edges = releases.flatMap((release) => edgeOf(release, resources));
    for (const { owner, value } of records.all.filter(isMtaSts)) {
      const domain = owner.slice("_mta-sts.".length);
      const name = `mta-sts.${domain}`;
      const exchanges = records.at(domain, "MX");
      if (edges.length === 0) report(`${owner} tells of a policy, and no site serves one; take the record out.`);
      if (!isLedTo(name, records)) report(`${name}, where ${owner} sends for the policy, leads to no address.`);
      for (const { project, edge, names } of edges) {
        const policy = policyOf(edge, domain);
        const problems =
          policy === undefined
            ? [`serves no policy for ${domain}, of which ${owner} tells.`]
            : problemsOf({ owner, value, policy, exchanges, own });
        const unasked = names.includes(name) ? [] : [`asks for no certificate for ${name}.`];
        for (const problem of [...problems, ...unasked]) report(`${project} ${problem}`);
      }
    }
  }),
};

const isMtaSts = ({ owner, type, value }: { owner: string; type: string; value: string }): boolean =>
  type === "TXT" && owner.startsWith("_mta-sts.") && value.startsWith("v=STSv1");

interface Judged {
  readonly owner: string;
  readonly value: string;
  readonly policy: string;
  readonly exchanges: readonly string[];
  readonly own: readonly string[];
}

function problemsOf({ owner, value, policy, exchanges, own }: Judged): string[] {
  const listed = [...policy.matchAll(/^mx: (\S+)\r?$/gm)].map(([, host = ""]) => host);
  const missing = exchanges.filter((host) => !listed.includes(host));
  const foreign = listed.filter((host) => !own.includes(host));
  const id = createHash("sha256").update(policy).digest("hex").slice(0, 32);
  const hosts = [
    ...missing.map((host) => `serves a policy without the MX host ${host}, where ${owner} would let no mail go.`),
    ...foreign.map((host) => `serves a policy with ${host} in it, which is no host of this stack; take it out.`),
  ];
  if (hosts.length > 0 || value.includes(`id=${id};`)) return hosts;
  return [`serves another policy than that of ${owner}: others would go on with the one that they know.`];
}

interface Edge {
  readonly project: string;
  readonly edge: ReleaseWorkload;
  /** For which certificates are asked there. */
  readonly names: readonly string[];
}

/** Sites answer HTTPS at their HAProxy. */
function edgeOf(release: Release, resources: readonly PolicyResource[]): Edge[] {
  const { project, workloads } = release;
  const edge = workloads.find((workload) => /\bfrontend https\b/.test(fileOf(workload, "haproxy.cfg") ?? ""));
  return edge === undefined ? [] : [{ project, edge, names: certifiedNames(release, resources) }];
}

/** The policy that is answered for a domain. */
function policyOf(edge: ReleaseWorkload, domain: string): string | undefined {
  const lines = (fileOf(edge, "web/mta-sts.map") ?? "").split("\n").map((line) => line.split(" "));
  const mode = lines.find(([name]) => name === domain)?.[1];
  return mode === undefined ? undefined : fileOf(edge, `web/mta-sts-${mode}.txt`);
}

function isLedTo(name: string, { at }: Records): boolean {
  const target = at(name, "CNAME")[0] ?? name;
  return at(target, "A").length > 0;
}
