local mt = {}
for _, name in ipairs { "add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "concat" } do
  mt["__" .. name] = function(a, b) return name end
end
mt.__unm = function() return 1 end; mt.__bnot = mt.__unm; mt.__len = mt.__unm
mt.__eq = function() return true end; mt.__lt = mt.__eq; mt.__le = mt.__eq
mt.__index = function(t, k) return k end; mt.__newindex = rawset
mt.__call = function(self, ...) return select("#", ...), ... end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
local r = { a + 1, 2 - a, a * b, a / 2, a % 3, 2 ^ a, a // 1, a & 1, 1 | a, a ~ b, a << 1, 1 >> a, a .. "x", "x" .. a,
  -a, ~a, #a, a == b, a < b, a <= 1, a > 2, a.field, a[1], a["long key that is no short string at all, really not"], a(1, 2, 3) }
a.x = 1; a[2] = 2
return table.unpack(r)
