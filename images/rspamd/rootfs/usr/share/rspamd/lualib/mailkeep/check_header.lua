-- Every message: no field so long that it would be cut off.

local answers = require "mailkeep/answers"
local header = require "mailkeep/header"

-- Postfix hands no field of more than 60,000 octets to filters, and cuts off the rest: also in what is delivered.
local LONGEST_FIELD = 57000

local function check_header(task)
  for line in header.unfolded(task):gmatch("[^\n]+") do
    if #line > LONGEST_FIELD then
      return answers.refuse(task, string.format("The field %s is longer than %d octets, and would be cut off", line:match("^[%w%-]+") or "?", LONGEST_FIELD))
    end
  end
end

return check_header
