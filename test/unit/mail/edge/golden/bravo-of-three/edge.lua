-- Says one line to a client and hangs up. The line is the variable txn.busy of the connection.
core.register_service("busy", "tcp", function(applet)
  applet:send((applet:get_var("txn.busy") or "421 4.3.2 Service not available") .. "\r\n")
end)

-- Asks the directory one question. Its answer, or "temporary" after a second.
local function ask(port, question)
  local socket = core.tcp()
  socket:settimeout(1)
  local answer
  if socket:connect("127.0.0.1", port) and socket:send(question) then
    answer = socket:receive("*l")
  end
  socket:close()
  return (answer or "400 the directory does not answer") .. "\n"
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
  if applet:getline() then applet:send("400 the directory is away\n") end
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
