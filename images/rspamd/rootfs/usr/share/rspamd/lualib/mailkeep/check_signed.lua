-- Of a user or of the site itself, but not of what is passed on: From a hosted domain means signed by it, with each kind of
-- key that signs here.

local answers = require "mailkeep/answers"
local domains = require "mailkeep/domains"
local reading = require "mailkeep/mailboxes"
local origin = require "mailkeep/origin"

-- What the message has signatures of, as "<algorithm> <domain>".
local function signatures_of(task)
  local signatures = {}
  for _, header in ipairs(task:get_header_full("DKIM-Signature") or {}) do
    local tags = ";" .. (header.value or ""):gsub("%s+", "")
    local domain, value, kind = tags:match(";d=([^;]+)"), tags:match(";b=([^;]+)"), tags:match(";a=([^;]+)")
    if domain and value and kind then
      signatures[kind:lower() .. " " .. domain:lower()] = true
    end
  end
  return signatures
end

local function check_signed(task, site)
  local login = task:get_user()
  if not login and (not origin.made_here(task) or origin.passed_on(task)) then
    return
  end
  local from = reading.all_mailboxes(task, "from")
  if not from then
    return -- refused above when a user sent it; Postfix's own mail has one
  end
  local signatures = signatures_of(task)
  for _, mailbox in ipairs(from) do
    local domain = domains.domain_of(mailbox.address)
    local signer = domains.domain_in(site.signed, domain)
    if signer then
      for _, kind in ipairs(site.kinds) do
        if not signatures[kind .. " " .. domain] and not signatures[kind .. " " .. signer] then
          return answers.later(task, string.format("This message is not signed for %s; please try again later", domain))
        end
      end
    elseif login then
      -- Nothing here could sign for it, whatever the directory allows.
      return answers.refuse(task, string.format("%s is not a domain that this system sends for", domain))
    end
  end
end

return check_signed
