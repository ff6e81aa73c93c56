import { describe, expect, it } from "vitest";
import { renderDirectoryScript } from "../../../../components/mail/dovecot/lua.ts";
import { dovecotWorkload } from "../../../../components/mail/dovecot/workload.ts";
import type { SiteContext } from "../../../../components/plan/context.ts";
import { isSecret, resolveText } from "../../../../components/plan/text.ts";
import { alpha, siteWith } from "../site-context.ts";

const fileOf = (site: SiteContext, name: string) =>
  resolveText(dovecotWorkload(site).files[name] ?? "", ({ ref }) => `<${ref}>`);

describe("the mailbox store", () => {
  it("is configured as the golden file says", async () => {
    await expect(fileOf(alpha, "dovecot.conf")).toMatchFileSnapshot("golden/dovecot.conf");
  });

  it("asks the directory as the golden script says", async () => {
    await expect(fileOf(alpha, "directory.lua")).toMatchFileSnapshot("golden/directory.lua");
  });

  it("files marked mail as the golden script says", async () => {
    await expect(fileOf(alpha, "sieve/junk.sieve")).toMatchFileSnapshot("golden/junk.sieve");
  });

  it("is kept as the golden file says", async () => {
    const workload = { ...dovecotWorkload(alpha), files: {} };
    await expect(`${JSON.stringify(workload, null, 2)}\n`).toMatchFileSnapshot("golden/workload.json");
  });

  it("listens for IMAP with STARTTLS only where a site wants it", () => {
    const listener = /inet_listener imap \{\n {4}port = (\d+)\n(.*)/;
    expect(fileOf(alpha, "dovecot.conf")).toMatch(/inet_listener imap \{\n {4}port = 0\n/);
    const [, port, next] = listener.exec(fileOf(siteWith({ imap143: true }), "dovecot.conf")) ?? [];
    expect([port, next?.trim()]).toEqual(["10143", "haproxy = yes"]);
  });

  it("holds the key of the site's certificate as a secret and nothing else as one", () => {
    const secrets = Object.entries(dovecotWorkload(alpha).files).filter(([, text]) => isSecret(text));
    expect(secrets.map(([name]) => name)).toEqual(["site.key"]);
  });

  it("has no listener for doveadm on a network", () => {
    expect(fileOf(alpha, "dovecot.conf")).not.toContain("doveadm");
  });

  const logged = (line: string) =>
    !dovecotWorkload(alpha).keeper.quiet?.some((expression) => new RegExp(expression).test(line));

  it.each([
    "imap-login-probe: Info: Login aborted: Logged out (no auth attempts in 0 secs) (no_auth_attempts): user=<>, rip=127.0.0.1, lip=127.0.0.1, secured, session=<LawIHspgCOJ/AAAB>",
    "lmtp(489): Info: Connect from 10.77.1.20",
    "lmtp(489): Info: Disconnect from 10.77.1.20: Logged out (state=READY)",
  ])("leaves no trace in the log of a probe that went well: %s", (line) => expect(logged(line)).toBe(false));

  it.each([
    "imap-login-probe: Error: auth: connect(login) failed",
    "imap-login: Info: Login aborted: Logged out (no auth attempts in 0 secs) (no_auth_attempts): user=<>, rip=198.51.100.1",
    "lmtp(489): Info: Connect from 10.77.1.10",
    "lmtp(489): Info: Connect from 10.77.1.201",
    "lmtp(489): Info: Disconnect from 10.77.1.10: Logged out (state=READY)",
    "lmtp(489): Info: Disconnect from 10.77.1.20: Connection closed (state=READY)",
  ])("logs %s", (line) => expect(logged(line)).toBe(true));

  it("asks the directory at its address, not by a name", () => {
    expect(renderDirectoryScript({ directoryUrl: "http://10.77.1.21:40574" })).toContain('"http://10.77.1.21:40574"');
  });
});
