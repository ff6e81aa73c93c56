-- Sets of domains, and the names below them.

local function set_of(list)
  local set = {}
  for _, one in ipairs(list or {}) do
    set[one:lower()] = true
  end
  return set
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

local function domain_of(address)
  return address:match("@([^@]+)$")
end

return { set_of = set_of, domain_in = domain_in, domain_of = domain_of }
