-- Asks the directory who may log in and where mailboxes are.
local directory = "http://10.77.1.21:40574"
local client

function script_init()
  client = dovecot.http.client({
    request_absolute_timeout = "1500ms",
    -- A kept connection may have ended since the last question; a second one on a new connection shows whether it was that.
    request_max_attempts = 2,
    -- Shorter than the directory keeps it, so that this side ends it.
    max_idle_time = "30s",
  })
  return 0
end

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function json_string(text, at)
  local parts = {}
  while true do
    local stop = text:find('["\\]', at) or error("open string")
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:byte(stop) == 34 then return table.concat(parts), stop + 1 end
    local char = text:sub(stop + 1, stop + 1)
    if char == "u" then
      parts[#parts + 1] = utf8.char(tonumber(text:sub(stop + 2, stop + 5), 16))
      at = stop + 6
    else
      parts[#parts + 1] = escapes[char] or char
      at = stop + 2
    end
  end
end

local json_value

local function json_list(text, at, close, entry)
  at = text:match("^%s*()", at)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = text:match("^%s*()", entry(at))
    local char = text:sub(at, at)
    if char == close then return at + 1 end
    if char ~= "," then error("no comma") end
    at = at + 1
  end
end

function json_value(text, at)
  at = text:match("^%s*()", at)
  local char = text:sub(at, at)
  if char == '"' then return json_string(text, at + 1) end
  local result = {}
  if char == "[" then
    return result, json_list(text, at + 1, "]", function(place)
      result[#result + 1], place = json_value(text, place)
      return place
    end)
  end
  if char == "{" then
    return result, json_list(text, at + 1, "}", function(place)
      local key, value
      key, place = json_string(text, text:match('^%s*"()', place))
      value, place = json_value(text, text:match("^%s*:()", place))
      result[key] = value
      return place
    end)
  end
  local word = text:match("^[%w.+-]+", at) or error("no value")
  if word == "true" then return true, at + 4 end
  if word == "false" then return false, at + 5 end
  if word == "null" then return nil, at + 4 end
  return tonumber(word) or error("no value"), at + #word
end

local function json_read(text)
  return (json_value(text, 1))
end

-- The answer's body, nil when there is no such user, false when nobody knows.
local function ask(question, user)
  local url = directory .. question
  if user then
    -- RFC 3986 section 2.1.
    url = url .. "?user=" .. user:gsub("[^%w.-]", function(char) return string.format("%%%02X", char:byte()) end)
  end
  local request = client:request({ url = url, method = "GET" })
  local response = request:submit()
  local status = response:status()
  if status ~= 200 then
    dovecot.i_warning("directory: " .. question .. " answered " .. status .. " " .. response:reason())
    return false
  end
  local read, body = pcall(json_read, response:payload())
  if not read or type(body) ~= "table" then
    dovecot.i_error("directory: " .. question .. " gave what cannot be understood: " .. tostring(body))
    return false
  end
  if body.found == false then return nil end
  return body
end

function auth_passdb_lookup(request)
  local auth = dovecot.auth
  local entry = ask("/dovecot/passdb", request.user)
  if entry == nil then return auth.PASSDB_RESULT_USER_UNKNOWN end
  if not entry or type(entry.password) ~= "string" then return auth.PASSDB_RESULT_INTERNAL_FAILURE end
  local fields = { user = entry.user, password = entry.password }
  -- A machine account may submit mail, but has no mailbox to log in to.
  if request.protocol ~= "smtp" then
    local mailbox = ask("/dovecot/userdb", request.user)
    if mailbox == nil then return auth.PASSDB_RESULT_USER_UNKNOWN end
    if not mailbox or type(mailbox.home) ~= "string" then return auth.PASSDB_RESULT_INTERNAL_FAILURE end
    fields.userdb_home = mailbox.home
  end
  return auth.PASSDB_RESULT_OK, fields
end

function auth_userdb_lookup(request)
  local auth = dovecot.auth
  local mailbox = ask("/dovecot/userdb", request.user)
  if mailbox == nil then return auth.USERDB_RESULT_USER_UNKNOWN end
  if not mailbox or type(mailbox.home) ~= "string" then return auth.USERDB_RESULT_INTERNAL_FAILURE end
  return auth.USERDB_RESULT_OK, { user = mailbox.user, home = mailbox.home, uid = "2010", gid = "2010" }
end

-- For jobs that go through all mailboxes.
function auth_userdb_iterate()
  local users = ask("/dovecot/users")
  if not users then error("the directory does not answer") end
  return users.users or users
end
