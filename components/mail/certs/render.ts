/** What lego is told: where to ask for the site's certificate, and how to prove that the names are ours. */
import type { AcmeContext, DnsProof, Proof, SiteContext } from "../../plan/context.ts";
import { PORT } from "../../plan/ports.ts";
import { concat, type Text } from "../../plan/text.ts";
import { CONF } from "../../plan/workload.ts";

/** What the certificate client is told. */
export interface CertsArgs {
  /** Where it asks, and how it proves names. Undefined: nobody is asked, and what it serves comes with its configuration. */
  readonly acme: AcmeContext | undefined;
  /** Requests for what is served over HTTPS. */
  readonly web: Pick<SiteContext["web"], "requests">;
  /** Requests for the site's own names, and what serves until there is a certificate. */
  readonly tls: Pick<SiteContext["tls"], "interimCertificate" | "request" | "nextRequest">;
}

/** Account, certificates and what was wished for last. */
export const LEGO_FOLDER = "/var/lib/lego";

/** A wish for a new certificate at once; the image's command `renew` writes it. */
export const WISH_FILE = "/run/renew";

/** Requests for the certificates of what is served over HTTPS: a file each, and a certificate of the same name. */
function webRequestFiles({ web }: Pick<CertsArgs, "web">): Readonly<Record<string, Text>> {
  const files = web.requests.map((request): [string, Text] => [
    `web/${request.split("/").at(-1) ?? ""}.csr`,
    [{ ref: "requestPem", request }],
  ]);
  return Object.fromEntries(files);
}

/** The requests for the site's own key and for its next one: a file each. */
function mailRequestFiles({ tls }: Pick<CertsArgs, "tls">): Readonly<Record<string, Text>> {
  return {
    "csr.pem": [{ ref: "requestPem", request: tls.request }],
    ...(tls.nextRequest === undefined ? {} : { "next.csr": [{ ref: "requestPem", request: tls.nextRequest }] }),
  };
}

/** Certificates from the private CA: a file each. That for mail is the interim one, and for good where nobody else is asked. */
export function certificateFiles({ acme, tls, web }: CertsArgs): Readonly<Record<string, Text>> {
  const own: Text = [{ ref: "certificatePem", certificate: tls.interimCertificate }];
  if (acme !== undefined) return { "interim.pem": own };
  const others = web.requests.map((name): [string, Text] => [
    `web/${name.split("/").at(-1) ?? ""}.pem`,
    [{ ref: "certificatePem", certificate: name }],
  ]);
  return { "interim.pem": own, ...Object.fromEntries(others) };
}

/** What is asked for: a file each. */
export function requestFiles({ acme, tls, web }: CertsArgs): Readonly<Record<string, Text>> {
  return acme === undefined ? {} : { ...mailRequestFiles({ tls }), ...webRequestFiles({ web }) };
}

/** The requests, the key of the account that asks, the certificates of the private CA, and what proves control of the names. */
export function renderCerts(args: CertsArgs): Readonly<Record<string, Text>> {
  const { acme } = args;
  if (acme === undefined) return certificateFiles(args);
  return {
    ...requestFiles(args),
    ...certificateFiles(args),
    "account.key": [{ ref: "privateKeyTraditional", key: acme.accountKey }],
    ...proofFiles(acme.proof),
    ...(acme.serverCa === undefined ? {} : { "acme-ca.pem": acme.serverCa }),
  };
}

function proofFiles(proof: Proof): Readonly<Record<string, Text>> {
  switch (proof.by) {
    case "update":
      return { "tsig.secret": [{ ref: "password", password: proof.tsigPassword }] };
    case "provider":
      return { "dns.token": [{ ref: "dnsToken", zone: proof.zone }] };
    case "http":
      return { addresses: concat(...proof.addresses.flatMap((address) => [address, "\n"])) };
  }
}

/** Environment of `issue` and lego. The one secret is named by its file. */
export function certsEnvironment(acme: AcmeContext | undefined): Readonly<Record<string, string>> {
  if (acme === undefined) return { ACME_DIRECTORY: "private", LEGO_PATH: LEGO_FOLDER };
  return {
    ACME_DIRECTORY: acme.directoryUrl,
    ACME_EMAIL: acme.email,
    ...(acme.turnSeconds === 0 ? {} : { ACME_TURN_SECONDS: String(acme.turnSeconds) }),
    LEGO_PATH: LEGO_FOLDER,
    ...proofEnvironment(acme.proof),
    ...(acme.serverCa === undefined ? {} : { LEGO_CA_CERTIFICATES: `${CONF}/acme-ca.pem` }),
  };
}

function proofEnvironment(proof: Proof): Readonly<Record<string, string>> {
  switch (proof.by) {
    case "update":
      return updateEnvironment(proof);
    case "provider":
      return providerEnvironment(proof);
    case "http":
      return { ACME_PROOF: "http" };
  }
}

function updateEnvironment({
  server,
  tsigName,
}: Extract<DnsProof, { by: "update" }>): Readonly<Record<string, string>> {
  return {
    RFC2136_NAMESERVER: hostPort(server),
    RFC2136_TSIG_ALGORITHM: "hmac-sha256.",
    // lego looks the key up by its absolute name.
    RFC2136_TSIG_KEY: tsigName.replace(/\.?$/, "."),
    RFC2136_TSIG_SECRET_FILE: `${CONF}/tsig.secret`,
    // lego waits this long between two names; its default of a minute is for providers that limit their callers.
    RFC2136_SEQUENCE_INTERVAL: "1",
    RFC2136_POLLING_INTERVAL: "1",
  };
}

/** lego's names of the providers, and of the variable that says where the token lies. */
const LEGO = {
  cloudflare: { name: "cloudflare", tokenFile: "CLOUDFLARE_DNS_API_TOKEN_FILE" },
  digitalocean: { name: "digitalocean", tokenFile: "DO_AUTH_TOKEN_FILE" },
  google: { name: "gcloud", tokenFile: "GCE_SERVICE_ACCOUNT_FILE" },
} as const;

function providerEnvironment({
  provider,
  project,
}: Extract<DnsProof, { by: "provider" }>): Readonly<Record<string, string>> {
  const { name, tokenFile } = LEGO[provider];
  return {
    ACME_PROOF: name,
    [tokenFile]: `${CONF}/dns.token`,
    ...(project === undefined ? {} : { GCE_PROJECT: project }),
  };
}

function hostPort(address: string): string {
  return address.includes(":") ? `[${address}]:${PORT.dns}` : `${address}:${PORT.dns}`;
}
