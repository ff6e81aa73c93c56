/**
 * All packs in one. A pack is a process of its own, and each would load the SDK anew; `up` and `review` use this one.
 * Only this file constructs it, because that starts a server.
 */
import { PolicyPack } from "@pulumi/policy";
import { asked } from "./asked.ts";
import { allRules } from "./rules.ts";

new PolicyPack("mailkeep", { policies: [...asked(allRules)] });
