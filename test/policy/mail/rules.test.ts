/** Each rule about mail: what it says of itself, what it refuses and accepts, and when it cannot judge. */
import { describe } from "vitest";
import { rules } from "../../../policy/mail/rules.ts";
import { describeRules } from "../../support/rule-cases.ts";
import { base } from "./base.ts";
import { certificateCases } from "./cases/certificates.ts";
import { connectionCases } from "./cases/connections.ts";
import { deliveryCases } from "./cases/delivery.ts";
import { dkimRecordCases } from "./cases/dkim-records.ts";
import { dmarcCases } from "./cases/dmarc.ts";
import { egressCases } from "./cases/egress.ts";
import { hostNameCases } from "./cases/host-names.ts";
import { keyCases } from "./cases/keys.ts";
import { mtaStsCases } from "./cases/mta-sts.ts";
import { mxCases } from "./cases/mx.ts";
import { openRelayCases } from "./cases/open-relay.ts";
import { promiseCases } from "./cases/promises.ts";
import { signingCases } from "./cases/signing.ts";
import { spfCases } from "./cases/spf.ts";

describe("policy/mail", () => {
  const folder = new URL("../../../policy/mail/", import.meta.url);
  describeRules({
    folder,
    rules,
    base,
    cases: {
      ...mxCases,
      ...hostNameCases,
      ...mtaStsCases,
      ...spfCases,
      ...egressCases,
      ...dkimRecordCases,
      ...dmarcCases,
      ...openRelayCases,
      ...connectionCases,
      ...deliveryCases,
      ...signingCases,
      ...keyCases,
      ...promiseCases,
      ...certificateCases,
    },
  });
});
