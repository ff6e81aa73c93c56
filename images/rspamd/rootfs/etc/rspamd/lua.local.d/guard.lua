-- The last guard of a site: what cannot be judged waits (4xx), what must not leave is refused (5xx).
--
--   MAILKEEP_VALKEY    every message: the store must answer
--   MAILKEEP_RESOLVER  every message: the resolver must answer
--   MAILKEEP_SENDER    of a user that is logged in: each From and Sender address is the user's own
--   MAILKEEP_HEADER    every message: no field so long that it would be cut off
--   MAILKEEP_AUTHOR    from elsewhere: one From field, in which no two mail programs read different authors
--   MAILKEEP_SIGNED    of a user or of the site itself: From a hosted domain means signed by it
--   MAILKEEP_DMARC     from elsewhere: the policy of the author's domain holds
--
-- Each is in a file of its own, /usr/share/rspamd/lualib/mailkeep/check_*.lua. All but the last run before every other check, at the
-- highest priority, and set a final result. Settings come from guard.conf.

local rspamd_logger = require "rspamd_logger"
local lua_redis = require "lua_redis"
local lua_util = require "lua_util"
local domains = require "mailkeep/domains"
local stores = require "mailkeep/check_stores"

local N = "mailkeep_guard"
local settings = rspamd_config:get_all_opt(N)
if not settings then
  return
end

-- What the checks know of the site.
local site = {
  redis = lua_redis.parse_redis_server(N),
  resolver_question = settings.resolver_question,
  policy_url = settings.policy_url,
  policy_timeout = settings.policy_timeout,
  -- Domains whose mail leaves signed or not at all, and with which kinds of keys.
  signed = domains.set_of(settings.signed_domains),
  kinds = settings.signatures or { "rsa-sha256" },
  -- Domains by what their owners ask receivers to do with mail that is not theirs.
  refused = domains.set_of(settings.refused_domains),
  marked = domains.set_of(settings.marked_domains),
}
if not site.redis then
  rspamd_logger.errx(rspamd_config, "%s: no redis server is configured; all mail will be deferred", N)
end

local function before_all(name, check, seconds)
  rspamd_config:register_symbol({
    name = name,
    type = "prefilter",
    priority = lua_util.symbols_priorities.top,
    callback = function(task)
      return check(task, site)
    end,
    flags = "empty,explicit_disable",
    augmentations = { string.format("timeout=%f", seconds) },
  })
end

before_all("MAILKEEP_VALKEY", stores.check_valkey, 1.0)
before_all("MAILKEEP_RESOLVER", stores.check_resolver, 3.0)
before_all("MAILKEEP_SENDER", require "mailkeep/check_sender", settings.policy_timeout)
before_all("MAILKEEP_HEADER", require "mailkeep/check_header", 0.1)
before_all("MAILKEEP_AUTHOR", require "mailkeep/check_author", 0.1)
before_all("MAILKEEP_SIGNED", require "mailkeep/check_signed", 0.1)

local check_dmarc = require "mailkeep/check_dmarc"
rspamd_config:register_symbol({
  name = "MAILKEEP_DMARC",
  type = "postfilter",
  priority = lua_util.symbols_priorities.top,
  callback = function(task)
    return check_dmarc(task, site)
  end,
  -- Greylisting comes before it, and must not have wait what is refused.
  flags = "explicit_disable,ignore_passthrough",
})
