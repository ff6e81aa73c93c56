/**
 * The way from Postfix to Dovecot's SASL, over the edge's loopback.
 *
 * Dovecot says `code=temp_fail` when it could not ask the directory. Postfix 3.10 does not know that field and answers 535, as
 * for a wrong password, and a mail program would then ask its user for another one. A connection that is lost is temporary
 * to Postfix (454), so the edge hangs up instead of passing such an answer on.
 *
 * Dovecot makes an address from which wrong passwords came wait for its answers, up to 15 s and also for right ones, and Postfix
 * waits 10 s. So it is told not to (`no-penalty`): each wrong password still takes its 2 s, and Postfix counts a client's logins.
 */
import type { Edge } from "./render.ts";
import { LUA_TIMES } from "./tables.ts";

/** Added to the port where Postfix asks: where the edge itself reaches Dovecot. */
const INNER = 10_000;

/** The protocol is line by line, and each AUTH and CONT has one answer: Dovecot's "Authentication Protocol v1.2". */
export const SASL_LUA = `-- Relays SASL between Postfix and Dovecot, and hangs up on a temporary failure.
core.register_service("sasl", "tcp", function(applet)
  local dovecot = core.tcp()
  dovecot:settimeout(60)
  if not dovecot:connect("127.0.0.1", applet:get_var("txn.sasl")) then return end
  -- Both sides introduce themselves; Dovecot's part ends when it knows Postfix's.
  local line
  repeat
    line = applet:getline()
    if line == nil or line == "" or not dovecot:send(line) then return end
  until line:match("^CPID\\t")
  repeat
    line = dovecot:receive("*l")
    if line == nil then return end
    applet:send(line .. "\\n")
  until line:match("^DONE")
  while true do
    local question = applet:getline()
    if question == nil or question == "" then break end
    if not dovecot:send((question:gsub("^(AUTH\\t[^\\t]+\\t[^\\t\\n]+)", "%1\\tno-penalty"))) then break end
    if question:match("^AUTH\\t") or question:match("^CONT\\t") then
      line = dovecot:receive("*l")
      if line == nil or (line:match("^FAIL\\t") and line:match("\\tcode=temp_fail")) then break end
      applet:send(line .. "\\n")
    end
  end
  dovecot:close()
end)
`;

/** The sections of haproxy.cfg. */
export function saslSections({ host, port }: Edge["sasl"]): string {
  return `listen sasl
    bind 127.0.0.1:${port}
    option dontlog-normal
${LUA_TIMES}
    tcp-request content set-var(txn.sasl) int(${port + INNER})
    tcp-request content use-service lua.sasl

frontend dovecot-sasl
    bind 127.0.0.1:${port + INNER}
    no log
    timeout client 1h
    default_backend dovecot-sasl

backend dovecot-sasl
    timeout server 1h
    timeout connect 1s
    retries 0
    server dovecot ${host}:${port} check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
`;
}
