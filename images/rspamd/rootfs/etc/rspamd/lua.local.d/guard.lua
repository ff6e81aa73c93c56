-- The last guard of a site: what cannot be judged waits (4xx), what must not leave is refused (5xx).
--
--   MAILKEEP_VALKEY    every message: the store must answer, or limits and greylisting would be skipped
--   MAILKEEP_RESOLVER  every message: the resolver must answer, or SPF, DKIM and DMARC would say nothing true
--   MAILKEEP_SENDER    of a user that is logged in: each From and Sender address is the user's own
--   MAILKEEP_HEADER    every message: no field so long that it would be cut off
--   MAILKEEP_AUTHOR    from elsewhere: one From field, in which no two mail programs read different authors
--   MAILKEEP_SIGNED    of a user or of the site itself, but not of what is passed on: From a hosted domain means signed by it,
--                      with each kind of key that signs here
--   MAILKEEP_DMARC     from elsewhere: a policy that could not be asked for is not the same as none; one that rejects
--                      is named in the answer, or the sender would think of spam; and our own domains' policies hold for the
--                      names below them (RFC 9989), which the filter's own check passes over
--
-- All but the last run before every other check, at the highest priority, and set a final result: no score, no list and
-- no setting of another module takes it back. Settings come from guard.conf.

local rspamd_http = require "rspamd_http"
local rspamd_logger = require "rspamd_logger"
local lua_redis = require "lua_redis"
local lua_util = require "lua_util"
local ucl = require "ucl"

local N = "mailkeep_guard"
local settings = rspamd_config:get_all_opt(N)
if not settings then
  return
end

local redis = lua_redis.parse_redis_server(N)
if not redis then
  rspamd_logger.errx(rspamd_config, "%s: no redis server is configured; all mail will be deferred", N)
end

local function set_of(list)
  local set = {}
  for _, one in ipairs(list or {}) do
    set[one:lower()] = true
  end
  return set
end

-- Domains whose mail leaves signed or not at all; and by what their owners ask receivers to do with mail that is not theirs.
local signed = set_of(settings.signed_domains)
local refused, marked = set_of(settings.refused_domains), set_of(settings.marked_domains)

local kinds = settings.signatures or { "rsa-sha256" }

local function later(task, sentence)
  task:set_pre_result({ action = "soft reject", message = sentence, module = N })
end

-- What is refused for good stays so, whoever else would have it wait.
local function refuse(task, sentence)
  task:set_pre_result({ action = "reject", message = sentence, module = N, priority = 100 })
end

-- The domain of a set which a name is, or is below.
local function domain_in(set, name)
  while name and name ~= "" do
    if set[name] then
      return name
    end
    name = name:match("%.(.+)$")
  end
  return nil
end

-- The header, with each field on one line.
local function unfolded(task)
  return (tostring(task:get_raw_headers() or ""):gsub("\r\n?", "\n"):gsub("\n([ \t])", "%1"))
end

-- What the fields of a name hold, read from the text itself: a blank before the colon (RFC 5322 section 4.5.3)
-- hides a field from rspamd, but not from every mail program.
local function fields(task, wanted)
  local values = {}
  for line in unfolded(task):gmatch("[^\n]+") do
    local name, value = line:match("^([%a%-]+)[ \t]*:(.*)$")
    if name and name:lower() == wanted then
      table.insert(values, value)
    end
  end
  return values
end

-- An address as one word, in lower case; nil where it is anything else.
local function plain_address(word)
  local user, domain = word:match('^(".-")@([^@]+)$')
  if not user then
    user, domain = word:match('^([^%s@"(),:;<>%[%]\\]+)@([^@]+)$')
  end
  if not domain or not domain:match("^[%w_\128-\255][%w%-%._\128-\255]*$") or domain:match("%.%.") or domain:match("%.$") then
    return nil
  end
  return (user .. "@" .. domain):lower()
end

