-- Fields that instructions remember: the same code with tables of other layouts, changed metatables, removed fields.

local function get(t) return t.x end
local function set(t, v) t.x = v end
local function call(t) return t:m() end

-- the same instruction, other layouts; the answer depends on the table alone
do
  local makers = {
    function() return {x = 1} end, function() return {y = 0, x = 2} end, function() return {} end,
    function() local t = {} t.y = 1 t.x = 3 return t end, function() return {a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, x = 4} end,
    function() return {10, 20, x = 5} end, function() local t = {} t["x"] = 6 return t end,
    function() local t = {x = 7, y = 8} t.x = nil return t end,
    function() local t = {x = 7, y = 8} t.x = nil t.x = 9 return t end,
    function() return setmetatable({}, {__index = {x = 10}}) end,
    function() return setmetatable({y = 1}, {__index = function() return 11 end}) end,
    function() return setmetatable({x = 12}, {__index = {x = 13}}) end,
  }
  local expected = {1, 2, nil, 3, 4, 5, 6, nil, 9, 10, 11, 12}
  for round = 1, 30 do
    for i, make in ipairs(makers) do
      local t = make()
      assert(get(t) == expected[i])
      set(t, round)
      assert(get(t) == round and rawget(t, "x") == round)
      set(t, nil)
      assert(rawget(t, "x") == nil)
    end
  end
end

