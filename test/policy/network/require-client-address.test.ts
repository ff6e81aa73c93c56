import { describe, expect, it } from "vitest";
import { requireClientAddress as rule } from "../../../policy/network/require-client-address.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const proxy = (bind: string, server: string, lead = "default_backend smtp") => {
  const text = `frontend smtp\n    bind ${bind}\n    ${lead}\n\nbackend smtp\n    server alpha ${server}\n`;
  return violations(rule, release({ edge: { files: { "haproxy.cfg": text } } }));
};

const MESSAGE =
  "mailkeep-local-alpha, workload edge: haproxy.cfg leads smtp to the server alpha of smtp without the client's address; " +
  "add send-proxy-v2.";

describe("require-client-address", () => {
  it.each([
    ["198.51.100.11:25", "127.0.0.1:10025 check", "default_backend smtp"],
    ["[2001:db8:100::11]:25", "127.0.0.1:10025", "default_backend smtp"],
    ["198.51.100.11:993", "dovecot:10993 check", "use_backend smtp if { nbsrv(smtp) gt 0 }"],
  ])("refuses a server of %s without a PROXY header", async (bind, server, lead) => {
    expect(await proxy(bind, server, lead)).toEqual([MESSAGE]);
  });

  it("reads what all servers of a section have", async () => {
    expect(await proxy("198.51.100.11:25", "127.0.0.1:10025\n    default-server send-proxy-v2")).toEqual([]);
    const none = "127.0.0.1:10025 no-send-proxy-v2\n    default-server send-proxy-v2";
    expect(await proxy("198.51.100.11:25", none)).toEqual([MESSAGE]);
  });

  it("refuses one in a listen section", async () => {
    const text = "listen imaps\n    bind 198.51.100.11:993\n    server one dovecot:10993\n";
    expect(await violations(rule, release({ edge: { files: { "haproxy.cfg": text } } }))).toHaveLength(1);
  });

  it.each([
    ["198.51.100.11:25", "127.0.0.1:10025 send-proxy-v2 check"],
    ["198.51.100.11:25", "127.0.0.1:10025 check send-proxy"],
    ["127.0.0.1:25", "127.0.0.1:10025"],
    ["198.51.100.11:8080", "127.0.0.1:10025"],
  ])("accepts %s leading to %s", async (bind, server) => {
    expect(await proxy(bind, server)).toEqual([]);
  });

  it("cannot run on a file that is not known yet", async () => {
    const unknown = release({ edge: { files: { "haproxy.cfg": UNKNOWN } } });
    await expect(violations(rule, unknown)).rejects.toThrow(/known during preview/);
  });
});
