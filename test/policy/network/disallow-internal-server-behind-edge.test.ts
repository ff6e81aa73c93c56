import { describe, expect, it } from "vitest";
import { disallowInternalServerBehindEdge as rule } from "../../../policy/network/disallow-internal-server-behind-edge.ts";
import { UNKNOWN, violations } from "../../support/policy.ts";
import { release } from "./release.ts";

const edge = (text: string) => violations(rule, release({ edge: { files: { "haproxy.cfg": text } } }));
const bound = (bind: string, server: string, more = "") =>
  edge(`frontend one\n    bind ${bind}\n    default_backend two\n${more}\nbackend two\n    server s ${server}\n`);
const said = (problem: string) => [`mailkeep-local-alpha, workload edge: haproxy.cfg leads one ${problem}.`];

const WORLD = "198.51.100.11:143";
const LINK = "198.51.100.11:4433 ssl verify required";
const SOCKETS = `
frontend three
    bind unix@/run/three.sock mode 600
    default_backend four
backend four
    server s`;

describe("disallow-internal-server-behind-edge", () => {
  it.each([
    [WORLD, "127.0.0.1:10025 send-proxy-v2 check port 9102"],
    [WORLD, "10.77.1.20:10993 send-proxy-v2"],
    [WORLD, "192.0.2.12:4433 ssl verify required"],
    [LINK, "10.77.1.20:2424"],
    [LINK, "127.0.0.1:10026"],
    ["127.0.0.1:40571", "10.77.1.21:40571"],
    ["unix@/run/x.sock", "10.77.1.21:40571"],
  ])("accepts %s leading to %s", async (bind, server) => {
    expect(await bound(bind, server)).toEqual([]);
  });

  it.each([
    [
      "10.77.1.21:40574 send-proxy",
      "at 10.77.1.21:40574, and port 40574 is the directory's HTTP interface; lead it elsewhere",
    ],
    ["10.77.1.23:6379", "at 10.77.1.23:6379, and port 6379 is Valkey; lead it elsewhere"],
    [
      "127.0.0.1:11026 send-proxy",
      "at 127.0.0.1:11026, and port 11026 is the MX's way to itself, which relays; lead it elsewhere",
    ],
    [
      "10.77.1.20:2424",
      "at 10.77.1.20:2424, and port 2424 is LMTP, which takes mail without a login; lead it elsewhere",
    ],
    ["127.0.0.1:8405", "at 127.0.0.1:8405, and port 8405 is not for the world; lead it elsewhere"],
    ["127.0.0.1:+10001 send-proxy", "at 127.0.0.1:+10001, which names no single port"],
    ["127.0.0.1", "at 127.0.0.1, which names no single port"],
    ["unix@/run/other.sock", "at /run/other.sock, where nothing in this file listens"],
    ['"10.77.1.23:6379"', "at 10.77.1.23:6379, and port 6379 is Valkey; lead it elsewhere"],
  ])("refuses the world led to %s", async (server, problem) => {
    expect(await bound(WORLD, server)).toEqual(said(`to the server s ${problem}`));
  });

  it("refuses the directory for other sites as well", async () => {
    expect(await bound(LINK, "10.77.1.21:40574")).toHaveLength(1);
  });

  it("follows sockets of the file system", async () => {
    expect(await bound(WORLD, "unix@/run/three.sock", `${SOCKETS} 10.77.1.20:10993`)).toEqual([]);
    expect(await bound(WORLD, "/run/three.sock", `${SOCKETS} 10.77.1.21:40571`)).toEqual(
      said("to the server s at 10.77.1.21:40571, and port 40571 is the directory's domains; lead it elsewhere"),
    );
  });

  it("ends where sections lead to each other", async () => {
    expect(await bound(WORLD, "unix@/run/three.sock", `${SOCKETS} unix@/run/three.sock`)).toEqual([]);
  });

  it.each([
    ["use_backend %[req.ssl_sni]", "to %[req.ssl_sni], which is no backend whose name is known here; name one"],
    ["default_backend three", "to three, which is no backend whose name is known here; name one"],
    ["tcp-request content use-service lua.lookup", "to the service lua.lookup, which is for this site alone"],
    ["tcp-request content set-dst-port int(6379)", "to where a rule of its own says; take set-dst out"],
  ])("refuses %s", async (line, problem) => {
    expect(await edge(`frontend one\n    bind ${WORLD}\n    ${line}\n`)).toEqual(said(problem));
  });

  it.each(["server-template s 3 dovecot:10993", "dispatch 10.77.1.21:40571"])("refuses %s", async (line) => {
    const [keyword = ""] = line.split(" ");
    expect(await edge(`listen one\n    bind ${WORLD}\n    ${line}\n`)).toEqual(
      said(`on by ${keyword}, which no rule here reads`),
    );
  });

  it("cannot run on a file that is not known yet", async () => {
    const unknown = release({ edge: { files: { "haproxy.cfg": UNKNOWN } } });
    await expect(violations(rule, unknown)).rejects.toThrow(/known during preview/);
  });
});
