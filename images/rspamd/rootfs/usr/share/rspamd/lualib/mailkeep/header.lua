-- The header of a message, read from its text.

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

return { unfolded = unfolded, fields = fields }
