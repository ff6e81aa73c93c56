-- What the guard says of a message: a final result, which no score, no list and no setting of another module takes back.

local MODULE = "mailkeep_guard"

local function later(task, sentence)
  task:set_pre_result({ action = "soft reject", message = sentence, module = MODULE })
end

-- What is refused for good stays so, whoever else would have it wait.
local function refuse(task, sentence)
  task:set_pre_result({ action = "reject", message = sentence, module = MODULE, priority = 100 })
end

local function mark(task, sentence)
  task:set_pre_result({ action = "add header", message = sentence, module = MODULE })
end

return { later = later, refuse = refuse, mark = mark }
