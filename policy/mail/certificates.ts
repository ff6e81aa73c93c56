/** Certificates that a stack's sites ask for, by the requests that it makes. */
import type { PolicyResource } from "@pulumi/policy";
import type { Release } from "../read/release.ts";
import { fields, list, word, words } from "../read/values.ts";

/** Type of a certificate request. */
export const REQUEST = "tls:index/certRequest:CertRequest";

/** A site's own certificate, and those of the domains' names that it answers HTTPS for. */
const REQUEST_FILE = /^(csr\.pem|web\/.*\.csr)$/;

/** Names in the certificates that a release asks for. */
export function certifiedNames({ workloads }: Release, resources: readonly PolicyResource[]): readonly string[] {
  const asked = workloads.flatMap(({ files }) =>
    Object.entries(files).flatMap(([path, text]) => (REQUEST_FILE.test(path) ? [word(text)] : [])),
  );
  return resources
    .filter(({ type, props }) => type === REQUEST && asked.includes(word(props["certRequestPem"])))
    .flatMap(({ props }) => namesOf(props));
}

/** Names in one request. The subject is one object, or a list of one with older plugins. */
export function namesOf({ dnsNames, subject }: PolicyResource["props"]): readonly string[] {
  const name = word(fields(list(subject)[0] ?? subject)["commonName"]);
  return [...new Set([...words(dnsNames), ...(name === "" ? [] : [name])].map((one) => one.toLowerCase()))];
}
