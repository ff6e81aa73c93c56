/** The keys, certificates and passwords of a system. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { CertRequest, LocallySignedCert, PrivateKey, SelfSignedCert } from "@pulumi/tls";
import { hashMadeUp } from "../directory/hash.ts";
import { recordTexts } from "../dns/record-data.ts";
import type { Ref, SiteAddressRef } from "../plan/text.ts";
import type { CertificatePlan, KeyAlgorithm, KeyPlan, Zone } from "../plan/types.ts";
import { dkimPublicKey, dnskey, jwkThumbprint, spkiSha256 } from "./encode.ts";
import { withRefs } from "./text-output.ts";

/** What is made, and what is answered besides. */
export interface KeysArgs {
  /** Keys, certificates, requests and passwords to make. */
  readonly plan: KeyPlan;
  /** Zones of the local world's name server, whose files are texts with keys in them. */
  readonly zones: readonly Zone[];
  /** Writes a zone file. */
  readonly renderZone: (zone: Zone, resolve: (ref: Ref) => string) => string;
  /** Password hashes that the settings hold, by address. */
  readonly passwordHashes: Readonly<Record<string, pulumi.Input<string>>>;
  /** Keys of blocklists that the settings hold, by the list's zone. @default none */
  readonly blocklistKeys?: Readonly<Record<string, pulumi.Input<string>>>;
  /** What zones' providers are shown, by the zone. @default none */
  readonly dnsTokens?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Gives an address of a machine. It may be made after the keys, for it is only asked when a text is. */
  readonly siteAddress: (ref: SiteAddressRef) => pulumi.Output<string>;
  /** Passwords for relays that the settings hold, by the relay's name. @default none */
  readonly relayPasswords?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A certificate is made anew by the first `up` in the last third of its life: nobody can be counted on to give a command in a
 * certain month.
 */
const renewalHours = (validityHours: number): number => Math.floor(validityHours / 3);

/** All of them, and the answers to the plan's references. Everything is made once and lives in the stack's state. */
export class Keys extends pulumi.ComponentResource {
  readonly #args: KeysArgs;
  readonly #keys: ReadonlyMap<string, PrivateKey>;
  readonly #passwords: ReadonlyMap<string, RandomPassword>;
  readonly #requests: ReadonlyMap<string, CertRequest>;
  readonly #certificates = new Map<string, SelfSignedCert | LocallySignedCert>();

