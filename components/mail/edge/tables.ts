/**
 * The way from Postfix to servers of tcp_table(5), over the edge's loopback.
 *
 * Postfix alone asks a dead one ten times, a second apart, for each of several lookups, and waits 100 s for one that hangs;
 * neither can be set. So the edge takes its questions one by one, gives each a second, and else answers "temporary" itself.
 * Questions that come close together share a connection to the server. A connection that is passed through as a whole was
 * seen to hang with a directory that died while it was being opened.
 */

/**
 * Where the edge itself reaches the server that a port leads to, with the health check in between. A UNIX socket: a question
 * over it takes half the CPU time of one over the loopback.
 */
const inner = (port: number): string => `/run/table-${port}.sock`;

/** What the Lua services of all tables stand on. */
export const TABLES_LUA = `-- Asks a table one question, over the connection that was kept from the one before if it still stands. Its answer, or
-- "temporary" after a second or a little more. HAProxy ends a connection that has been silent for a second.
local function ask(kept, path, question)
  local again, start = kept.socket ~= nil, core.now()
  local socket = kept.socket or core.tcp()
  if not again then socket:settimeout(1) end
  if again or socket:connect(path) then
    local answer = socket:send(question) and socket:receive("*l")
    if answer then
      kept.socket = socket
      return answer .. "\\n"
    end
  end
  socket:close()
  kept.socket = nil
  -- A kept connection may have ended between two questions, which says nothing about the server: a new one does.
  local now = core.now()
  if again and now.sec - start.sec + (now.usec - start.usec) / 1e6 < 0.5 then return ask(kept, path, question) end
  return "400 no answer in time\\n"
end

-- Takes the questions of one connection of Postfix. The variable txn.table is the socket that leads to their table.
local function questions(applet, answer)
  local path, kept = applet:get_var("txn.table"), {}
  while true do
    local question = applet:getline()
    if question == nil or question == "" then break end
    applet:send(answer(question, function() return ask(kept, path, question) end))
  end
  if kept.socket then kept.socket:close() end
end

-- Answers tcp_table(5) lookups.
core.register_service("lookup", "tcp", function(applet)
  questions(applet, function(_, asked) return asked() end)
end)

-- Answers a lookup while the server of its table is known to be away.
core.register_service("away", "tcp", function(applet)
  if applet:getline() then applet:send("400 the table's server is away\\n") end
end)
`;

/** A table that Postfix asks by tcp_table(5), and who answers it. */
export interface Table {
  /** What answers it, such as `directory`. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  /** The Lua service that Postfix talks to. */
  readonly service: string;
  /** The port of the same server that is asked for its health, every second. */
  readonly asked: number;
}

/**
 * How long a session may be silent that Lua answers. Lua is not told that its client has gone while it waits for the next
 * question (HAProxy 3.0), so the last one ends it: without, each stays for the hour and counts as a connection of the edge.
 * It holds in a `listen` alone, for a frontend has no server's times.
 */
export const LUA_TIMES = `    timeout client 1h
    timeout server 1h
    timeout server-fin 1s`;

/** The sections of haproxy.cfg for one table. */
export function tableSections(table: Table): string {
  const { server, host, port, service, asked } = table;
  const passage = `${server}-${port}`;
  return `listen lookup-${port}
    bind 127.0.0.1:${port}
    option dontlog-normal
${LUA_TIMES}
    tcp-request content set-var(txn.table) str(${inner(port)})
    tcp-request content use-service lua.${service}

frontend ${passage}
    bind unix@${inner(port)} mode 600
    no log
    timeout client 2s
    tcp-request content use-service lua.away if { nbsrv(${passage}) eq 0 }
    default_backend ${passage}

backend ${passage}
    timeout server 2s
    timeout connect 500ms
    retries 0
${port === asked ? check(server, host, port) : `    server ${server} ${host}:${port} track ${server}-${asked}/${server} on-marked-down shutdown-sessions\n`}`;
}

/** A key that cannot exist: "not there" is the right answer, and says that the server works. */
const check = (server: string, host: string, port: number): string => `    timeout check 2s
    option tcp-check
    tcp-check send "get readiness.invalid\\n"
    tcp-check expect rstring ^[25]00
    server ${server} ${host}:${port} check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
`;
