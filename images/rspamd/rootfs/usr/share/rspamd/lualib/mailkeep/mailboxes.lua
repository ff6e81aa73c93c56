-- The mailboxes of a field, RFC 5322 section 3.4, where all mail programs read the same ones.

local header = require "mailkeep/header"

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

local function trimmed(text)
  return text:match("^%s*(.-)%s*$")
end

-- Where a quoted string ends that begins here; nil: nowhere.
local function end_of_quotes(value, i)
  i = i + 1
  while i <= #value and value:sub(i, i) ~= '"' do
    i = i + (value:sub(i, i) == "\\" and 2 or 1)
  end
  return i <= #value and i or nil
end

-- Where a comment ends that begins here, with those within it; nil: nowhere.
local function end_of_comment(value, i)
  local depth = 0
  while i <= #value do
    local char = value:sub(i, i)
    depth = depth + (char == "(" and 1 or char == ")" and -1 or 0)
    if depth == 0 then
      return i
    end
    i = i + (char == "\\" and 2 or 1)
  end
  return nil
end

-- Behind an address in angle brackets come blanks and comments, then a comma or the end: where that is; nil where anything else comes.
local function end_of_mailbox(value, i)
  while value:match("^[%s(]", i) do
    local _, last = value:find("^%s+", i)
    if not last then
      _, last = value:find("^%b()", i)
    end
    if not last then
      return nil
    end
    i = last + 1
  end
  return (i > #value or value:sub(i, i) == ",") and i or nil
end

-- What is nobody's address, and begins here: where it ends, and what it is in an address. False: it has no end. nil: it is none.
local function aside(value, i)
  local _, word_end = value:find("^=%?[^?%s]+%?[bBqQ]%?[^?%s]*%?=", i)
  if word_end then
    return word_end, " "
  end
  local char = value:sub(i, i)
  if char == '"' then
    local last = end_of_quotes(value, i)
    return last or false, last and value:sub(i, last)
  end
  if char == "(" then
    return end_of_comment(value, i) or false, " "
  end
  return nil
end

-- Each with its address and what stands bare before it. nil where mail programs could read it differently: groups, routes, blanks
-- within an address, anything behind one. What stands in quotes, comments and encoded words is nobody's address. A comma
-- within a name is none between mailboxes, for careless programs write names so.
local function mailboxes(value)
  if value:match("[%z\1-\8\10-\31\127]") then
    return nil
  end
  local found, raw, bare, i = {}, "", "", 1
  -- An address without brackets ends here, or there is none.
  local function finish()
    local word = trimmed(raw)
    local address = plain_address(word)
    raw, bare = "", ""
    if address then
      table.insert(found, { address = address, name = "" })
    end
    return address ~= nil or word == ""
  end
  while i <= #value do
    local char = value:sub(i, i)
    local last, written = aside(value, i)
    if last == false then
      return nil
    elseif last then
      raw, bare, i = raw .. written, bare .. " ", last + 1
    elseif char == "<" then
      local close = value:find(">", i, true)
      local address = close and plain_address(value:sub(i + 1, close - 1))
      local behind = address and end_of_mailbox(value, close + 1)
      if not behind then
        return nil
      end
      table.insert(found, { address = address, name = trimmed(bare):lower() })
      raw, bare, i = "", "", behind + 1
    elseif char == "," and bare:find("@", 1, true) then
      if not finish() then
        return nil
      end
      i = i + 1
    else
      raw, bare, i = raw .. char, bare .. char, i + 1
    end
  end
  return finish() and #found > 0 and found or nil
end

-- Of all fields of a name. nil: one can be read in more than one way.
local function all_mailboxes(task, field)
  local result = {}
  for _, value in ipairs(header.fields(task, field)) do
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

return { mailboxes = mailboxes, all_mailboxes = all_mailboxes, misleads = misleads }
