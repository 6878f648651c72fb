-- A script of neomutt: its settings read and written, its commands called, its errors caught.
print("in the script", _VERSION)
print(pcall(mutt.get, "no_such_setting"))
print(pcall(mutt.set, "realname", "Lua Person"), mutt.get("realname"))
local names = {}
for name in pairs(mutt) do names[#names + 1] = name end
table.sort(names)
print(table.concat(names, " "))
mutt.enter("set from = 'x@y.z'")
print(mutt.get("from"))
print(pcall(mutt.call, "set", "nope=1"))
mutt.command.set("index_format='%s'")
print(mutt.get("index_format"), math.type(mutt.get("sleep_time")), mutt.get("sort"))
