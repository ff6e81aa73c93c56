-- Says one line to a client and hangs up. The line is the variable txn.busy of the connection.
core.register_service("busy", "tcp", function(applet)
  applet:send((applet:get_var("txn.busy") or "421 4.3.2 Service not available") .. "\r\n")
end)

-- Asks a table one question. Its answer, or "temporary" after a second.
local function ask(port, question)
  local socket = core.tcp()
  socket:settimeout(1)
  local answer
  if socket:connect("127.0.0.1", port) and socket:send(question) then
    answer = socket:receive("*l")
  end
  socket:close()
  return (answer or "400 no answer in time") .. "\n"
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
  if applet:getline() then applet:send("400 the table's server is away\n") end
end)

-- Rewrites a sender. Of PostSRSd's reasons not to, two are as meant; any other would let the sender leave as it is.
core.register_service("srs-forward", "tcp", function(applet)
  local port = applet:get_var("txn.table")
  while true do
    local question = applet:getline()
    if question == nil or question == "" then return end
    local answer = ask(port, question)
    if answer:match("^500 ") and not answer:match("^500 Domain excluded ") and not answer:match("^500 Already rewritten") then
      answer = "400 this sender cannot be rewritten\n"
    end
    applet:send(answer)
  end
end)

-- Reads a rewritten sender. Only what looks like one is asked about: other mail goes on without PostSRSd.
core.register_service("srs-reverse", "tcp", function(applet)
  local port, domain = applet:get_var("txn.table"), "@" .. applet:get_var("txn.domain")
  while true do
    local question = applet:getline()
    if question == nil or question == "" then return end
    local address = question:lower():match("^get (%S+)") or ""
    if address:match("^srs[01][-+=]") and address:sub(-#domain) == domain then
      applet:send(ask(port, question))
    else
      applet:send("500 not a rewritten sender\n")
    end
  end
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
    if question == nil or question == "" or not dovecot:send(question) then break end
    if question:match("^AUTH\t") or question:match("^CONT\t") then
      line = dovecot:receive("*l")
      if line == nil or (line:match("^FAIL\t") and line:match("\tcode=temp_fail")) then break end
      applet:send(line .. "\n")
    end
  end
  dovecot:close()
end)