-- The mailboxes of a field (RFC 5322 section 3.4), each with its address and what stands bare before it. nil where mail programs
-- could read it differently: groups, routes, blanks within an address, anything behind one. What stands in quotes, comments and
-- encoded words is nobody's address. A comma within a name is none between mailboxes, for careless programs write names so.
local function mailboxes(value)
  local found, raw, bare, i = {}, "", "", 1
  local function trimmed(text)
    return text:match("^%s*(.-)%s*$")
  end
  local function finish()
    local word = trimmed(raw)
    raw, bare = "", ""
    local address = plain_address(word)
    if address then
      table.insert(found, { address = address, name = "" })
    end
    return address ~= nil or word == ""
  end
  if value:match("[%z\1-\8\10-\31\127]") then
    return nil
  end
  while i <= #value do
    local char = value:sub(i, i)
    local _, word_end = value:find("^=%?[^?%s]+%?[bBqQ]%?[^?%s]*%?=", i)
    if word_end then
      raw, bare, i = raw .. " ", bare .. " ", word_end + 1
    elseif char == '"' then
      local from = i
      i = i + 1
      while i <= #value and value:sub(i, i) ~= '"' do
        i = i + (value:sub(i, i) == "\\" and 2 or 1)
      end
      if i > #value then
        return nil
      end
      raw, bare, i = raw .. value:sub(from, i), bare .. " ", i + 1
    elseif char == "(" then
      local depth = 0
      repeat
        local inner = value:sub(i, i)
        if inner == "" then
          return nil
        end
        depth = depth + (inner == "(" and 1 or inner == ")" and -1 or 0)
        i = i + (inner == "\\" and 2 or 1)
      until depth == 0
      raw, bare = raw .. " ", bare .. " "
    elseif char == "<" then
      local close = value:find(">", i, true)
      local address = close and plain_address(value:sub(i + 1, close - 1))
      if not address then
        return nil
      end
      table.insert(found, { address = address, name = trimmed(bare):lower() })
      raw, bare, i = "", "", close + 1
      while value:match("^[%s(]", i) do
        local _, skipped = value:find("^%s+", i)
        if not skipped then
          _, skipped = value:find("^%b()", i)
        end
        if not skipped then
          return nil
        end
        i = skipped + 1
      end
      if i <= #value and value:sub(i, i) ~= "," then
        return nil
      end
      i = i + 1
    elseif char == "," and bare:find("@", 1, true) then
      if not finish() then
        return nil
      end
      i = i + 1
    else
      raw, bare, i = raw .. char, bare .. char, i + 1
    end
  end
  if not finish() or #found == 0 then
    return nil
  end
  return found
end

-- Of all fields of a name. nil: one can be read in more than one way.
local function all_mailboxes(task, field)
  local result = {}
  for _, value in ipairs(fields(task, field)) do
    local read = mailboxes(value)
    if not read then
      return nil
    end
    for _, mailbox in ipairs(read) do
      table.insert(result, mailbox)
    end
  end
  return result
end

-- Whether the name before an address is another address to those who read carelessly. Many write the address itself there.
local function misleads(mailbox)
  return mailbox.name:find("@", 1, true) ~= nil and mailbox.name ~= mailbox.address
end

local function domain_of(address)
  return address:match("@([^@]+)$")
end

local function made_here(task)
  local ip = task:get_ip()
  return not ip or not ip:is_valid() or ip:is_local()
end

-- The MX hands what it passes on to itself, over the loopback. That is a stranger's message: it was judged when it came in.
local function passed_on(task)
  local ip = task:get_ip()
  return not task:get_user() and ip and ip:is_valid() and ip:to_string() == "127.0.0.1"
end

-- Postfix hands no field of more than 60,000 octets to filters, and cuts off the rest: also in what is delivered.
local LONGEST_FIELD = 57000

local function check_header(task)
  for line in unfolded(task):gmatch("[^\n]+") do
    if #line > LONGEST_FIELD then
      return refuse(task, string.format("The field %s is longer than %d octets, and would be cut off", line:match("^[%w%-]+") or "?", LONGEST_FIELD))
    end
  end
end

