import { describe } from "vitest";
import { rules } from "../../../policy/mail/rules.ts";
import { describeRules } from "../../support/rule-cases.ts";
import { base } from "./base.ts";
import { daemonCases } from "./cases/daemons.ts";
import { openRelayCases } from "./cases/open-relay.ts";
import { keyCases } from "./cases/keys.ts";
import { recordCases } from "./cases/records.ts";
import { senderCases } from "./cases/senders.ts";

describe("policy/mail", () => {
  const folder = new URL("../../../policy/mail/", import.meta.url);
  describeRules({
    folder,
    rules,
    base,
    cases: { ...recordCases, ...senderCases, ...openRelayCases, ...daemonCases, ...keyCases },
  });
});
