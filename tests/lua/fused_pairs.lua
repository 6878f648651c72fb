-- Pairs of instructions that are executed as one (src/bytecode/fused.def): with a hook on, instructions are executed one by one, so the
-- same function must do the same with and without. Operands are of all kinds, so that every second half is also refused.
local operands = {
  "1", "7", "-3", "0", "2.5", "-0.0", "1e308", "math.maxinteger", "math.mininteger", "'10'", "'x'", "nil", "true", "{}",
  "setmetatable({5, 6, 7, n = 3}, {__add = function(a, b) return 'add' end, __mul = function() return 4 end, __len = function() return 9 end, "
    .. "__index = function(t, k) return k == 'm' and 12 or nil end})",
}

-- Each text has the free names a, b, c, t (a table), u (an upvalue) and r.
local texts = {}
local operators = {"+", "-", "*"}
for _, first in ipairs {"a * b", "a + b", "a - b", "a * 3", "t[a]", "t.x", "u"} do
  for _, operator in ipairs(operators) do
    texts[#texts + 1] = "r = (" .. first .. ") " .. operator .. " c"
    texts[#texts + 1] = "r = c " .. operator .. " (" .. first .. ")"
    texts[#texts + 1] = "r = c r = (" .. first .. ") " .. operator .. " r"
  end
end
for text in ([[
r = (a + b) % 7
r = (a * b) % 7
r = (a * 3) % 7
r = c + #t
r = a + b + 1
r = a % 7 + 1
local d = a r = d % 7
r = b ~ (a >> 3)
r = b ~ (a << 3)
r = b ~ (a & 255)
r = (a ~ b) * 3
r = (a >> b) & 255
r = (a >> 3) & 255
r = u * 3
r = u % b
u = a % 7 r = u
u = a ~ b r = u
u = a + b r = u
u = a + 1 r = u
u = b r = u
u = b local d = u r = {d, u}
local d, e = a + b, t[c] r = {d, e}
t[1] = a % 7 r = t
t[1] = a t[2] = b r = t
t[1] = a local d = b + 1 r = {t, d}
t.x = a local d = t.y r = {t, d}
r = (function() return a * 3 end)()
r = f(a % 7)
r = #t + 1
r = #a + 1
r = t.x + 1
r = t.x - 1
r = u + 1
r = u - 1
r = t[a][b]
r = t[1][2]
r = t.inner[a]
r = t.inner.x
local p, q = t[a], t[b] r = {p, q}
local p, q = t.x, t.y r = {p, q}
t[b] = t[a] r = t[b]
r = t[a].x
r = t.inner.inner.x
r = u.x
r = u[a]
r = math.pi
r = string.rep
r = t[a + 1]
r = t[a - 1]
r = t[a + b]
t[a] = b + c r = t[a]
t[a] = b - c r = t[a]
t.x = a + 1 r = t.x
t.x = a t.y = b r = {t.x, t.y}
t.fresh = a t.fresher = b r = {t.fresh, t.fresher}
local p, q = a, b r = {q, p}
r = f(a, b)
r = f(a, 1)
r = f(a, 'k')
r = f(1, 2)
r = f(1, a)
r = f('k', a)
r = f(a)
r = f(u, a)
r = f(u, u)
r = f(u, 1)
r = f(t.x, a)
r = f(a, t.x)
r = f(a, t[b])
r = f(t[a], b)
r = f(a + 1)
r = f(a - 1)
r = f(t[a])
r = o:m(a)
r = o:m('k')
r = o:m()
r = a:m(b)
r = a:m('k')
r = a:m()
r = t:inner()
r = (function() return a + b end)()
r = (function() return a * b end)()
r = (function() return t.x end)()
r = (function() return true end)()
r = (function() return false end)()
if t[a] then r = 1 else r = 2 end
if not t[a] then r = 1 else r = 2 end
if t.x then r = 1 else r = 2 end
if not t.x then r = 1 else r = 2 end
if t.x == a then r = 1 else r = 2 end
if t.x ~= a then r = 1 else r = 2 end
if t.x == 'k' then r = 1 else r = 2 end
if t.x ~= 'k' then r = 1 else r = 2 end
if t[a] < b then r = 1 else r = 2 end
if a % 2 == 1 then r = 1 else r = 2 end
if a % 2 ~= 1 then r = 1 else r = 2 end
r = 0 for i = 1, 5 do r = r + a end
r = 0 for i = 1, 3 do r = r + i end
r = 0 for i = 1.5, 4 do r = r + i end
r = 0 for i = a, b do r = r + 1 if r > 9 then break end end
r = 0 for i = 5, 1, -2 do r = r + 1 end
r = 1 for i = 1, 5 do r = r * 3 end
for i = 1, 5 do t[i] = a end r = t
for i = 1, 5 do t[i] = 7 end r = t
for i = 1, 5 do r = a end
r = 0 for k, v in pairs(t) do r = r + 1 end
r = '' for i, v in ipairs(t) do r = r .. i end
r = 0 for k, v in next, a do r = r + 1 end
r = 0 while r < 3 do r = r + 1 end
r = 0 repeat local s = r r = s + 1 until r > 3
r = 0 while true do if r > 4 then break end r = r + 2 end
r = 0 goto inside ::back:: r = r + 10 ::inside:: r = r + 1 if r < 30 then goto back end
]]):gmatch("[^\n]+") do
  texts[#texts + 1] = text
end

local function show(value, depth)
  if type(value) == "table" and (depth or 0) < 2 then
    local items = {}
    for k, v in next, value do items[#items + 1] = tostring(k) .. "=" .. show(v, (depth or 0) + 1) end
    table.sort(items)
    return "{" .. table.concat(items, ",") .. "}"
  end
  return type(value) == "function" and "function" or type(value) == "table" and "table" or math.type(value) == "float" and ("%a"):format(value)
    or tostring(value)
end

local function outcome(maker, a, b, c)
  local run = maker(a, b, c)
  local good, result = pcall(run)
  return tostring(good) .. " " .. show(result):gsub("0x%x%x%x%x+", "ADDRESS")
end

local function hooked(...)
  debug.sethook(function() end, "", 1)
  local result = outcome(...)
  debug.sethook()
  return result
end

local stride = os.getenv("RILLE_SMALL_TESTS") and 7 or 1 -- (under torture)
local count = 0
for _, text in ipairs(texts) do
  local maker = assert(load(([[
    local a, b, c = ...
    local u, r = a
    local inner = {1, 2, 3, x = 4}
    inner.inner = inner
    local t = {b, {2, 3}, c, x = b, y = c, inner = inner}
    local o = setmetatable({n = 1}, {__index = {m = function(self, x) return self.n, x end}})
    local function f(x, y) return {x, y} end
    local function g(x) return x end
    return function() %s return r end]]):format(text), "=text"))
  for i = 1, #operands, stride do
    local x = operands[i]
    for j = 1, #operands, text:find("%f[%a]b%f[%A]") and stride or #operands do
      local a, b = load("return " .. x), load("return " .. operands[j])
      local c = load("return " .. operands[(i + 2 * j) % #operands + 1])
      local expected = hooked(maker, a(), b(), c())
      -- (the second time, caches are filled)
      for _ = 1, 2 do
        local found = outcome(maker, a(), b(), c())
        assert(found == expected, ("%s with a = %s, b = %s, c = %d: %s, one by one %s"):format(text, x, operands[j], (i + 2 * j) % #operands + 1, found, expected))
      end
      count = count + 1
    end
  end
end
assert(count > 3000 / stride ^ 2)

-- Lines are counted as without pairs, and errors name the second half's operands.
local lines = {}
local function marked(t, i)
  local x = t[i]
    + 1
  local y = x *
    t.n +
    x
  return y
end
debug.sethook(function(_, line) lines[#lines + 1] = line - debug.getinfo(marked, "S").linedefined end, "l")
marked({4, n = 2}, 1)
debug.sethook()
assert(table.concat(lines, " "):find("2 4 3 4 6", 1, true), table.concat(lines, " "))

local function message(f, ...)
  local good, text = pcall(f, ...)
  assert(not good)
  return (text:gsub("^[^:]*:%d+: ", ""))
end
assert(message(function(t) return t.x + 1 end, {}) == "attempt to perform arithmetic on a nil value (field 'x')")
assert(message(function(t, a) return a * 2 + t.x end, {}, 1) == "attempt to perform arithmetic on a nil value (field 'x')")
assert(message(function(t) return t.x.y end, {}) == "attempt to index a nil value (field 'x')")
assert(message(function(t, i) return t[i][1] end, {}, 1) == "attempt to index a nil value (field '?')")
assert(message(function(t, i) return t[i]() end, {}, 1) == "attempt to call a nil value (field '?')")
assert(message(function(t) return t.run() end, {}) == "attempt to call a nil value (field 'run')")
assert(message(function(a, b, c) return a * b + c end, 1, 2, {}) == "attempt to perform arithmetic on a table value (local 'c')")

-- What a function does does not change its chunk.
local function dumped(a, b, t) for i = 1, a do t[i] = a * b + t[i] end return t.x + 1 end
assert(string.dump(load(string.dump(dumped))) == string.dump(dumped))
print "ok"
