import { describe, expect, it } from "vitest";
import { requirePrivateProxyPeers as rule } from "../../../policy/network/require-private-proxy-peers.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const dovecot = (text: string) => violations(rule, release({ dovecot: { files: { "dovecot.conf": text } } }));

describe("require-private-proxy-peers", () => {
  it.each(["0.0.0.0/0", "::/0", "198.51.100.0/24", "10.0.0.0/7", "2001:db8::/32", "172.32.0.0/12"])(
    "refuses %s",
    async (network) => {
      expect(await dovecot(`haproxy_trusted_networks = ${network}\n`)).toEqual([
        `mailkeep-local-alpha, workload dovecot: Dovecot's haproxy_trusted_networks has ${network}, from where anyone can ` +
          "claim any address; name the site's own network.",
      ]);
    },
  );

  it("finds the one that is wrong among several, in a block too", async () => {
    expect(await dovecot("haproxy_trusted_networks = 10.77.1.0/24 198.51.100.9\n")).toHaveLength(1);
    expect(await dovecot("remote x {\n  login_trusted_networks = 0.0.0.0/0\n}\n")).toHaveLength(1);
  });

  it.each(["10.77.1.0/24", "172.16.0.0/12", "192.168.7.1", "fd00:77::/64", "127.0.0.1 ::1", "# 0.0.0.0/0"])(
    "accepts %s",
    async (networks) => {
      expect(await dovecot(`haproxy_trusted_networks = ${networks}\n`)).toEqual([]);
    },
  );

  it("cannot run on a file that is not known yet", async () => {
    await expect(dovecot(UNKNOWN)).rejects.toThrow(/known during preview/);
  });
});
