-- lua-system: clocks, sleeping, the environment.
local system = require("system")
local function names(t) local list = {} for k, v in pairs(t) do list[#list + 1] = k .. ":" .. type(v) end table.sort(list) return table.concat(list, " ") end
print(names(system))
local before = system.gettime()
local start = system.monotime()
system.sleep(0.02)
local elapsed = system.monotime() - start
print(elapsed >= 0.019 and elapsed < 5, system.gettime() >= before, math.abs(system.gettime() - os.time()) < 5)
print(math.type(system.gettime()), pcall(system.sleep, "x"), system.sleep(0))
print("ok")