-- removed and added again, seen by next
do
  for round = 1, 20 do
    local t = {a = 1, b = 2, c = 3}
    t.b = nil
    local names = {}
    for k, v in pairs(t) do names[#names + 1] = k .. v end
    table.sort(names)
    assert(table.concat(names, " ") == "a1 c3")
    t.b = 4
    t.d = 5
    t["e" .. round] = 6
    local count, sum = 0, 0
    for _, v in pairs(t) do count, sum = count + 1, sum + v end
    assert(count == 5 and sum == 19)
    for k in pairs(t) do t[k] = nil end
    assert(next(t) == nil)
    t.a = 7
    assert(next(t) == "a" and next(t, "a") == nil)
  end
end

-- fields changed and cleared while they are walked
do
  for round = 1, 20 do
    local t = {1, 2, 3, x = 1, y = 2, z = 3}
    t["k" .. round] = 4
    local seen = 0
    for k in pairs(t) do
      seen = seen + 1
      if seen % 2 == 0 then t[k] = nil else t[k] = seen end
    end
    assert(seen == 7)
  end
  local ok, message = pcall(next, {x = 1}, "y")
  assert(not ok and message == "invalid key to 'next'")
end

-- __newindex that appears after an instruction has learned to add
do
  local log = {}
  local function add(t) t.fresh = 1 end
  for i = 1, 5 do
    local t = {old = i}
    if i == 4 then setmetatable(t, {__newindex = function(_, k, v) log[#log + 1] = k .. v end}) end
    add(t)
    assert(rawget(t, "fresh") == (i ~= 4 and 1 or nil))
  end
  assert(#log == 1 and log[1] == "fresh1")
end

-- a metatable that gains and loses events after it was used; one that is a record itself
do
  local meta = {name = "m"}
  local t = setmetatable({}, meta)
  for _ = 1, 3 do assert(get(t) == nil) end
  meta.__index = {x = 5}
  for _ = 1, 3 do assert(get(t) == 5) end
  meta.__index = function(_, k) return k .. "!" end
  assert(get(t) == "x!")
  meta.__index = nil
  assert(get(t) == nil)
  rawset(meta, "__index", {x = 6})
  assert(get(t) == 6)
  meta.__len = function() return 42 end
  assert(#t == 42)
  meta.__len = nil
  assert(#t == 0)
  meta.__call = function(_, a) return a end
  assert(t(9) == 9)
  meta.__eq = function() return true end
  assert(t == setmetatable({}, meta))
end

-- methods replaced, overridden, moved to another class
do
  local A = {m = function() return "A" end}
  A.__index = A
  local B = setmetatable({}, A)
  B.__index = B
  local o = setmetatable({field = 1}, B)
  assert(call(o) == "A" and call(o) == "A")
  function B:m() return "B" end
  assert(call(o) == "B")
  o.m = function() return "own" end
  assert(call(o) == "own")
  o.m = nil
  assert(call(o) == "B")
  B.m = nil
  assert(call(o) == "A")
  A.m = nil
  local ok, message = pcall(call, o)
  assert(not ok and message:find("attempt to call a nil value (method 'm')", 1, true))
  setmetatable(o, {__index = {m = function() return "C" end}})
  assert(call(o) == "C")
  assert(("x"):rep(3) == "xxx" and not pcall(call, "text"))
end

-- a construction site learns, its tables are right before and after
do
  local function object(i)
    local self = {}
    self.a = i
    self.b = i + 1
    self.c = i + 2
    self.d = i + 3
    self.e = i + 4
    return self
  end
  for i = 1, 50 do
    local o = object(i)
    assert(o.a + o.b + o.c + o.d + o.e == 5 * i + 10)
    o[i] = "array"
    o["s" .. i] = "hash"
    assert(o[i] == "array" and o["s" .. i] == "hash")
    local count = 0
    for _ in pairs(o) do count = count + 1 end
    assert(count == 7)
  end
end

-- more fields than a record has slots, by constant and by computed names
do
  for round = 1, 5 do
    local t = {a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7}
    t.h = 8 t.i = 9 t.j = 10 t.k = 11
    for i = 1, 20 do t["n" .. i] = i end
    t.a, t.i, t.n5 = nil, nil, nil
    t.a, t.i, t.n5 = 100, 900, 500
    assert(t.a == 100 and t.i == 900 and t.n5 == 500 and t.h == 8 and t.k == 11)
    local count = 0
    for _ in pairs(t) do count = count + 1 end
    assert(count == 31)
  end
end

-- arrays that begin inside their table grow, shrink, get holes
do
  for n = 0, 40 do
    local t = {n, n + 1, n + 2}
    for i = 4, n do t[i] = i end
    assert(#t == math.max(3, n))
    for i = #t, 1, -1 do t[i] = nil end
    assert(#t == 0 and next(t) == nil)
    t[1] = "again"
    assert(#t == 1)
  end
  local t = {1, 2, 3, nil, 5}
  assert(t[5] == 5 and t[4] == nil)
  t[100] = 1
  assert(t[5] == 5 and t[100] == 1)
end

-- weak records
do
  local weak = setmetatable({kept = nil, lost = nil}, {__mode = "v"})
  local anchor = {}
  weak.kept, weak.lost, weak.text = anchor, {}, "text"
  collectgarbage()
  assert(weak.kept == anchor and weak.lost == nil and weak.text == "text")
  local keys = setmetatable({field = {}}, {__mode = "k"})
  keys[{}] = 1
  collectgarbage()
  assert(type(keys.field) == "table")
  local count = 0
  for _ in pairs(keys) do count = count + 1 end
  assert(count == 1)
end

-- records live through collections in the middle of being made
do
  local list = {}
  for i = 1, 2000 do
    local o = {first = {i}, second = tostring(i)}
    o.third = {i}
    list[i % 100 + 1] = o
    if i % 500 == 0 then collectgarbage() end
  end
  for i = 1, 100 do assert(list[i].first[1] == list[i].third[1]) end
end

-- code with caches survives being dumped and loaded
do
  local f = load(string.dump(function(t) t.a = t.b t.c = {} t.c.d = 1 return t.a, t.c.d end))
  for _ = 1, 3 do
    local a, d = f({b = 5})
    assert(a == 5 and d == 1)
  end
end

-- a method of the class's is not remembered for the objects of a shape that has a field of that name
do
  local C = {n = function() return "class" end}
  C.__index = C
  local own, lost, bare = setmetatable({n = function() return "own" end}, C), setmetatable({n = 2}, C), setmetatable({}, C)
  local function n(t) return t:n() end
  lost.n = nil
  for _ = 1, 3 do
    for _, order in ipairs {{lost, bare, own}, {own, lost, own}, {bare, own, lost}} do
      for _, object in ipairs(order) do assert(n(object) == (object == own and "own" or "class")) end
    end
  end
end

-- methods of strings: a metatable without __index, and one that is also a table's
do
  local strings = getmetatable("")
  local shared = {}
  local object = setmetatable({}, shared)
  debug.setmetatable("", shared)
  local fine, message = pcall(call, "text")
  assert(not fine and strings.__index.find(message, "attempt to index a string value (local 't')", 1, true))
  shared.__index = {m = function() return "shared" end}
  assert(call(object) == "shared" and call("text") == "shared" and call(object) == "shared")
  shared.__index = {}
  assert(not pcall(call, "text") and not pcall(call, object))
  debug.setmetatable("", strings)
  assert(not pcall(call, "text") and ("x"):rep(2) == "xx")
end

print "ok"
