-- Every message: the store must answer, or limits and greylisting would be skipped; and the resolver, or SPF, DKIM and DMARC
-- would say nothing true.

local rspamd_logger = require "rspamd_logger"
local lua_redis = require "lua_redis"
local answers = require "mailkeep/answers"

local N = "mailkeep_guard"

local function check_valkey(task, site)
  local sentence = "The filter's memory does not answer; please try again later"
  local function answered(err, data)
    if err or tostring(data) ~= "PONG" then
      rspamd_logger.errx(task, "%s: valkey: %s", N, err or data)
      answers.later(task, sentence)
    end
  end
  if not site.redis or not lua_redis.redis_make_request(task, site.redis, nil, true, answered, "PING", {}) then
    answers.later(task, sentence)
  end
end

-- What a resolver that works may say of a name that is not there.
local NOT_THERE = { ["no records with this name"] = true, ["requested record is not found"] = true }

local function check_resolver(task, site)
  local sentence = "The resolver does not answer; please try again later"
  local asked = task:get_resolver():resolve_a({
    task = task,
    name = site.resolver_question,
    forced = true,
    callback = function(_, _, _, err)
      if err and not NOT_THERE[err] then
        rspamd_logger.errx(task, "%s: resolver: %s", N, err)
        answers.later(task, sentence)
      end
    end,
  })
  if not asked then
    answers.later(task, sentence)
  end
end

return { check_valkey = check_valkey, check_resolver = check_resolver }
