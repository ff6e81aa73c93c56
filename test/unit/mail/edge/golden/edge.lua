-- Says one line to a client and hangs up. The line is the variable txn.busy of the connection.
core.register_service("busy", "tcp", function(applet)
  applet:send((applet:get_var("txn.busy") or "421 4.3.2 Service not available") .. "\r\n")
end)

-- Asks a table one question, over the connection that was kept from the one before if it still stands. Its answer, or
-- "temporary" after a second or a little more. HAProxy ends a connection that has been silent for a second.
local function ask(kept, path, question)
  local again, start = kept.socket ~= nil, core.now()
  local socket = kept.socket or core.tcp()
  if not again then socket:settimeout(1) end
  if again or socket:connect(path) then
    local answer = socket:send(question) and socket:receive("*l")
    if answer then
      kept.socket = socket
      return answer .. "\n"
    end
  end
  socket:close()
  kept.socket = nil
  -- A kept connection may have ended between two questions, which says nothing about the server: a new one does.
  local now = core.now()
  if again and now.sec - start.sec + (now.usec - start.usec) / 1e6 < 0.5 then return ask(kept, path, question) end
  return "400 no answer in time\n"
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
  if applet:getline() then applet:send("400 the table's server is away\n") end
end)

-- Rewrites a sender. Of PostSRSd's reasons not to, two are as meant; any other would let the sender leave as it is.
core.register_service("srs-forward", "tcp", function(applet)
  questions(applet, function(_, asked)
    local answer = asked()
    local meant = answer:match("^500 Domain excluded ") or answer:match("^500 Already rewritten")
    return answer:match("^500 ") and not meant and "400 this sender cannot be rewritten\n" or answer
  end)
end)

-- Relays SASL between Postfix and Dovecot, and hangs up on a temporary failure.
core.register_service("sasl", "tcp", function(applet)
  local dovecot = core.tcp()
  dovecot:settimeout(60)
  if not dovecot:connect("127.0.0.1", applet:get_var("txn.sasl")) then return end
  -- Both sides introduce themselves; Dovecot's part ends when it knows Postfix's.
  local line
  repeat
    line = applet:getline()
    if line == nil or line == "" or not dovecot:send(line) then return end
  until line:match("^CPID\t")
  repeat
    line = dovecot:receive("*l")
    if line == nil then return end
    applet:send(line .. "\n")
  until line:match("^DONE")
  while true do
    local question = applet:getline()
    if question == nil or question == "" then break end
    if not dovecot:send((question:gsub("^(AUTH\t[^\t]+\t[^\t\n]+)", "%1\tno-penalty"))) then break end
    if question:match("^AUTH\t") or question:match("^CONT\t") then
      line = dovecot:receive("*l")
      if line == nil or (line:match("^FAIL\t") and line:match("\tcode=temp_fail")) then break end
      applet:send(line .. "\n")
    end
  end
  dovecot:close()
end)

-- The address in a question of Outlook's; nothing where there is none, or one that is not plain.
core.register_converters("autodiscover_address", function(body)
  return body:match("<EMailAddress>%s*([%w.+_='-]+@[%w.-]+)%s*</EMailAddress>")
end)
