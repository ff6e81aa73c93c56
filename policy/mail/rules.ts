/** All rules of the pack. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { disallowAliasMxTarget } from "./disallow-alias-mx-target.ts";
import { disallowDmarcNone } from "./disallow-dmarc-none.ts";
import { disallowForeignDkimKey } from "./disallow-foreign-dkim-key.ts";
import { disallowOpenRelay } from "./disallow-open-relay.ts";
import { disallowPermissiveSpf } from "./disallow-permissive-spf.ts";
import { disallowProxiedMailRecord } from "./disallow-proxied-mail-record.ts";
import { disallowWeakDkimKey } from "./disallow-weak-dkim-key.ts";
import { disallowWildcardCertificate } from "./disallow-wildcard-certificate.ts";
import { requireCaaRecord } from "./require-caa-record.ts";
import { requireCertificateName } from "./require-certificate-name.ts";
import { requireDkimAlgorithmOfKey } from "./require-dkim-algorithm-of-key.ts";
import { requireDkimKeyFiles } from "./require-dkim-key-files.ts";
import { requireDkimRecord } from "./require-dkim-record.ts";
import { requireDmarcRecord } from "./require-dmarc-record.ts";
import { requireDurableMailStorage } from "./require-durable-mail-storage.ts";
import { requireLedgerOfKeys } from "./require-ledger-of-keys.ts";
import { requireLoginAfterTls } from "./require-login-after-tls.ts";
import { requireMilterTempfail } from "./require-milter-tempfail.ts";
import { requireMtaStsRecord } from "./require-mta-sts-record.ts";
import { requireMtaStsServed } from "./require-mta-sts-served.ts";
import { requireMxRecord } from "./require-mx-record.ts";
import { requireMxTargetAddress } from "./require-mx-target-address.ts";
import { requireMxTlsa } from "./require-mx-tlsa.ts";
import { requireNullMx } from "./require-null-mx.ts";
import { requireOpenEgressPort } from "./require-open-egress-port.ts";
import { requireRedundantMaildrops } from "./require-redundant-maildrops.ts";
import { requireRedundantMx } from "./require-redundant-mx.ts";
import { requireReverseName } from "./require-reverse-name.ts";
import { requireRoleAddresses } from "./require-role-addresses.ts";
import { requireRotationOrder } from "./require-rotation-order.ts";
import { requireServiceRecords } from "./require-service-records.ts";
import { requireSigningOfHostedDomains } from "./require-signing-of-hosted-domains.ts";
import { requireSpfOfEgress } from "./require-spf-of-egress.ts";
import { requireSpfRecord } from "./require-spf-record.ts";
import { requireSpfWithinLookups } from "./require-spf-within-lookups.ts";
import { requireTlsFloor } from "./require-tls-floor.ts";
import { requireTlsRptRecord } from "./require-tls-rpt-record.ts";
import { requireTlsaOfKey } from "./require-tlsa-of-key.ts";
import { requireTrustedClients } from "./require-trusted-clients.ts";

/** What `policy/mail/index.ts` makes a pack of. */
export const rules: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  requireMxRecord,
  requireRedundantMx,
  requireMxTargetAddress,
  disallowAliasMxTarget,
  disallowProxiedMailRecord,
  requireReverseName,
  requireCertificateName,
  requireSpfRecord,
  requireOpenEgressPort,
  requireSpfOfEgress,
  disallowPermissiveSpf,
  requireSpfWithinLookups,
  requireDkimRecord,
  disallowWeakDkimKey,
  disallowForeignDkimKey,
  requireDmarcRecord,
  disallowDmarcNone,
  requireRedundantMaildrops,
  disallowOpenRelay,
  requireTlsFloor,
  requireLoginAfterTls,
  requireMilterTempfail,
  requireDkimKeyFiles,
  requireDkimAlgorithmOfKey,
  requireSigningOfHostedDomains,
  requireRoleAddresses,
  requireDurableMailStorage,
  requireTrustedClients,
  requireTlsaOfKey,
  requireRotationOrder,
  requireLedgerOfKeys,
  requireMtaStsServed,
  requireMtaStsRecord,
  requireTlsRptRecord,
  requireMxTlsa,
  requireNullMx,
  requireServiceRecords,
  requireCaaRecord,
  disallowWildcardCertificate,
];
