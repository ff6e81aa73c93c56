import { describe, expect, it } from "vitest";
import { requireProxyListenersOnLoopback as rule } from "../../../policy/network/require-proxy-listeners-on-loopback.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const postfix = (master: string, main = "") => {
  return violations(rule, release({ mx: { files: { "master.cf": master, "main.cf": main } } }));
};
const listener = (name: string, option: string) => `${name} inet n - n - - smtpd\n    ${option}\n`;

describe("require-proxy-listeners-on-loopback", () => {
  it.each([
    ["10025", "127.0.0.1:10025"],
    ["smtp", "127.0.0.1:smtp"],
    ["0.0.0.0:10025", "127.0.0.1:10025"],
    ["10.77.1.10:10025", "127.0.0.1:10025"],
    ["[2001:db8::1]:10025", "127.0.0.1:10025"],
  ])("refuses %s, in both ways to write the option", async (name, instead) => {
    for (const option of [
      "-o smtpd_upstream_proxy_protocol=haproxy",
      "-o { smtpd_upstream_proxy_protocol = haproxy }",
    ]) {
      const found = await postfix(listener(name, option));
      expect(found).toEqual([
        `mailkeep-local-alpha, workload mx: master.cf has ${name} with the PROXY protocol, so anyone who reaches it can ` +
          `claim any address; name it ${instead}.`,
      ]);
    }
  });

  it("sees the option when main.cf sets it for all, and when master.cf takes it back", async () => {
    const main = "# for the edge\nsmtpd_upstream_proxy_protocol =\n    haproxy\n";
    expect(await postfix(listener("10025", "-o smtpd_tls_wrappermode=yes"), main)).toHaveLength(1);
    expect(await postfix(listener("10025", "-o smtpd_upstream_proxy_protocol="), main)).toEqual([]);
  });

  it("sees postscreen's option", async () => {
    const line = "smtp inet n - n - 1 postscreen -o postscreen_upstream_proxy_protocol=haproxy\n";
    expect(await postfix(line)).toHaveLength(1);
  });

  it.each(["127.0.0.1:10025", "127.0.0.2:10025", "[::1]:10025"])("accepts %s", async (name) => {
    expect(await postfix(listener(name, "-o smtpd_upstream_proxy_protocol=haproxy"))).toEqual([]);
  });

  it("leaves listeners without the protocol alone", async () => {
    expect(await postfix("# smtp inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy\n")).toEqual([]);
    expect(await postfix(listener("smtp", "-o smtpd_tls_wrappermode=yes"))).toEqual([]);
  });

  it("cannot run on a file that is not known yet", async () => {
    await expect(postfix(UNKNOWN)).rejects.toThrow(/known during preview/);
  });
});
