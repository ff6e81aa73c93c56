/** The policy pack. Only this file constructs it, because that starts a server: everything else can be tested. */
import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules.ts";

new PolicyPack("mailkeep-workload", { policies: [...rules] });
