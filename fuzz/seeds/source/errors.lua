local function deep(n) return n == 0 and error("deep", 2) or 1 + deep(n - 1) end
print(pcall(deep, 50), xpcall(deep, function(m) return m .. "!" end, 3), pcall(error), pcall(error, nil))
local function overflow() return 1 + overflow() end
print(pcall(overflow), pcall(string.rep, "x", 1 << 40), select(2, pcall(function() local t; t.x.y = 1 end)))
print(load("x ="), load("return ...", "=n", "t", {})(5), load(string.dump(function() return 1 end))())
