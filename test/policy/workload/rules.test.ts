import { describe } from "vitest";
import { rules } from "../../../policy/workload/rules.ts";
import { describeRules } from "../../support/rule-cases.ts";
import { base } from "./base.ts";
import { diskCases } from "./cases-disks.ts";
import { keepingCases } from "./cases-secrets-and-mail.ts";
import { cases } from "./cases.ts";

describe("policy/workload", () => {
  describeRules({
    folder: new URL("../../../policy/workload/", import.meta.url),
    rules,
    base,
    cases: { ...cases, ...keepingCases, ...diskCases },
  });
});
