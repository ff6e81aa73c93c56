-- Of a user that is logged in: each From and Sender address is the user's own. The directory knows which are.

local rspamd_http = require "rspamd_http"
local rspamd_logger = require "rspamd_logger"
local ucl = require "ucl"
local answers = require "mailkeep/answers"
local header = require "mailkeep/header"
local reading = require "mailkeep/mailboxes"

local N = "mailkeep_guard"

-- Asks the directory whether a login may send as all of the addresses.
local function ask_directory(task, site, login, asked)
  local sentence = "Whether you may use this From address cannot be found out now; please try again later"
  local function answered(err, code, body)
    if err or code ~= 200 then
      rspamd_logger.errx(task, "%s: directory: %s", N, err or code)
      return answers.later(task, sentence)
    end
    local parser = ucl.parser()
    local ok, why = parser:parse_string(tostring(body))
    local answer = ok and parser:get_object()
    if type(answer) ~= "table" or type(answer.allowed) ~= "boolean" then
      rspamd_logger.errx(task, "%s: directory: %s", N, why or "an answer without `allowed`")
      return answers.later(task, sentence)
    end
    if not answer.allowed then
      -- What the sender wrote goes into an answer of one line.
      local words = string.format("%s may not send as %s", login, table.concat(asked, ", "))
      answers.refuse(task, words:gsub("%c", " "):sub(1, 300))
    end
  end
  local going = rspamd_http.request({
    task = task,
    url = site.policy_url,
    method = "POST",
    mime_type = "application/json",
    body = ucl.to_format({ login = login, from = asked }, "json-compact"),
    timeout = site.policy_timeout,
    callback = answered,
  })
  if not going then
    answers.later(task, sentence)
  end
end

local function check_sender(task, site)
  local login = task:get_user()
  if not login then
    return
  end
  if #header.fields(task, "from") ~= 1 or #header.fields(task, "sender") > 1 then
    return answers.refuse(task, "A message needs exactly one From field and at most one Sender field")
  end
  local from, sender = reading.all_mailboxes(task, "from"), reading.all_mailboxes(task, "sender")
  if not from or not sender then
    return answers.refuse(task, "The From or Sender field holds no address, or one that can be read in more than one way")
  end
  local asked = {}
  for _, list in ipairs({ from, sender }) do
    for _, mailbox in ipairs(list) do
      if reading.misleads(mailbox) then
        return answers.refuse(task, "The name before the address in the From or Sender field is an address itself; put it in quotes")
      end
      table.insert(asked, mailbox.address)
    end
  end
  ask_directory(task, site, login, asked)
end

return check_sender
