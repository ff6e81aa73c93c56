import { describe, expect, it } from "vitest";
import { requireMutualTlsOnLink as rule } from "../../../policy/network/require-mutual-tls-on-link.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const TLS = "ssl crt /run/conf/link.pem ca-file /run/conf/link-ca.pem verify required ssl-min-ver TLSv1.3";
const NAMES = "    tcp-request content reject unless { ssl_c_s_dn(cn) -m str bravo.mailkeep.test }\n";

const link = (options: string, names = NAMES) =>
  violations(
    rule,
    release({ edge: { files: { "haproxy.cfg": `frontend link\n    bind 198.51.100.11:4433 ${options}\n${names}` } } }),
  );

describe("require-mutual-tls-on-link", () => {
  it("accepts a link that asks for certificates and names", async () => expect(await link(TLS)).toEqual([]));

  it("asks nothing of other ports", async () => {
    const edge = { files: { "haproxy.cfg": "frontend smtp\n    bind 198.51.100.11:25\n" } };
    expect(await violations(rule, release({ edge }))).toEqual([]);
  });

  it.each([
    ["ssl ", "", "ssl", "what passes between sites could be read on the way"],
    ["verify required", "verify optional", "verify required", "anybody could connect"],
    ["verify required", "", "verify required", "anybody could connect"],
    ["link-ca.pem", "ca.pem", "ca-file /run/conf/link-ca.pem", "certificates of another authority would count"],
    ["TLSv1.3", "TLSv1.2", "ssl-min-ver TLSv1.3", "older TLS would do"],
  ])("refuses it with %j become %j", async (from, to, words, why) => {
    expect(await link(TLS.replace(from, to))).toEqual([
      `mailkeep-local-alpha, workload edge: haproxy.cfg binds 198.51.100.11:4433 without \`${words}\`, and ${why}; add it.`,
    ]);
  });

  it("looks at each listener", async () => {
    const second = `${TLS}\n    bind [2001:db8:100::11]:4433 ssl crt /run/conf/link.pem`;
    expect(await link(second)).toHaveLength(3);
  });

  it("refuses it without the list of names", async () => {
    expect(await link(TLS, "")).toEqual([
      "mailkeep-local-alpha, workload edge: haproxy.cfg does not compare the names of those who connect to the link with a list; add the list.",
    ]);
  });

  it("cannot run on a file that is not known yet", async () => {
    await expect(violations(rule, release({ edge: { files: { "haproxy.cfg": UNKNOWN } } }))).rejects.toThrow(
      /known during preview/,
    );
  });
});
