-- Runs inside lighttpd (mod_magnet) for every request.
local count = (lighty.c and 1 or 1)
local r = lighty.r or nil
local path = lighty.env and lighty.env["uri.path"] or "/"
local words = {}
for word in path:gmatch("%a+") do words[#words + 1] = word:upper() end
table.sort(words)
if path == "/error" then error("in the script") end
local co = coroutine.wrap(function(n) for i = 1, n do coroutine.yield(i * i) end end)
lighty.header["Content-Type"] = "text/plain"
lighty.content = {("%s %s %d %q\n"):format(_VERSION, table.concat(words, "-"), co(3) + co() + co(), 0.1)}
return 200
