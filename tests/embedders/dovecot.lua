-- Users of dovecot, looked up by Lua.
local users = {anna = "secret", bob = "tiger"}

function script_init() return 0 end

function auth_passdb_lookup(request)
  if request.user == "broken" then error("the lookup broke") end
  if request.user == "later" then return dovecot.auth.PASSDB_RESULT_INTERNAL_FAILURE, "not now" end
  local password = users[request.user]
  if not password then return dovecot.auth.PASSDB_RESULT_USER_UNKNOWN, "no such user" end
  return dovecot.auth.PASSDB_RESULT_OK, {password = "{PLAIN}" .. password, lua = _VERSION}
end

function auth_userdb_lookup(request)
  if not users[request.user] then return dovecot.auth.USERDB_RESULT_USER_UNKNOWN, "no such user" end
  return dovecot.auth.USERDB_RESULT_OK, string.format("uid=1000 gid=%d home=/home/%s", 1000 + #request.user, request.user)
end

function auth_userdb_iterate()
  local names = {}
  for name in pairs(users) do names[#names + 1] = name end
  table.sort(names)
  return names
end
