/** Real keys, certificates and passwords for a plan, made here, so that daemons' own checkers have something to check. */
import { createHash, createPublicKey, generateKeyPairSync, createPrivateKey, type KeyObject } from "node:crypto";
import { hashMadeUp } from "../../components/directory/hash.ts";
import { formatZone } from "../../components/dns/zone-file.ts";
import { dkimPublicKey, dnskey, jwkThumbprint, spkiSha256 } from "../../components/keys/encode.ts";
import type { Ref } from "../../components/plan/text.ts";
import type { CertificatePlan, Plan } from "../../components/plan/types.ts";
import { opensshKey, type OpensshKey } from "../../providers/stand-ins/tls/openssh.ts";
import { makeLocallySigned, makeRequest, makeSelfSigned } from "../../providers/stand-ins/tls/certificates.ts";

/** Of a password that nobody has. */
const HASH = `{SHA512-CRYPT}$6$rounds=5000$saltsaltsaltsalt$${"x".repeat(86)}`;

/** Makes all of it. @returns the value of each reference of the plan */
export async function keyMaterial(plan: Plan): Promise<(ref: Ref) => string> {
  const keys = new Map(plan.keys.keys.map(({ name, algorithm }) => [name, makeKey(algorithm)]));
  const requests = new Map<string, string>();
  for (const { name, key, dnsNames } of plan.keys.requests) {
    const inputs = { subject: { commonName: dnsNames[0] }, dnsNames: [...dnsNames] };
    requests.set(name, (await makeRequest(inputs, wanted(keys, key))).certPem);
  }
  const certificates = await makeCertificates(plan.keys.certificates, keys);
  const publicPem = (key: string): string =>
    createPublicKey(wanted(keys, key)).export({ type: "spki", format: "pem" }).toString();
  const resolve = (ref: Ref): string => {
    switch (ref.ref) {
      case "privateKeyPem":
        return wanted(keys, ref.key);
      case "privateKeyTraditional":
        return olderPem(createPrivateKey(wanted(keys, ref.key)));
      case "privateKeyOpenssh":
        return openssh(wanted(keys, ref.key)).privateKey;
      case "publicKeyOpenssh":
        return openssh(wanted(keys, ref.key)).publicKey;
      case "dkimPublicKey":
        return dkimPublicKey(publicPem(ref.key));
      case "dnskey":
        return dnskey(publicPem(ref.key));
      case "spkiSha256":
        return spkiSha256(publicPem(ref.key));
      case "jwkThumbprint":
        return jwkThumbprint(publicPem(ref.key));
      case "certificatePem":
        return wanted(certificates, ref.certificate);
      case "requestPem":
        return wanted(requests, ref.request);
      case "password":
        return password(ref.password);
      case "passwordSha256":
        return createHash("sha256").update(password(ref.password)).digest("hex");
      case "passwordHash":
        return HASH;
      case "passwordCrypt":
        return hashMadeUp(password(ref.password));
      case "blocklistKey":
        return "akeythatnobodyhas";
      case "dnsToken":
        return "atokenthatnobodyhas";
      case "siteAddress":
        return ref.family === "v4" ? "192.0.2.33" : "2001:db8:33::1";
      case "relayPassword":
        return "a password that nobody has";
      case "zoneFile":
        return formatZone(wanted(new Map(plan.zones.map((zone) => [zone.name, zone])), ref.zone), resolve);
      default:
        return ref satisfies never;
    }
  };
  return resolve;
}

function olderPem(key: KeyObject): string {
  return key.export({ type: key.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1", format: "pem" }).toString();
}

function openssh(pem: string): OpensshKey {
  const key = opensshKey(createPrivateKey(pem));
  if (key === undefined) throw new Error("OpenSSH does not know keys of that kind.");
  return key;
}

function makeKey(algorithm: Plan["keys"]["keys"][number]["algorithm"]): string {
  const pairs = {
    "ECDSA-P256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    "RSA-2048": () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ED25519: () => generateKeyPairSync("ed25519"),
  };
  const pair = pairs[algorithm]();
  return pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

async function makeCertificates(
  plans: readonly CertificatePlan[],
  keys: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const validity = { notBefore: new Date(), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = { subject: { commonName: "the CA" }, isCaCertificate: true, allowedUses: ["cert_signing"] };
  const made = new Map<string, string>();
  for (const { name, key } of plans.filter(({ issuer }) => issuer === "self"))
    made.set(name, (await makeSelfSigned(authority, wanted(keys, key), validity)).certPem);
  for (const { name, key, commonName, dnsNames, issuer } of plans.filter((one) => one.issuer !== "self")) {
    const request = await makeRequest({ subject: { commonName }, dnsNames: [...dnsNames] }, wanted(keys, key));
    const by = { certificate: wanted(made, issuer), key: wanted(keys, issuer) };
    const signed = { ...by, request: request.certPem, validity };
    made.set(name, (await makeLocallySigned({ allowedUses: ["server_auth"] }, signed)).certPem);
  }
  return made;
}

/** The same one for the same name, of 64 characters, as long as the longest that a plan asks for. */
function password(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}

function wanted<T>(from: ReadonlyMap<string, T>, name: string): T {
  const found = from.get(name);
  if (found === undefined) throw new Error(`The plan has no ${name}.`);
  return found;
}
