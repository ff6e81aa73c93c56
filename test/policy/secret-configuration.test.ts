/** A daemon's configuration that is a secret file is judged as any other: a blocklist's key makes one of main.cf. */
import { beforeAll, describe, expect, it } from "vitest";
import { allRules } from "../../policy/rules.ts";
import { type FakeResource, stackViolations } from "../support/policy.ts";
import { programResources } from "../support/program.ts";
import { all, asSecretFile, type Change, inFile } from "../support/slips.ts";

const FILES = [
  ["mx", "main.cf"],
  ["mx", "master.cf"],
  ["submission", "main.cf"],
  ["edge", "haproxy.cfg"],
  ["dovecot", "dovecot.conf"],
] as const;

describe("configuration in secret files", () => {
  let resources: readonly FakeResource[];
  beforeAll(async () => {
    resources = await programResources();
  });
  const secret = all(...FILES.map(([workload, path]) => asSecretFile("alpha", workload, path)));
  const messages = async (change: Change): Promise<readonly string[]> => {
    const found = await Promise.all(allRules.map((rule) => stackViolations(rule, change(resources))));
    return found.flat();
  };

  it("passes where it is sound", async () => {
    expect(await messages(secret)).toEqual([]);
  });

  it.each<[string, Change, string]>([
    [
      "an open relay",
      inFile("alpha", "mx", "main.cf", /^mynetworks =$/, "mynetworks = 10.0.0.0/8"),
      "has 10.0.0.0/8 in mynetworks",
    ],
    [
      "another way out than SPF names",
      inFile("alpha", "mx", "main.cf", /^smtp_bind_address = .*$/, "smtp_bind_address = 198.51.100.99"),
      "lacks 198.51.100.99, which its mail leaves from",
    ],
    [
      "a PROXY listener for everybody",
      inFile("alpha", "mx", "master.cf", "127.0.0.1:10025", "10025"),
      "master.cf has 10025 with the PROXY protocol",
    ],
    [
      "another port of the edge",
      inFile("alpha", "edge", "haproxy.cfg", /198\.51\.100\.11:25$/, "198.51.100.11:2525"),
      "haproxy.cfg binds 198.51.100.11:2525",
    ],
    [
      "old TLS",
      inFile("alpha", "dovecot", "dovecot.conf", "ssl_min_protocol = TLSv1.2", "ssl_min_protocol = TLSv1"),
      "ssl_min_protocol is TLSv1",
    ],
  ])("does not hide %s", async (_, change, says) => {
    expect((await messages(all(change, secret))).join("\n")).toContain(says);
  });
});
