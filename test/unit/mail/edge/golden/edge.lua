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
