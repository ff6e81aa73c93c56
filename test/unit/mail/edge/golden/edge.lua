-- Says one line to a client and hangs up. The line is the variable txn.busy of the connection.
core.register_service("busy", "tcp", function(applet)
  applet:send((applet:get_var("txn.busy") or "421 4.3.2 Service not available") .. "\r\n")
end)

-- Answers a tcp_table(5) lookup while the directory is away.
core.register_service("away", "tcp", function(applet)
  if applet:getline() then applet:send("400 the directory is away\n") end
end)
