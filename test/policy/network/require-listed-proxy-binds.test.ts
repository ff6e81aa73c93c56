import { describe, expect, it } from "vitest";
import { requireListedProxyBinds as rule } from "../../../policy/network/require-listed-proxy-binds.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const bind = (target: string) => {
  return violations(rule, release({ edge: { files: { "haproxy.cfg": `frontend one\n    bind ${target}\n` } } }));
};

describe("require-listed-proxy-binds", () => {
  it.each([
    "198.51.100.11:25",
    "[2001:db8:100::11]:993",
    "ipv4@198.51.100.11:465 accept-proxy",
    "198.51.100.11:587,198.51.100.12:587",
    "198.51.100.11:4433 ssl crt /run/conf/link.pem",
    "127.0.0.1:8405",
    "[::1]:8405",
    "/run/haproxy.sock mode 600",
    "unix@/run/x.sock",
  ])("accepts %s", async (target) => {
    expect(await bind(target)).toEqual([]);
  });

  it.each(["ipv4@198.51.100.11:143 level admin", ":9999"])("refuses the stats socket %s", async (socket) => {
    const text = `global\n    stats socket ${socket}\n`;
    expect(await violations(rule, release({ edge: { files: { "haproxy.cfg": text } } }))).toEqual([
      `mailkeep-local-alpha, workload edge: haproxy.cfg has its stats socket at ${socket.split(" ")[0] ?? ""}, where whoever ` +
        "connects may command it; give it a path.",
    ]);
  });

  it.each(["stats uri /s", "stats enable", "monitor-uri /healthz"])(
    "refuses %s where the world connects",
    async (line) => {
      const text = `frontend one\n    bind 198.51.100.11:443\n    ${line}\n`;
      expect(await violations(rule, release({ edge: { files: { "haproxy.cfg": text } } }))).toEqual([
        "mailkeep-local-alpha, workload edge: haproxy.cfg shows its figures to whoever connects to the frontend one; show them on " +
          "the loopback.",
      ]);
    },
  );

  it("reads what is quoted as HAProxy does", async () => {
    const text = "frontend one\n    \"bind\" '198.51.100.11:2525' # bind\n";
    expect(await violations(rule, release({ edge: { files: { "haproxy.cfg": text } } }))).toHaveLength(1);
  });

  it.each(["198.51.100.11:4190", "198.51.100.11:11332", "198.51.100.11:25-26", "10.77.1.10:40574", "[2001:db8::1]:22"])(
    "refuses the port of %s",
    async (target) => {
      expect(await bind(target)).toEqual([
        `mailkeep-local-alpha, workload edge: haproxy.cfg binds ${target}, and beyond loopback only the ports 25, 465, ` +
          "587, 993, 143, 443, 80, 4433 are allowed; remove it.",
      ]);
    },
  );

  it.each(["*:25", ":25", "0.0.0.0:25", "[::]:25", "ipv6@:25", ":::25"])(
    "refuses %s, which is every address",
    async (target) => {
      expect(await bind(target)).toEqual([
        `mailkeep-local-alpha, workload edge: haproxy.cfg binds ${target}, which is every address, also the site's own ` +
          "network; name one address.",
      ]);
    },
  );

  it("finds the one that is wrong among several", async () => {
    expect(await bind("198.51.100.11:25,198.51.100.11:2424")).toHaveLength(1);
  });

  it("cannot run on a file that is not known yet", async () => {
    await expect(violations(rule, release({ edge: { files: { "haproxy.cfg": UNKNOWN } } }))).rejects.toThrow(
      /known during preview/,
    );
  });
});
