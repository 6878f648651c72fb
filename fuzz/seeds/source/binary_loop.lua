local parts = {}
for i = 1, 300 do parts[i] = "local v" .. i % 50 .. " = " .. i .. ".5" end
local f = load("do " .. table.concat(parts, " end do ") .. " end return 'end'")
local g = load(string.dump(f, true), "g", "b")
return f() == g()
