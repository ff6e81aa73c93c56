import { describe } from "vitest";
import { rules } from "../../../policy/mail/rules.ts";
import { describeRules } from "../../support/rule-cases.ts";
import { base } from "./base.ts";
import { connectionCases } from "./cases/connections.ts";
import { deliveryCases } from "./cases/delivery.ts";
import { openRelayCases } from "./cases/open-relay.ts";
import { keyCases } from "./cases/keys.ts";
import { recordCases } from "./cases/records.ts";
import { senderCases } from "./cases/senders.ts";
import { signingCases } from "./cases/signing.ts";

describe("policy/mail", () => {
  const folder = new URL("../../../policy/mail/", import.meta.url);
  describeRules({
    folder,
    rules,
    base,
    cases: {
      ...recordCases,
      ...senderCases,
      ...openRelayCases,
      ...connectionCases,
      ...deliveryCases,
      ...signingCases,
      ...keyCases,
    },
  });
});
