/**
 * The way from Postfix to the directory, over the edge's loopback.
 *
 * Postfix alone asks a dead tcp_table(5) server ten times, a second apart, for each of several lookups, and waits 100 s for
 * one that hangs; neither can be set. With a health check in between a sender hears 4xx in a few seconds: while the directory
 * is away the edge itself answers "temporary".
 */
import type { Edge } from "./render.ts";

/** Answers once and hangs up, so that the next lookup finds out whether the directory is back. */
export const AWAY_LUA = `-- Answers a tcp_table(5) lookup while the directory is away.
core.register_service("away", "tcp", function(applet)
  if applet:getline() then applet:send("400 the directory is away\\n") end
end)
`;

/** The sections of haproxy.cfg for each port of the directory. The first port is asked every second, for all of them. */
export function directorySections({ host, ports }: Edge["directory"]): string[] {
  const [asked] = ports;
  return ports.map(
    (port) => `frontend directory-${port}
    bind 127.0.0.1:${port}
    option dontlog-normal
    timeout client 1h
    tcp-request content use-service lua.away if { nbsrv(directory-${port}) eq 0 }
    default_backend directory-${port}

backend directory-${port}
    timeout server 1h
    timeout connect 1s
    retries 1
${port === asked ? check(host, port) : `    server directory ${host}:${port} track directory-${asked}/directory on-marked-down shutdown-sessions\n`}`,
  );
}

/** A domain that cannot exist: "not there" is the right answer, and says that the directory works. */
const check = (host: string, port: number): string => `    timeout check 2s
    option tcp-check
    tcp-check send "get readiness.invalid\\n"
    tcp-check expect rstring ^[25]00
    server directory ${host}:${port} check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
`;
