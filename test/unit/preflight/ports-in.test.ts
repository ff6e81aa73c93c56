/** What is said of a site's ports, as they answer from somewhere else. */
import { describe, expect, it } from "vitest";
import type { Greeting } from "../../../tools/preflight/means.ts";
import { judgePortsIn } from "../../../tools/preflight/ports-in.ts";
import { ALPHA, short } from "./seen.ts";

describe("a site's ports", () => {
  const address = "192.0.2.11";
  const dns = { stack: "club", provesByHttp: false };
  const http = { stack: "club", provesByHttp: true };
  const SMTP = { line: "220 alpha.mailkeep.example ESMTP" };
  const REDIRECTED = { line: "HTTP 301" };
  const PROOF = { line: `HTTP 200 preflight.${"Ab-_".repeat(10)}123` };
  const TLS = { line: "TLSv1.3" };
  const silent = { failed: "silent for 12 s" };
  const knocked = (...greetings: readonly Greeting[]) =>
    ALPHA.doors.map((door, index) => ({ ...door, greeting: greetings[index] ?? silent }));

  it.each<[string, typeof dns, readonly Greeting[], string]>([
    ["that answer", dns, [SMTP, REDIRECTED, TLS], "ok: It answers at 25, 80 and 465."],
    ["that prove names", http, [SMTP, PROOF, TLS], "ok: It answers at 25, 80 and 465."],
    [
      "that do not",
      dns,
      [{ failed: "refused" }, REDIRECTED, silent],
      "problem: It does not answer as it should at 25 (refused) and 465 (silent for 12 s); at 80 it does.",
    ],
    [
      "where none does",
      dns,
      [silent, silent, silent],
      "problem: It does not answer as it should at 25 (silent for 12 s), 80 (silent for 12 s) and 465 (silent for 12 s).",
    ],
    [
      "with a router at port 80 that answers itself",
      http,
      [SMTP, { line: "HTTP 200 <html>" }, TLS],
      "problem: It does not answer as it should at 80 (the answer there is: HTTP 200 <html>); at 25 and 465 it does.",
    ],
    [
      "without a redirection, where nothing else is at port 80",
      dns,
      [SMTP, silent, TLS],
      "warning: It does not answer as it should at 80 (silent for 12 s); at 25 and 465 it does.",
    ],
    [
      "that are busy",
      dns,
      [{ line: "421 4.3.2 busy" }, REDIRECTED, TLS],
      "problem: It does not answer as it should at 25 (the answer there is: 421 4.3.2 busy); at 80 and 465 it does.",
    ],
    [
      "without a way there",
      dns,
      [{ failed: "ENETUNREACH" }, { failed: "ENETUNREACH" }, { failed: "ENETUNREACH" }],
      "unknown: There is no way from here to 192.0.2.11.",
    ],
  ])("%s", (_, subject, greetings, says) => {
    expect(short(judgePortsIn(subject, ALPHA, address, knocked(...greetings), true))).toBe(says);
  });

  it("cannot be told of port 25 where nobody's port 25 can be reached", () => {
    const only = judgePortsIn(dns, ALPHA, address, knocked(silent, REDIRECTED, TLS), false);
    expect(short(only)).toContain("unknown: It does not answer as it should at 25 (silent for 12 s); at 80 and 465 it");
    expect(only.says).toContain("Port 25 is closed from here to everybody.");
    expect(judgePortsIn(dns, ALPHA, address, knocked(silent, REDIRECTED, silent), false).level).toBe("problem");
  });

  it.each([
    ["digitalocean-droplet", "`npm run review -- club`"],
    ["gcp-instance", "`npm run review -- club`"],
    ["host", "send these ports on to alpha"],
    ["local", "`npm run status -- club`"],
  ] as const)("have a remedy on the platform %s", (platform, fix) => {
    expect(judgePortsIn(http, { ...ALPHA, platform }, address, knocked(), true).fix).toContain(fix);
  });

  it("at 80 are where certificates are proved", () => {
    const fix = (subject: typeof dns): string => judgePortsIn(subject, ALPHA, address, knocked(SMTP), true).fix ?? "";
    expect(fix(http)).toContain("Certificates are proved at port 80.");
    expect(fix(dns)).not.toContain("Certificates");
  });
});
