-- From elsewhere: one From field, in which no two mail programs read different authors, and none that is made to look hosted here.

local answers = require "mailkeep/answers"
local domains = require "mailkeep/domains"
local header = require "mailkeep/header"
local reading = require "mailkeep/mailboxes"
local origin = require "mailkeep/origin"

local function check_author(task, site)
  if task:get_user() or origin.made_here(task) then
    return
  end
  local values = header.fields(task, "from")
  if #values ~= 1 then
    return answers.refuse(task, "A message needs exactly one From field (RFC 5322 section 3.6)")
  end
  local from = reading.mailboxes(values[1])
  if not from then
    -- Some servers' notices are from a name without a domain.
    local sender = task:get_from("smtp")
    local notice = not sender or not sender[1] or (sender[1].addr or "") == ""
    if not notice or values[1]:find("@", 1, true) then
      answers.refuse(task, "The From field holds no address, or one that can be read in more than one way (RFC 5322 section 3.4)")
    end
    return
  end
  for _, mailbox in ipairs(from) do
    if reading.misleads(mailbox) then
      for name in mailbox.name:gmatch("@%s*([%w%-%.]+)") do
        if domains.domain_in(site.signed, name) or domains.domain_in(site.refused, name) then
          return answers.refuse(task, "The name before the address in the From field is an address of a domain that is hosted here")
        end
      end
    end
  end
end

return check_author
