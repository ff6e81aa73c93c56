/**
 * The way from Postfix to servers of tcp_table(5), over the edge's loopback.
 *
 * Postfix alone asks a dead one ten times, a second apart, for each of several lookups, and waits 100 s for one that hangs;
 * neither can be set. So the edge takes its questions one by one, gives each a connection of its own and a second, and
 * else answers "temporary" itself. A connection that is passed through as a whole was seen to hang with a directory that
 * died while it was being opened.
 */

/** Added to a port where Postfix asks: where the edge itself reaches the server. */
export const INNER = 10_000;

/** What the Lua services of all tables stand on. */
export const TABLES_LUA = `-- Asks a table one question. Its answer, or "temporary" after a second.
local function ask(port, question)
  local socket = core.tcp()
  socket:settimeout(1)
  local answer
  if socket:connect("127.0.0.1", port) and socket:send(question) then
    answer = socket:receive("*l")
  end
  socket:close()
  return (answer or "400 no answer in time") .. "\\n"
end

-- Answers tcp_table(5) lookups. The variable txn.table of the connection is the port that leads to the table.
core.register_service("lookup", "tcp", function(applet)
  local port = applet:get_var("txn.table")
  while true do
    local question = applet:getline()
    if question == nil or question == "" then return end
    applet:send(ask(port, question))
  end
end)

-- Answers a lookup while the server of its table is known to be away.
core.register_service("away", "tcp", function(applet)
  if applet:getline() then applet:send("400 the table's server is away\\n") end
end)
`;

export interface Table {
  /** What answers it, such as `directory`. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  /** The Lua service that Postfix talks to. */
  readonly service: string;
  /** Further variables of the connection, for that service. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The port of the same server that is asked for its health, every second. */
  readonly asked: number;
}

/** The sections of haproxy.cfg for one table. */
export function tableSections(table: Table): string {
  const { server, host, port, service, variables = {}, asked } = table;
  const inner = `${server}-${port}`;
  const lines = Object.entries(variables).map(
    ([name, value]) => `    tcp-request content set-var(txn.${name}) str(${value})\n`,
  );
  return `frontend lookup-${port}
    bind 127.0.0.1:${port}
    option dontlog-normal
    timeout client 1h
    tcp-request content set-var(txn.table) int(${port + INNER})
${lines.join("")}    tcp-request content use-service lua.${service}

frontend ${inner}
    bind 127.0.0.1:${port + INNER}
    no log
    timeout client 2s
    tcp-request content use-service lua.away if { nbsrv(${inner}) eq 0 }
    default_backend ${inner}

backend ${inner}
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