local function check_valkey(task)
  local sentence = "The filter's memory does not answer; please try again later"
  local function answered(err, data)
    if err or tostring(data) ~= "PONG" then
      rspamd_logger.errx(task, "%s: valkey: %s", N, err or data)
      later(task, sentence)
    end
  end
  if not redis or not lua_redis.redis_make_request(task, redis, nil, true, answered, "PING", {}) then
    later(task, sentence)
  end
end

local function check_resolver(task)
  local sentence = "The resolver does not answer; please try again later"
  local there = { ["no records with this name"] = true, ["requested record is not found"] = true }
  local asked = task:get_resolver():resolve_a({
    task = task,
    name = settings.resolver_question,
    forced = true,
    callback = function(_, _, _, err)
      if err and not there[err] then
        rspamd_logger.errx(task, "%s: resolver: %s", N, err)
        later(task, sentence)
      end
    end,
  })
  if not asked then
    later(task, sentence)
  end
end

local function check_sender(task)
  local login = task:get_user()
  if not login then
    return
  end
  if #fields(task, "from") ~= 1 or #fields(task, "sender") > 1 then
    return refuse(task, "A message needs exactly one From field and at most one Sender field")
  end
  local from, sender = all_mailboxes(task, "from"), all_mailboxes(task, "sender")
  if not from or not sender then
    return refuse(task, "The From or Sender field holds no address, or one that can be read in more than one way")
  end
  local asked = {}
  for _, list in ipairs({ from, sender }) do
    for _, mailbox in ipairs(list) do
      if misleads(mailbox) then
        return refuse(task, "The name before the address in the From or Sender field is an address itself; put it in quotes")
      end
      table.insert(asked, mailbox.address)
    end
  end

  local sentence = "Whether you may use this From address cannot be found out now; please try again later"
  local function answered(err, code, body)
    if err or code ~= 200 then
      rspamd_logger.errx(task, "%s: directory: %s", N, err or code)
      return later(task, sentence)
    end
    local parser = ucl.parser()
    local ok, why = parser:parse_string(tostring(body))
    local answer = ok and parser:get_object()
    if type(answer) ~= "table" or type(answer.allowed) ~= "boolean" then
      rspamd_logger.errx(task, "%s: directory: %s", N, why or "an answer without `allowed`")
      return later(task, sentence)
    end
    if not answer.allowed then
      -- What the sender wrote goes into an answer of one line.
      local words = string.format("%s may not send as %s", login, table.concat(asked, ", "))
      refuse(task, words:gsub("%c", " "):sub(1, 300))
    end
  end
  local going = rspamd_http.request({
    task = task,
    url = settings.policy_url,
    method = "POST",
    mime_type = "application/json",
    body = ucl.to_format({ login = login, from = asked }, "json-compact"),
    timeout = settings.policy_timeout,
    callback = answered,
  })
  if not going then
    later(task, sentence)
  end
end

local function check_author(task)
  if task:get_user() or made_here(task) then
    return
  end
  local values = fields(task, "from")
  if #values ~= 1 then
    return refuse(task, "A message needs exactly one From field (RFC 5322 section 3.6)")
  end
  local from = mailboxes(values[1])
  if not from then
    -- Some servers' notices are from a name without a domain.
    local sender = task:get_from("smtp")
    local notice = not sender or not sender[1] or (sender[1].addr or "") == ""
    if not notice or values[1]:find("@", 1, true) then
      refuse(task, "The From field holds no address, or one that can be read in more than one way (RFC 5322 section 3.4)")
    end
    return
  end
  for _, mailbox in ipairs(from) do
    if misleads(mailbox) then
      for name in mailbox.name:gmatch("@%s*([%w%-%.]+)") do
        if domain_in(signed, name) or domain_in(refused, name) then
          return refuse(task, "The name before the address in the From field is an address of a domain that is hosted here")
        end
      end
    end
  end
end

