/** Certificates that a stack's sites ask for, or have of its own authority, by the requests that it makes. */
import type { PolicyResource } from "@pulumi/policy";
import { fileOf, type Release, type ReleaseWorkload } from "../read/release.ts";
import { fields, list, word, words } from "../read/values.ts";

/** Type of a certificate request. */
export const REQUEST = "tls:index/certRequest:CertRequest";
/** Type of a certificate of the stack's own authority. */
const CERTIFICATE = "tls:index/locallySignedCert:LocallySignedCert";

/** What is asked for: a site's own certificate, and those of the domains' names that it answers HTTPS for. */
const REQUEST_FILE = /^(csr\.pem|web\/.*\.csr)$/;
/** The same from the stack's own authority. */
const CERTIFICATE_FILE = /^(interim\.pem|web\/.*\.pem)$/;

/** Names in the certificates that a release asks for, or has. */
export function certifiedNames(release: Release, resources: readonly PolicyResource[]): readonly string[] {
  const issued = filesOf(release, CERTIFICATE_FILE).flatMap((certificate) => requestsBehind(certificate, resources));
  return [...askedNames(release, resources), ...namesIn(issued, resources)];
}

/** Names in the certificates that a release asks an authority of others for. */
export function askedNames(release: Release, resources: readonly PolicyResource[]): readonly string[] {
  return namesIn(filesOf(release, REQUEST_FILE), resources);
}

function filesOf({ workloads }: Release, path: RegExp): string[] {
  return workloads.flatMap(({ files }) =>
    Object.entries(files).flatMap(([name, text]) => (path.test(name) ? [word(text)] : [])),
  );
}

function namesIn(requests: readonly string[], resources: readonly PolicyResource[]): readonly string[] {
  return resources
    .filter(({ type, props }) => type === REQUEST && requests.includes(word(props["certRequestPem"])))
    .flatMap(({ props }) => namesOf(props));
}

/**
 * The requests for the certificate that a site's daemons show: what it asks a directory for, or what stands behind the certificate
 * that comes with its configuration. Empty where a workload has nothing to do with that.
 */
export function shownRequests(workload: ReleaseWorkload, resources: readonly PolicyResource[]): readonly string[] {
  const asked = fileOf(workload, "csr.pem");
  if (asked !== undefined) return [asked];
  const issued = fileOf(workload, "interim.pem");
  return issued === undefined ? [] : requestsBehind(issued, resources);
}

function requestsBehind(certificate: string, resources: readonly PolicyResource[]): string[] {
  return resources
    .filter(({ type, props }) => type === CERTIFICATE && word(props["certPem"]) === certificate)
    .map(({ props }) => word(props["certRequestPem"]));
}

/** Names in one request. The subject is one object, or a list of one with older plugins. */
export function namesOf({ dnsNames, subject }: PolicyResource["props"]): readonly string[] {
  const name = word(fields(list(subject)[0] ?? subject)["commonName"]);
  return [...new Set([...words(dnsNames), ...(name === "" ? [] : [name])].map((one) => one.toLowerCase()))];
}
