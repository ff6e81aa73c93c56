/**
 * The way from Postfix to the directory, over the edge's loopback.
 *
 * Postfix alone asks a dead tcp_table(5) server ten times, a second apart, for each of several lookups, and waits 100 s for
 * one that hangs; neither can be set. So the edge takes its questions one by one, gives each a connection of its own and a
 * second, and else answers "temporary" itself. A connection that is passed through as a whole was seen to hang with a
 * directory that died while it was being opened.
 */
import type { Edge } from "./render.ts";

/** Added to a port of the directory: where the edge itself reaches it, with the health check in between. */
const INNER = 10_000;

export const LOOKUP_LUA = `-- Asks the directory one question. Its answer, or "temporary" after a second.
local function ask(port, question)
  local socket = core.tcp()
  socket:settimeout(1)
  local answer
  if socket:connect("127.0.0.1", port) and socket:send(question) then
    answer = socket:receive("*l")
  end
  socket:close()
  return (answer or "400 the directory does not answer") .. "\\n"
end

-- Answers tcp_table(5) lookups. The variable txn.directory of the connection is the port that leads to the directory.
core.register_service("lookup", "tcp", function(applet)
  local port = applet:get_var("txn.directory")
  while true do
    local question = applet:getline()
    if question == nil or question == "" then return end
    applet:send(ask(port, question))
  end
end)

-- Answers a lookup while the directory is known to be away.
core.register_service("away", "tcp", function(applet)
  if applet:getline() then applet:send("400 the directory is away\\n") end
end)
`;

/** The sections of haproxy.cfg for each port of the directory. The first port is asked every second, for all of them. */
export function directorySections({ host, ports }: Edge["directory"]): string[] {
  const [asked] = ports;
  return ports.map(
    (port) => `frontend lookup-${port}
    bind 127.0.0.1:${port}
    option dontlog-normal
    timeout client 1h
    tcp-request content set-var(txn.directory) int(${port + INNER})
    tcp-request content use-service lua.lookup

frontend directory-${port}
    bind 127.0.0.1:${port + INNER}
    no log
    timeout client 2s
    tcp-request content use-service lua.away if { nbsrv(directory-${port}) eq 0 }
    default_backend directory-${port}

backend directory-${port}
    timeout server 2s
    timeout connect 500ms
    retries 0
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
