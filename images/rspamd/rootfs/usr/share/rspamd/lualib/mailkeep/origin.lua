-- Where a message comes from.

local function made_here(task)
  local ip = task:get_ip()
  return not ip or not ip:is_valid() or ip:is_local()
end

-- The MX hands what it passes on to itself, over the loopback. That is a stranger's message: it was judged when it came in.
local function passed_on(task)
  local ip = task:get_ip()
  return not task:get_user() and ip and ip:is_valid() and ip:to_string() == "127.0.0.1"
end

return { made_here = made_here, passed_on = passed_on }
