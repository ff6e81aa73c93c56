import { describe, expect, it } from "vitest";
import { requireLinkForCarriedMail as rule } from "../../../policy/network/require-link-for-carried-mail.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const LINK = `frontend link
    bind 198.51.100.11:4433 ssl crt /run/conf/link.pem
    bind [2001:db8:100::11]:4433 ssl crt /run/conf/link.pem
    use_backend served-egress-mx if { ssl_fc_sni egress-mx.alpha.test } { ssl_c_s_dn(cn) -m str bravo.test }
    use_backend served-lmtp if { ssl_fc_sni lmtp.alpha.test }
`;
const BACKENDS = `
backend served-egress-mx
    server own 127.0.0.1:10026 check port 9102

backend served-lmtp
    server own dovecot:2424 track lmtp/alpha
`;

const edge = (text: string) => violations(rule, release({ edge: { files: { "haproxy.cfg": text } } }));

describe("require-link-for-carried-mail", () => {
  it("accepts the link, for sites that are named", async () => {
    expect(await edge(LINK + BACKENDS)).toEqual([]);
  });

  it("accepts an edge that leads to no such listener", async () => {
    expect(await edge("frontend smtp\n    bind 198.51.100.11:25\n    default_backend smtp\n")).toEqual([]);
  });

  it.each([
    ["the world", "198.51.100.11:25"],
    ["the loopback", "127.0.0.1:10700"],
    ["a range that begins with the link", "198.51.100.11:4433-4434"],
    ["a socket", "unix@/run/any.sock"],
  ])("refuses %s", async (_, bind) => {
    const frontend = `frontend any\n    bind ${bind}\n    default_backend served-egress-mx\n`;
    expect(await edge(LINK + frontend + BACKENDS)).toEqual([
      "mailkeep-local-alpha, workload edge: haproxy.cfg leads any to served-egress-mx, which sends on for other sites; " +
        "only the link may.",
    ]);
  });

  it("refuses all sites of the link alike", async () => {
    const text = LINK.replace(" { ssl_c_s_dn(cn) -m str bravo.test }", "") + BACKENDS;
    expect(await edge(text)).toEqual([
      "mailkeep-local-alpha, workload edge: haproxy.cfg leads every site to served-egress-mx, which sends on; name those " +
        "that may.",
    ]);
  });

  it.each([
    ["an alternative", "{ ssl_c_s_dn(cn) -m str bravo.test } or { always_true }"],
    ["another alternative", "{ ssl_c_s_dn(cn) -m str bravo.test } || { always_true }"],
    ["the contrary", "!{ ssl_c_s_dn(cn) -m str bravo.test }"],
  ])("refuses sites that are named with %s", async (_, condition) => {
    const text = LINK.replace("{ ssl_c_s_dn(cn) -m str bravo.test }", condition) + BACKENDS;
    expect(await edge(text)).toHaveLength(1);
  });

  it.each(["10026", "10588"])("knows the listener at port %s, whatever its host", async (port) => {
    const text = `frontend smtp\n    bind 198.51.100.11:25\n    default_backend x\nbackend x\n    server one mx:${port} send-proxy-v2\n`;
    expect(await edge(text)).toHaveLength(1);
  });

  it("refuses a section that is both ends", async () => {
    expect(await edge("listen any\n    bind 127.0.0.1:1\n    server one 127.0.0.1:10026\n")).toEqual([
      "mailkeep-local-alpha, workload edge: haproxy.cfg has a listen any that sends on for whoever connects; remove it.",
    ]);
  });

  it("cannot run on a file that is not known yet", async () => {
    await expect(violations(rule, release({ edge: { files: { "haproxy.cfg": UNKNOWN } } }))).rejects.toThrow(
      /known during preview/,
    );
  });
});
