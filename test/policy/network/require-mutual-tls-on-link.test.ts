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

  it.each([
    ["verify none", "a second verify"],
    ["ca-file /etc/ssl/certs/ca-certificates.crt", "a second ca-file"],
    ["ca-ignore-err all", "ca-ignore-err"],
    ["crt-ignore-err all", "crt-ignore-err"],
  ])("refuses %s behind all of it", async (option, shown) => {
    expect(await link(`${TLS} ${option}`)).toEqual([
      `mailkeep-local-alpha, workload edge: haproxy.cfg binds 198.51.100.11:4433 with ${shown}, which takes back what is asked ` +
        "for before; remove it.",
    ]);
  });

  it("does not take a name for options", async () => {
    expect(await link(`ssl crt /x name "${TLS}"`)).toHaveLength(3);
  });

  it.each([
    ["an alternative", NAMES.replace(" }", " } or { always_true }")],
    ["everybody let in before", `    tcp-request content accept\n${NAMES}`],
    ["the list in another section", `frontend other\n    bind 127.0.0.1:1\n${NAMES}`],
  ])("refuses %s", async (_, names) => {
    expect(await link(TLS, names)).toHaveLength(1);
  });

  it("accepts what decides nothing in front of the list", async () => {
    expect(await link(TLS, `    tcp-request content set-log-level silent if { ssl_fc_sni x }\n${NAMES}`)).toEqual([]);
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