  constructor(name: string, args: KeysArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without its arguments: the state has all that follows from them in the resources below.
    super("mailkeep:keys:Keys", name, {}, opts);
    const { keys, passwords, requests, certificates } = args.plan;
    const child = { parent: this };
    this.#args = args;
    this.#keys = byName(keys, (key) => new PrivateKey(key.name, algorithm(key.algorithm), child));
    this.#passwords = byName(
      passwords,
      (one) => new RandomPassword(one.name, { length: one.length, special: false }, child),
    );
    this.#requests = byName(requests, ({ name: request, key, dnsNames }) =>
      // A common name, for lego cannot renew a request without one.
      this.#request(request, { key, dnsNames, commonName: dnsNames[0] ?? request }),
    );
    // The authority itself first: the others are signed with it.
    for (const plan of certificates.toSorted((a, b) => Number(b.issuer === "self") - Number(a.issuer === "self"))) {
      this.#certificates.set(plan.name, plan.issuer === "self" ? this.#authority(plan) : this.#issued(plan));
    }
    this.registerOutputs({});
  }

  /** The value of a reference; secret where its kind is. @throws Error for one that the plan does not have */
  resolve(ref: Ref): pulumi.Output<string> {
    switch (ref.ref) {
      case "privateKeyPem":
        return pulumi.secret(this.#key(ref.key).privateKeyPemPkcs8);
      case "privateKeyTraditional":
        return pulumi.secret(this.#key(ref.key).privateKeyPem);
      case "privateKeyOpenssh":
        return pulumi.secret(this.#key(ref.key).privateKeyOpenssh);
      case "publicKeyOpenssh":
        return this.#key(ref.key).publicKeyOpenssh.apply((line) => line.trim());
      case "siteAddress":
        return this.#args.siteAddress(ref);
      case "dkimPublicKey":
        return this.#key(ref.key).publicKeyPem.apply(dkimPublicKey);
      case "spkiSha256":
        return this.#key(ref.key).publicKeyPem.apply(spkiSha256);
      case "jwkThumbprint":
        return this.#key(ref.key).publicKeyPem.apply(jwkThumbprint);
      case "dnskey":
        return this.#key(ref.key).publicKeyPem.apply(dnskey);
      case "certificatePem":
        return wanted(this.#certificates, "certificate", ref.certificate).certPem;
      case "requestPem":
        return wanted(this.#requests, "request", ref.request).certRequestPem;
      case "password":
        return pulumi.secret(this.#password(ref.password).result);
      case "passwordSha256":
        return pulumi.secret(this.#password(ref.password).result.apply(sha256));
      case "passwordHash":
        return pulumi.secret(wanted(new Map(Object.entries(this.#args.passwordHashes)), "password hash", ref.address));
      case "passwordCrypt":
        return pulumi.secret(this.#password(ref.password).result.apply(hashMadeUp));
      case "blocklistKey":
        return pulumi.secret(
          wanted(new Map(Object.entries(this.#args.blocklistKeys ?? {})), "blocklist key", ref.zone),
        );
      case "dnsToken":
        return pulumi.secret(wanted(new Map(Object.entries(this.#args.dnsTokens ?? {})), "DNS token", ref.zone));
      case "relayPassword":
        return pulumi.secret(
          wanted(new Map(Object.entries(this.#args.relayPasswords ?? {})), "relay password", ref.relay),
        );
      case "zoneFile":
        return this.#zoneFile(ref.zone);
      default:
        return ref satisfies never;
    }
  }

  /** The public key of a pair, PEM. */
  publicKeyPem(key: string): pulumi.Output<string> {
    return this.#key(key).publicKeyPem;
  }

  #zoneFile(name: string): pulumi.Output<string> {
    const zone = wanted(new Map(this.#args.zones.map((one) => [one.name, one])), "zone", name);
    const texts = zone.records.flatMap(recordTexts);
    return withRefs(
      texts,
      (ref) => this.resolve(ref),
      (known) => this.#args.renderZone(zone, known),
    );
  }

  #authority({ name, key, commonName, validityHours }: CertificatePlan): SelfSignedCert {
    return new SelfSignedCert(
      name,
      {
        privateKeyPem: this.#key(key).privateKeyPem,
        subject: { commonName },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: validityHours,
        earlyRenewalHours: renewalHours(validityHours),
      },
      { parent: this },
    );
  }

  #issued(plan: CertificatePlan): LocallySignedCert {
    const { name, validityHours } = plan;
    return new LocallySignedCert(
      name,
      {
        certRequestPem: this.#request(`${name}/private-ca`, plan).certRequestPem,
        caPrivateKeyPem: this.#key(plan.issuer).privateKeyPem,
        caCertPem: wanted(this.#certificates, "certificate", plan.issuer).certPem,
        allowedUses: ["digital_signature", "server_auth", "client_auth"],
        validityPeriodHours: validityHours,
        earlyRenewalHours: renewalHours(validityHours),
      },
      { parent: this },
    );
  }

  #request(name: string, want: Pick<CertificatePlan, "key" | "commonName" | "dnsNames">): CertRequest {
    const { key, commonName, dnsNames } = want;
    const args = { privateKeyPem: this.#key(key).privateKeyPem, subject: { commonName }, dnsNames: [...dnsNames] };
    return new CertRequest(name, args, { parent: this });
  }

  #key(name: string): PrivateKey {
    return wanted(this.#keys, "key", name);
  }

  #password(name: string): RandomPassword {
    return wanted(this.#passwords, "password", name);
  }
}

function algorithm(name: KeyAlgorithm): {
  algorithm: string;
  rsaBits?: number;
  ecdsaCurve?: string;
} {
  switch (name) {
    case "RSA-2048":
      return { algorithm: "RSA", rsaBits: 2048 };
    case "ED25519":
      return { algorithm: "ED25519" };
    case "ECDSA-P256":
      return { algorithm: "ECDSA", ecdsaCurve: "P256" };
  }
}

function byName<P extends { readonly name: string }, R>(plans: readonly P[], make: (plan: P) => R): Map<string, R> {
  return new Map(plans.map((plan) => [plan.name, make(plan)]));
}

function wanted<T>(from: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = from.get(name);
  if (found === undefined) throw new Error(`The plan refers to the ${what} ${name}, which it does not have.`);
  return found;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
