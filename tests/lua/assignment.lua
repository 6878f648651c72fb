-- Assignments: number of values, order of evaluation, conflicts between variables and subscripts (manual 3.3.3).
local function equal(found, ...)
  local wanted = {...}
  for i = 1, math.max(#found, select("#", ...)) do
    if found[i] ~= wanted[i] then
      error(("found %s at %d, wanted %s"):format(found[i], i, wanted[i]), 2)
    end
  end
end

local function three() return 1, 2, 3 end
local function none() end

do -- adjusting to the number of variables
  local a, b, c, d = three()
  equal({a, b, c, d}, 1, 2, 3, nil)
  local e, f = three(), 10
  equal({e, f}, 1, 10)
  local g, h, i, j = 0, three()
  equal({g, h, i, j}, 0, 1, 2, 3)
  local k, l = (three())
  assert(k == 1 and l == nil)
  local m, n = none(), none()
  assert(m == nil and n == nil)
  local o, p, q = none(), 5
  assert(o == nil and p == 5 and q == nil)
  a, b, c, d = 9
  assert(a == 9 and b == nil and c == nil and d == nil)
  a, b = 1, 2, error == nil
  equal({a, b}, 1, 2)
  local order = {}
  local function note(name) order[#order + 1] = name return name end
  a, b = note "x", note "y", note "z", note "w"
  assert(table.concat(order) == "xyzw" and a == "x" and b == "y")
  local function pass(...) return ... end
  a, b, c = pass(1, nil, 3)
  assert(a == 1 and b == nil and c == 3)
  a, b, c = pass(), 2
  assert(a == nil and b == 2 and c == nil)
  local z
  assert(z == nil)
end

do -- swapping and rotating
  local a, b = 1, 2
  a, b = b, a
  equal({a, b}, 2, 1)
  local t = {1, 2, 3}
  t[1], t[2], t[3] = t[3], t[1], t[2]
  equal(t, 3, 1, 2)
  local i = 1
  i, t[i] = i + 1, 20
  assert(i == 2 and t[1] == 20 and t[2] == 1)
  local x, y, z = 1, 2, 3
  x, y, z = z, x, y
  equal({x, y, z}, 3, 1, 2)
  local n = {next = nil, value = 1}
  local list = {value = 0, next = n}
  list, list.next = list.next, nil
  assert(list == n)
end

do
  local a, b = 0, 1
  for _ = 1, 10 do a, b = b, a + b end
  equal({a, b}, 55, 89)
end

do -- a table or key that is itself assigned keeps its value from before
  local a = {}
  local old = a
  a.x, a = 1, {}
  assert(old.x == 1 and a.x == nil)
  local i, t = 1, {}
  t[i], i = "first", 2
  assert(t[1] == "first" and i == 2)
  i, t[i], t[i + 1] = 5, "second", "third"
  assert(i == 5 and t[2] == "second" and t[3] == "third" and t[5] == nil)
  local b = {1}
  local keep = b
  b[1], b = b, 7
  assert(keep[1] == keep and b == 7)
  -- with upvalues and globals in the conflict
  local up, key = {}, "k"
  local function change()
    local before = up
    up[key], up, key = 1, {}, "other"
    return before
  end
  local before = change()
  assert(before.k == 1 and next(up) == nil and key == "other")
  G1, G2 = {}, "k"
  local g = G1
  G1[G2], G1, G2 = 5, nil, nil
  assert(g.k == 5 and G1 == nil and G2 == nil)
  -- a constant index and an integer index in the conflict
  local c = {}
  local old_c = c
  c[1], c.name, c[1.5], c = "a", "b", "c", nil
  assert(old_c[1] == "a" and old_c.name == "b" and old_c[1.5] == "c" and c == nil)
  -- conflict with a parameter
  local function f(p, q) p[q], q, p = q, p, q return p, q end
  local s = {}
  local p, q = f(s, 3)
  assert(p == 3 and q == s and s[3] == 3)
end

do -- all expressions are evaluated before any assignment
  local log = {}
  local function note(name, value)
    log[#log + 1] = name
    return value
  end
  local t = setmetatable({}, {__newindex = function(self, key, value)
    log[#log + 1] = "set " .. key
    rawset(self, key, value)
  end, __index = function(_, key)
    log[#log + 1] = "get " .. key
    return key
  end})
  note("t1", t)[note("k1", "a")], note("t2", t)[note("k2", "b")] = note("v1", 1), note("v2", 2)
  local text = table.concat(log, " ")
  assert(text:find("^t1 k1 t2 k2 v1 v2 set"), text)
  assert(t.a == 1 and t.b == 2)
  log = {}
  t.c, t.d = t.x, t.y
  text = table.concat(log, " ")
  assert(text:find("^get x get y set"), text)
  log = {}
  t.one, t.two, t.three = 1, 2, 3
  assert(#log == 3 and t.one == 1 and t.two == 2 and t.three == 3)
end

do -- local declarations see the outer variable on their right
  local x = 1
  local x = x + 1
  assert(x == 2)
  do
    local x = x * 10
    assert(x == 20)
  end
  assert(x == 2)
  local f = function() return f end
  assert(f() == nil)
  local function g() return g end
  assert(g() == g)
  local a, a = 1, 2
  assert(a == 2)
  local y, z = x, y
  assert(y == 2 and z == nil)
end

do -- errors while assigning leave what was before
  local t = {}
  local ok = pcall(function() t.a, t.b = 1, error("stop") end)
  assert(not ok and next(t) == nil)
  local a, b = 1, 2
  ok = pcall(function() a, b = 10, nil + 1 end)
  assert(not ok and a == 1 and b == 2)
  local message = select(2, pcall(function() local n; n.x = 1 end))
  assert(message:find("attempt to index a nil value (local 'n')", 1, true), message)
end

do -- many targets and many values
  local names, values = {}, {}
  for i = 1, 100 do
    names[i] = "v" .. i
    values[i] = tostring(i)
  end
  local source = "local " .. table.concat(names, ",") .. " = " .. table.concat(values, ",") .. "\n" ..
    table.concat(names, ",") .. " = " .. table.concat(names, ",", 2) .. ",v1\n" ..
    "return " .. table.concat(names, ",")
  local results = {assert(load(source))()}
  assert(#results == 100 and results[1] == 2 and results[99] == 100 and results[100] == 1)
  source = "local t = {} "
  local targets = {}
  for i = 1, 100 do targets[i] = "t[" .. i .. "]" end
  source = source .. table.concat(targets, ",") .. " = " .. table.concat(values, ",", 1, 100) .. " return t"
  local t = assert(load(source))()
  assert(#t == 100 and t[1] == 1 and t[57] == 57)
  -- values of a call spread over many targets
  local f = load("local f = ... local t = {} " .. table.concat(targets, ",") .. " = f(100) return t")
  t = f(function(n)
    local all = {}
    for i = 1, n do all[i] = i * i end
    return table.unpack(all)
  end)
  for i = 1, 100 do assert(t[i] == i * i) end
end

do -- globals are fields of _ENV
  global_name = 5
  assert(_ENV.global_name == 5 and _G.global_name == 5)
  _ENV["global_name"] = nil
  assert(global_name == nil)
  local env = {}
  do
    local _ENV = env
    x, y = 1, 2
    function f() return x end
    function g() x = 10 end
  end
  assert(env.x == 1 and env.y == 2 and env.f() == 1)
  env.g()
  assert(env.x == 10 and x == nil)
  local function with(_ENV) a = b return a end
  assert(with({b = 3}) == 3)
  local _ENV <const> = {z = 4}
  z = z + 1
  local result = z
  _ENV.z = nil
  if result ~= 5 then return end
end

do -- upvalues, nested tables, method results as targets
  local count = 0
  local function step() count = count + 1 return count end
  local t = {}
  t[step()], t[step()], t[step()] = "a", "b", "c"
  assert(t[1] == "a" and t[2] == "b" and t[3] == "c" and count == 3)
  local deep = {a = {b = {c = {}}}}
  deep.a.b.c.d, deep.a.b.e = deep.a, deep.a.b
  assert(deep.a.b.c.d == deep.a and deep.a.b.e == deep.a.b)
  function deep.a.b.f(x) return x end
  function deep.a.b:g(x) return self, x end
  local s, x = deep.a.b:g(4)
  assert(deep.a.b.f(3) == 3 and s == deep.a.b and x == 4)
  local object = {get = function(self) return self end}
  object:get().field = 1
  object:get()["other"], (object).third = 2, 3
  assert(object.field == 1 and object.other == 2 and object.third == 3)
  ;(function() return object end)().fourth = 4
  assert(object.fourth == 4)
end
print "ok"
