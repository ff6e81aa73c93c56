import { expect, test } from "vitest";
import type { Workload } from "../../../components/plan/workload.ts";
import { resolvConf } from "../../../components/release/resolv-conf.ts";
import { localPlan } from "../plan/plans.ts";
import { workloads } from "./workloads.fixture.ts";

const { net, mx, plain } = workloads;

test("a workload asks its site's resolver, and believes what it says of DNSSEC", () => {
  expect(resolvConf(net, [net])).toBe("nameserver 10.77.1.53\nsearch .\noptions edns0 trust-ad\n");
});

test("one in another's network asks the same, for Docker would give it that one's file", () => {
  expect(resolvConf(mx, [net, mx])).toBe(resolvConf(net, [net]));
});

test("one without a resolver asks nobody", () => {
  expect(resolvConf(plain, [plain])).toBeUndefined();
});

test("at a site all ask the resolver but itself, and who knows no names", () => {
  for (const { workloads: all } of localPlan().sites) {
    const asking = (own: Workload): boolean => resolvConf(own, all) !== undefined;
    expect(all.filter((own) => !asking(own)).map(({ name }) => name)).toEqual(["unbound", "postsrsd"]);
  }
});
