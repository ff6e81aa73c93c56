-- The last guard of a site: what cannot be judged waits (4xx), what must not leave is refused (5xx).
--
--   MAILKEEP_VALKEY    every message: the store must answer, or limits and greylisting would be skipped
--   MAILKEEP_RESOLVER  every message: the resolver must answer, or SPF, DKIM and DMARC would say nothing true
--   MAILKEEP_SENDER    of a user that is logged in: each From and Sender address is the user's own
--   MAILKEEP_SIGNED    of a user or of the site itself, but not of what is passed on: From a hosted domain means signed by it,
--                      with each kind of key that signs here
--   MAILKEEP_DMARC     from elsewhere: a policy that could not be asked for is not the same as none; and one that rejects
--                      is named in the answer, or the sender would think of spam
--
-- The first four run before every other check, at the highest priority, and set a final result: no score, no list and
-- no setting of another module takes it back. Settings come from guard.conf.

local rspamd_http = require "rspamd_http"
local rspamd_logger = require "rspamd_logger"
local rspamd_util = require "rspamd_util"
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

local signed = {}
for _, domain in ipairs(settings.signed_domains or {}) do
  signed[domain:lower()] = true
end

local kinds = settings.signatures or { "rsa-sha256" }

local function later(task, sentence)
  task:set_pre_result({ action = "soft reject", message = sentence, module = N })
end

local function refuse(task, sentence)
  task:set_pre_result({ action = "reject", message = sentence, module = N })
end

-- The domain among those that must be signed which a name is, or is below.
local function signing_domain(name)
  while name and name ~= "" do
    if signed[name] then
      return name
    end
    name = name:match("%.(.+)$")
  end
  return nil
end

-- How many fields of a name there are, counted in the text itself: a blank before the colon (RFC 5322 section 4.5.3)
-- hides a field from rspamd, but not from every mail program.
local function count(task, field)
  local text, n = "\n" .. tostring(task:get_raw_headers() or ""):gsub("\r\n?", "\n"), 0
  for name in text:gmatch("\n([%a]+)[ \t]*:") do
    if name:lower() == field then
      n = n + 1
    end
  end
  return n
end

-- All addresses in all fields of a name, in lower case. nil: one cannot be read.
local function addresses(task, field)
  local result = {}
  for _, header in ipairs(task:get_header_full(field) or {}) do
    local parsed = rspamd_util.parse_mail_address(header.value or "", task:get_mempool())
    if not parsed or #parsed == 0 then
      return nil
    end
    for _, mailbox in ipairs(parsed) do
      if (mailbox.addr or "") == "" or (mailbox.user or "") == "" or (mailbox.domain or "") == "" then
        return nil
      end
      table.insert(result, mailbox.addr:lower())
    end
  end
  return result
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
  if count(task, "from") ~= 1 or count(task, "sender") > 1 then
    return refuse(task, "A message needs exactly one From field and at most one Sender field")
  end
  local from, sender = addresses(task, "From"), addresses(task, "Sender")
  if not from or #from == 0 or not sender then
    return refuse(task, "The From or Sender field holds no address that can be read")
  end
  local asked = {}
  for _, address in ipairs(from) do
    table.insert(asked, address)
  end
  for _, address in ipairs(sender) do
    table.insert(asked, address)
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

local function check_signed(task)
  local login = task:get_user()
  if not login and (not made_here(task) or passed_on(task)) then
    return
  end
  local from = addresses(task, "From")
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
  for _, address in ipairs(from) do
    local domain = address:match("@([^@]+)$")
    local signer = signing_domain(domain)
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

local function check_dmarc(task)
  if task:get_user() or made_here(task) then
    return
  end
  if task:has_symbol("DMARC_DNSFAIL") then
    later(task, "The DMARC policy of the sender's domain cannot be found out now; please try again later")
  elseif task:has_symbol("DMARC_POLICY_REJECT") then
    refuse(task, "This message is not from its sender's domain, whose DMARC policy is to reject such messages")
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
before_all("MAILKEEP_SIGNED", check_signed, 0.1)
rspamd_config:register_symbol({
  name = "MAILKEEP_DMARC",
  type = "postfilter",
  priority = lua_util.symbols_priorities.top,
  callback = check_dmarc,
  flags = "explicit_disable",
})
