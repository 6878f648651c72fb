local t = {1, 2, 3, nil, 5; x = 1, ["y z"] = 2, [10] = 3, [1.5] = 4, f = function(self) return self.x end}
t[#t + 1] = t:f()
for i = 1, 100 do t[i] = i; t["k" .. i] = -i end
for k in pairs(t) do t[k] = nil end
table.sort({3, 1, 2}, function(a, b) return a > b end)
local weak = setmetatable({}, {__mode = "kv"})
weak[{}] = 1; weak[1] = {}
collectgarbage(); collectgarbage("step", 1)
table.insert(t, 1, 0); table.remove(t); table.move({1, 2, 3}, 1, 3, 2, t)
return next(t), rawlen(t), select(-1, table.unpack({1, 2, 3}))
