import { describe } from "vitest";
import { rules } from "../../../policy/mail/rules.ts";
import { describeRules } from "../../support/rule-cases.ts";
import { base } from "./base.ts";
import { connectionCases } from "./cases/connections.ts";
import { deliveryCases } from "./cases/delivery.ts";
import { dkimRecordCases } from "./cases/dkim-records.ts";
import { dmarcCases } from "./cases/dmarc.ts";
import { egressCases } from "./cases/egress.ts";
import { keyCases } from "./cases/keys.ts";
import { openRelayCases } from "./cases/open-relay.ts";
import { recordCases } from "./cases/records.ts";
import { signingCases } from "./cases/signing.ts";
import { spfCases } from "./cases/spf.ts";

describe("policy/mail", () => {
  const folder = new URL("../../../policy/mail/", import.meta.url);
  describeRules({
    folder,
    rules,
    base,
    cases: {
      ...recordCases,
      ...spfCases,
      ...egressCases,
      ...dkimRecordCases,
      ...dmarcCases,
      ...openRelayCases,
      ...connectionCases,
      ...deliveryCases,
      ...signingCases,
      ...keyCases,
    },
  });
});
