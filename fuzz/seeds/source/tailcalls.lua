local function loop(n, ...) if n == 0 then return ... end return loop(n - 1, n, ...) end
print(loop(50))
local function even(n) if n == 0 then return true end return select("#", n) and (even)(n - 1) end
local t = {m = function(self, ...) return self, ... end}
return even(10), t:m(table.unpack({1, 2, 3})), (loop(3)), {loop(3)}, {loop(3), 1}