local function check_signed(task)
  local login = task:get_user()
  if not login and (not made_here(task) or passed_on(task)) then
    return
  end
  local from = all_mailboxes(task, "from")
  if not from then
    return -- refused above when a user sent it; Postfix's own mail has one
  end
  local signatures = {}
  for _, header in ipairs(task:get_header_full("DKIM-Signature") or {}) do
    local tags = ";" .. (header.value or ""):gsub("%s+", "")
    local domain, value, kind = tags:match(";d=([^;]+)"), tags:match(";b=([^;]+)"), tags:match(";a=([^;]+)")
    if domain and value and kind then
      signatures[kind:lower() .. " " .. domain:lower()] = true
    end
  end
  for _, mailbox in ipairs(from) do
    local domain = domain_of(mailbox.address)
    local signer = domain_in(signed, domain)
    if signer then
      for _, kind in ipairs(kinds) do
        if not signatures[kind .. " " .. domain] and not signatures[kind .. " " .. signer] then
          return later(task, string.format("This message is not signed for %s; please try again later", domain))
        end
      end
    elseif login then
      -- Nothing here could sign for it, whatever the directory allows.
      return refuse(task, string.format("%s is not a domain that this system sends for", domain))
    end
  end
end

-- Whether the message is from a domain or one below it, by SPF or by a signature (RFC 9989, relaxed alignment).
local function is_from(task, owner)
  local only = { [owner] = true }
  if task:has_symbol("R_SPF_ALLOW") then
    local sender = task:get_from("smtp")
    local domain = sender and sender[1] and sender[1].domain or ""
    if domain_in(only, (domain ~= "" and domain or task:get_helo() or ""):lower()) then
      return true
    end
  end
  for _, symbol in ipairs(task:get_symbol("R_DKIM_ALLOW") or {}) do
    for _, option in ipairs(symbol.options or {}) do
      if domain_in(only, option:match("^[^:]+"):lower()) then
        return true
      end
    end
  end
  return false
end

-- Asked where the filter's own check found no policy: it looks at the very name and at the domain that is registered.
local function check_below_ours(task)
  for _, mailbox in ipairs(all_mailboxes(task, "from") or {}) do
    local name = domain_of(mailbox.address)
    local refusing, marking = domain_in(refused, name), domain_in(marked, name)
    local owner = refusing or marking
    if refusing and marking and #marking > #refusing then
      owner = marking
    end
    if owner and not is_from(task, owner) then
      if owner == refusing then
        refuse(task, string.format("This message is not from %s, whose DMARC policy is to reject such messages", owner))
      elseif task:get_metric_action() ~= "reject" then
        task:set_pre_result({ action = "add header", message = "DMARC policy of " .. owner, module = N })
      end
      return
    end
  end
end

local function check_dmarc(task)
  if task:get_user() or made_here(task) then
    return
  end
  if task:has_symbol("DMARC_DNSFAIL") then
    later(task, "The DMARC policy of the sender's domain cannot be found out now; please try again later")
  elseif task:has_symbol("DMARC_POLICY_REJECT") then
    refuse(task, "This message is not from its sender's domain, whose DMARC policy is to reject such messages")
  elseif task:has_symbol("DMARC_NA") then
    check_below_ours(task)
  end
end

local function before_all(name, callback, seconds)
  rspamd_config:register_symbol({
    name = name,
    type = "prefilter",
    priority = lua_util.symbols_priorities.top,
    callback = callback,
    flags = "empty,explicit_disable",
    augmentations = { string.format("timeout=%f", seconds) },
  })
end

before_all("MAILKEEP_VALKEY", check_valkey, 1.0)
before_all("MAILKEEP_RESOLVER", check_resolver, 3.0)
before_all("MAILKEEP_SENDER", check_sender, settings.policy_timeout)
before_all("MAILKEEP_HEADER", check_header, 0.1)
before_all("MAILKEEP_AUTHOR", check_author, 0.1)
before_all("MAILKEEP_SIGNED", check_signed, 0.1)
rspamd_config:register_symbol({
  name = "MAILKEEP_DMARC",
  type = "postfilter",
  priority = lua_util.symbols_priorities.top,
  callback = check_dmarc,
  -- Greylisting comes before it, and must not have wait what is refused.
  flags = "explicit_disable,ignore_passthrough",
})
