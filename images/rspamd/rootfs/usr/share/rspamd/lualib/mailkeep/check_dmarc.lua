-- From elsewhere: a policy that could not be asked for is not the same as none; one that rejects is named in the answer, or the
-- sender would think of spam; and our own domains' policies hold for the names below them (RFC 9989), which the filter's own
-- check passes over.

local answers = require "mailkeep/answers"
local domains = require "mailkeep/domains"
local reading = require "mailkeep/mailboxes"
local origin = require "mailkeep/origin"

-- Whether the message is from a domain or one below it, by SPF or by a signature (RFC 9989, relaxed alignment).
local function is_from(task, owner)
  local only = { [owner] = true }
  if task:has_symbol("R_SPF_ALLOW") then
    local sender = task:get_from("smtp")
    local domain = sender and sender[1] and sender[1].domain or ""
    if domains.domain_in(only, (domain ~= "" and domain or task:get_helo() or ""):lower()) then
      return true
    end
  end
  for _, symbol in ipairs(task:get_symbol("R_DKIM_ALLOW") or {}) do
    for _, option in ipairs(symbol.options or {}) do
      if domains.domain_in(only, option:match("^[^:]+"):lower()) then
        return true
      end
    end
  end
  return false
end

-- Asked where the filter's own check found no policy: it looks at the very name and at the domain that is registered.
local function check_below_ours(task, site)
  for _, mailbox in ipairs(reading.all_mailboxes(task, "from") or {}) do
    local name = domains.domain_of(mailbox.address)
    local refusing, marking = domains.domain_in(site.refused, name), domains.domain_in(site.marked, name)
    local owner = refusing or marking
    if refusing and marking and #marking > #refusing then
      owner = marking
    end
    if owner and not is_from(task, owner) then
      if owner == refusing then
        answers.refuse(task, string.format("This message is not from %s, whose DMARC policy is to reject such messages", owner))
      elseif task:get_metric_action() ~= "reject" then
        answers.mark(task, "DMARC policy of " .. owner)
      end
      return
    end
  end
end

local function check_dmarc(task, site)
  if task:get_user() or origin.made_here(task) then
    return
  end
  if task:has_symbol("DMARC_DNSFAIL") then
    answers.later(task, "The DMARC policy of the sender's domain cannot be found out now; please try again later")
  elseif task:has_symbol("DMARC_POLICY_REJECT") then
    answers.refuse(task, "This message is not from its sender's domain, whose DMARC policy is to reject such messages")
  elseif task:has_symbol("DMARC_NA") then
    check_below_ours(task, site)
  end
end

return check_dmarc
