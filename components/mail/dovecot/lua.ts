/** The script by which Dovecot asks the directory. Dovecot 2.4 has no HTTP passdb, but Lua with an HTTP client. */
import { UID } from "../../plan/ids.ts";

/** Where the script asks. */
export interface DirectoryScriptArgs {
  /** Where couchmail answers, `http://address:port`. An address: a name would be one more service to wait for. */
  readonly directoryUrl: string;
}

/**
 * `directory.lua`: passdb and userdb over HTTP.
 *
 * 200 is an answer, also when there is no such user: then it says `found=no`. Everything else, and no answer within
 * {@link TIMEOUT}, is a temporary failure: IMAP says `[UNAVAILABLE]`, LMTP 451, and Postfix tries again. So a directory of
 * another version, or whatever else answers at its address, never makes Postfix give mail back. Dovecot itself verifies
 * passwords; the directory hands out the hash.
 */
export function renderDirectoryScript({ directoryUrl }: DirectoryScriptArgs): string {
  return `-- Asks the directory who may log in and where mailboxes are.
local directory = "${directoryUrl}"
local client

function script_init()
  client = dovecot.http.client({
    request_absolute_timeout = "${TIMEOUT}",
    -- A kept connection may have ended since the last question; a second one on a new connection shows whether it was that.
    request_max_attempts = 2,
    -- Shorter than the directory keeps it, so that this side ends it.
    max_idle_time = "30s",
  })
  return 0
end

-- The answer's text, or nil when nobody knows.
local function ask(question, user)
  local url = directory .. question
  if user then
    -- RFC 3986 section 2.1.
    url = url .. "?user=" .. user:gsub("[^%w.-]", function(char) return string.format("%%%02X", char:byte()) end)
  end
  local response = client:request({ url = url, method = "GET" }):submit()
  local status = response:status()
  if status == 200 then return response:payload() end
  dovecot.i_warning("directory: " .. question .. " answered " .. status .. " " .. response:reason())
end

-- What is known of a user, with found as "yes" or "no"; an empty table when nobody knows.
local function entry(question, user)
  local fields, answer = {}, ask(question, user)
  for name, value in (answer or ""):gmatch("(%l+)=([^\\n]*)\\n") do fields[name] = value end
  if answer and not fields.found then
    dovecot.i_error("directory: " .. question .. " gave what cannot be understood")
  end
  return fields
end

function auth_passdb_lookup(request)
  local auth = dovecot.auth
  local known = entry("/dovecot/passdb", request.user)
  if known.found == "no" then return auth.PASSDB_RESULT_USER_UNKNOWN end
  if not (known.found and known.user and known.password) then return auth.PASSDB_RESULT_INTERNAL_FAILURE end
  -- A machine account may submit mail, but has no mailbox to log in to.
  if request.protocol ~= "smtp" and not known.home then return auth.PASSDB_RESULT_USER_UNKNOWN end
  return auth.PASSDB_RESULT_OK, { user = known.user, password = known.password, userdb_home = known.home }
end

function auth_userdb_lookup(request)
  local auth = dovecot.auth
  local known = entry("/dovecot/userdb", request.user)
  if known.found == "no" then return auth.USERDB_RESULT_USER_UNKNOWN end
  if not (known.found and known.user and known.home) then return auth.USERDB_RESULT_INTERNAL_FAILURE end
  return auth.USERDB_RESULT_OK, { user = known.user, home = known.home, uid = "${UID.vmail}", gid = "${UID.vmail}" }
end

-- Dovecot remembers for a moment where a mailbox lies (auth_cache_ttl). A passdb without such a function is asked each time.
function auth_userdb_get_cache_key() return "%{user}" end

-- For jobs that go through all mailboxes.
function auth_userdb_iterate()
  local users = {}
  for user in (ask("/dovecot/users") or error("the directory does not answer")):gmatch("user=([^\\n]*)\\n") do
    users[#users + 1] = user
  end
  return users
end
`;
}

/**
 * The directory answers from its memory, and one that fails is to say so within a second: this is half as long again, so that
 * what it says still arrives. Dovecot answers "temporary" itself for one that says nothing, and no sooner than this.
 */
const TIMEOUT = "1500ms";
