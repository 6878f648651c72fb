-- Tables: keys, constructors, borders, next, deletion while iterating (manual 2.1, 3.4.9, 6.1).
local check = dofile("support/check.lua")
local equal, fails = check.equal, check.fails
local MIN, MAX = math.mininteger, math.maxinteger
local function size(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end

do -- keys of every type
  local t = {}
  local keys = {1, -1, 0, 1.5, "s", "", true, false, {}, print, function() end, coroutine.create(print), io.stdout,
    MIN, MAX, math.huge, -math.huge, 2 ^ 53, 2 ^ 63, 1e300, ("long"):rep(50)}
  for i, k in ipairs(keys) do t[k] = i end
  for i, k in ipairs(keys) do equal(t[k], i) end
  equal(size(t), #keys)
  for _, k in ipairs(keys) do t[k] = nil end
  assert(next(t) == nil)
  assert(t[nil] == nil and t[0 / 0] == nil and rawget(t, nil) == nil)
  fails("table index is nil", function() t[nil] = 1 end)
  fails("table index is NaN", function() t[0 / 0] = 1 end)
  fails("table index is nil", function() return {[nil] = 1} end)
  fails("table index is NaN", function() return {[0 / 0] = 1} end)
  fails("table index is nil", rawset, t, nil, 1)
  fails("table index is NaN", rawset, t, 0 / 0, 1)
  fails("table index is nil", function() t[nil] = nil end)
  fails("table index is nil", function() local k; t[k] = 1 end)
end

do -- floats with integer values are integers as keys
  local t = {}
  t[1.0], t[2], t[-3.0], t[2.0 ^ 53] = "a", "b", "c", "d"
  assert(t[1] == "a" and t[2.0] == "b" and t[-3] == "c" and t[1 << 53] == "d")
  for k in pairs(t) do equal(math.type(k), "integer") end
  assert(next({[1.0] = 1}) == 1 and math.type(next {[1.0] = 1}) == "integer")
  t = {[2.0 ^ 63] = "float", [MIN] = "min"}
  assert(t[2.0 ^ 63] == "float" and t[MAX] == nil and t[-(2.0 ^ 63)] == "min" and math.type(next({[2.0 ^ 63] = 1})) == "float")
  t = {}
  t[-0.0] = "zero"
  assert(t[0] == "zero" and t[0.0] == "zero" and math.type(next(t)) == "integer")
  assert(({10, 20, 30})[2.0] == 20 and ({["1"] = "s", [1] = "n"})[1] == "n" and ({["1"] = "s"})[1] == nil)
  t = {}
  t[1.5], t[1] = "x", "y"
  assert(t[1.5] == "x" and t[3 / 2] == "x" and t[1] == "y")
  rawset(t, 7.0, "seven")
  assert(rawget(t, 7) == "seven" and t[7.0] == "seven")
end

do -- extremes of integers
  local t = {}
  t[MAX], t[MIN], t[MAX - 1], t[0], t[-1] = 1, 2, 3, 4, 5
  assert(t[MAX] == 1 and t[MIN] == 2 and t[MAX - 1] == 3 and t[0] == 4 and t[-1] == 5 and #t == 0)
  t[1] = "one"
  equal(#t, 1)
  equal(size(t), 6)
  t = {}
  for i = 0, 62 do t[1 << i] = i end
  for i = 0, 62 do equal(t[1 << i], i) end
  t = {}
  for i = MAX - 100, MAX - 1 do t[i] = i end
  for i = MAX - 100, MAX - 1 do equal(t[i], i) end
  for i = MIN, MIN + 100 do t[i] = i end
  equal(size(t), 201)
  equal(#t, 0)
  t = {[MAX] = "last"}
  assert(next(t) == MAX and next(t, MAX) == nil)
end

do -- constructors
  local function one_two() return 1, 2 end
  local t = {one_two()}
  equal(#t, 2)
  t = {one_two(), one_two()}
  equal(#t, 3)
  t = {(one_two())}
  equal(#t, 1)
  t = {one_two(), x = one_two()}
  assert(#t == 1 and t.x == 1)
  t = {x = 1, one_two()}
  assert(#t == 2 and t.x == 1)
  t = {1, 2; 3, x = 4; ["y z"] = 5, [10] = 6, 7,}
  assert(t[3] == 3 and t.x == 4 and t["y z"] == 5 and t[10] == 6 and t[4] == 7)
  t = {[1] = "key", "item"}
  equal(t[1], "item")
  t = {["a"] = 1, a = 2}
  equal(t.a, 2)
  t = {nil, nil, 3}
  assert(t[3] == 3 and t[1] == nil)
  t = {nil}
  assert(next(t) == nil and #t == 0)
  t = {f = function() return 1 end, {{{}}}, -1, not nil, #"abc", "a" .. "b"}
  assert(t.f() == 1 and t[1][1][1] and t[2] == -1 and t[3] == true and t[4] == 3 and t[5] == "ab")
  local order = {}
  local function note(x) order[#order + 1] = x return x end
  t = {note(1), [note(2)] = note(3), note(4), x = note(5), note(6)}
  equal(table.concat(order), "123456")
  local function varargs(...) return {...}, {n = select("#", ...), ...}, {0, ...} end
  local a, b, c = varargs(1, nil, 3)
  assert(a[3] == 3 and b.n == 3 and b[1] == 1 and c[4] == 3 and c[1] == 0)
  assert(#{n = 5} == 0 and #{[1] = 1, [2] = 2} == 2 and #{[2] = 2, [1] = 1, [3] = 3} == 3)
  -- sizes around the limits of one instruction
  for _, n in ipairs {1, 2, 3, 4, 49, 50, 51, 52, 99, 100, 101, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1000, 5000} do
    local parts = {}
    for i = 1, n do parts[i] = tostring(i * 3) end
    local list = assert(load("return {" .. table.concat(parts, ",") .. "}"))()
    equal(#list, n)
    for i = 1, n do equal(list[i], i * 3) end
    local with_call = assert(load("local f = ... return {" .. table.concat(parts, ",") .. ", f()}"))(one_two)
    equal(#with_call, n + 2)
    assert(with_call[n] == n * 3 and with_call[n + 1] == 1 and with_call[n + 2] == 2)
    for i = 1, n do parts[i] = "k" .. i .. "=" .. i end
    local record = assert(load("return {" .. table.concat(parts, ",") .. "}"))()
    for i = 1, n do equal(record["k" .. i], i) end
    equal(size(record), n)
  end
  local parts = {}
  for i = 1, 130000 do parts[i] = "7" end
  local source = "return {" .. table.concat(parts, ",") .. "}"
  t = assert(load(source))()
  assert(#t == 130000 and t[1] == 7 and t[130000] == 7)
  t = assert(load("local function f(...) return {0, ...} end return f(table.unpack({}, 1, 0))"))()
  equal(#t, 1)
  t = {table.unpack(t, 1, 100000)}
  equal(t[1], 0)
end

do -- length
  local t = {}
  for i = 1, 1000 do
    t[i] = i
    equal(#t, i)
  end
  for i = 1000, 1, -1 do
    equal(#t, i)
    t[i] = nil
  end
  equal(#t, 0)
  for i = 1, 100 do t[#t + 1] = i end
  equal(#t, 100)
  t = {1, 2, 3, nil, 5}
  local n = #t
  assert(t[n] ~= nil and t[n + 1] == nil or n == 0 and t[1] == nil)
  -- any border will do, but a border it must be
  local seed = 42
  for _ = 1, 300 do
    local s = {}
    for _ = 1, 40 do
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      local k = seed // 65536 % 64 + 1
      if seed & 4096 == 0 then s[k] = nil else s[k] = k end
      local b = #s
      assert((b == 0 or s[b] ~= nil) and s[b + 1] == nil, b)
    end
  end
  assert(#{} == 0 and #{n = 1} == 0 and #{[0] = 1} == 0 and #{[-1] = 1} == 0 and #{[1.5] = 1} == 0)
  local filled = {}
  for i = 100, 1, -1 do filled[i] = i end
  equal(#filled, 100)
  filled = {}
  for i = 1, 100, 2 do filled[i] = i end
  for i = 2, 100, 2 do filled[i] = i end
  equal(#filled, 100)
  equal(rawlen {1, 2}, 2)
  equal(rawlen "abc", 3)
end

do -- next and pairs
  equal(next {}, nil)
  local t = {10, 20, 30, x = 1, y = 2, [1.5] = 3, [true] = 4}
  local seen, n = {}, 0
  local k, v = next(t)
  while k ~= nil do
    assert(seen[k] == nil and t[k] == v)
    seen[k] = v
    n = n + 1
    k, v = next(t, k)
  end
  equal(n, 7)
  -- the same order every time
  local first, second = {}, {}
  for key in pairs(t) do first[#first + 1] = tostring(key) end
  for key in next, t do second[#second + 1] = tostring(key) end
  equal(table.concat(first, " "), table.concat(second, " "))
  -- array items come in order, first
  local order = {}
  for key in pairs {"a", "b", "c", "d"} do order[#order + 1] = key end
  equal(table.concat(order), "1234")
  -- unlike everywhere else, a float is not taken for the integer key it equals
  fails("invalid key to 'next'", next, {10, 20}, 1.0)
  fails("invalid key to 'next'", next, {}, "missing")
  fails("invalid key to 'next'", next, {1, 2}, 5)
  fails("invalid key to 'next'", next, {}, 0 / 0)
  fails("bad argument #1 to 'next' (table expected, got no value)", next)
  fails("bad argument #1 to 'next' (table expected, got string)", next, "x")
  assert(select("#", next({}, nil)) == 1 and select("#", next {1}) == 2)
  local f, s, c = pairs(t)
  assert(f == next and s == t and c == nil and select("#", pairs(t)) == 3)
  fails("bad argument #1 to 'pairs' (value expected)", pairs)
  -- any value passes here; the iterator complains
  assert(select(2, pairs(5)) == 5)
  fails("bad argument #1 to 'for iterator' (table expected, got number)", function() for _ in pairs(5) do end end)
  fails("bad argument #1 to 'for iterator' (table expected, got nil)", function() for _ in pairs(nil) do end end)
  -- ipairs stops at the first nil and needs no table
  f, s, c = ipairs(t)
  assert(type(f) == "function" and s == t and c == 0)
  n = 0
  for i, x in ipairs {1, 2, nil, 4} do n = n + x end
  equal(n, 3)
  n = 0
  for i, x in ipairs(setmetatable({}, {__index = function(_, i) if i <= 5 then return i * i end end})) do n = n + x end
  equal(n, 55)
  for i in ipairs "text" do error() end
  fails("bad argument #1 to 'ipairs' (value expected)", ipairs)
end

do -- changing and clearing fields while walking
  for _, count in ipairs {1, 5, 10, 100, 1000} do
    local t = {}
    for i = 1, count do t[i], t["k" .. i], t[i + 0.5] = i, i, i end
    local n = 0
    for k, v in pairs(t) do
      t[k] = v + 1
      n = n + 1
    end
    equal(n, 3 * count)
    for i = 1, count do assert(t[i] == i + 1 and t["k" .. i] == i + 1 and t[i + 0.5] == i + 1) end
    n = 0
    for k in pairs(t) do
      t[k] = nil
      n = n + 1
      if n % 10 == 0 then collectgarbage("step") end
    end
    equal(n, 3 * count)
    equal(next(t), nil)
  end
  local t = {}
  for i = 1, 200 do t[{}] = i t["s" .. i] = i end
  local n = 0
  for k in pairs(t) do
    t[k] = nil
    collectgarbage("step", 0)
    n = n + 1
  end
  equal(n, 400)
  -- clearing other fields than the current one
  t = {}
  for i = 1, 100 do t["a" .. i], t["b" .. i] = 1, 1 end
  n = 0
  for k in pairs(t) do
    t[(k:sub(1, 1) == "a" and "b" or "a") .. k:sub(2)] = nil
    n = n + 1
  end
  equal(n, 100)
end

do -- growth, deletion and reuse keep everything
  local t, shadow, count = {}, {}, 0
  local seed = 1
  for _ = 1, 20000 do
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    local r = seed >> 8
    local k = r % 3 == 0 and r % 97 or r % 3 == 1 and "k" .. r % 89 or r % 101 + 0.25
    if seed & 64 == 0 then t[k], shadow[tostring(k)] = nil, nil else t[k], shadow[tostring(k)] = r, r end
  end
  for k, v in pairs(t) do
    equal(shadow[tostring(k)], v)
    count = count + 1
  end
  equal(count, size(shadow))
  -- a queue: fill at one end, clear at the other
  local queue, head, tail = {}, 1, 0
  for i = 1, 50000 do
    tail = tail + 1
    queue[tail] = i
    if i > 100 then
      equal(queue[head], head)
      queue[head] = nil
      head = head + 1
    end
  end
  equal(size(queue), 100)
  -- array part and hash part change roles
  local m = {}
  for i = 1000, 1, -1 do m[i] = i end
  for i = 1, 1000 do equal(m[i], i) end
  for i = 1, 999 do m[i] = nil end
  assert(m[1000] == 1000 and size(m) == 1)
  for i = 1, 100 do m["x" .. i] = i end
  assert(m[1000] == 1000 and m.x50 == 50 and size(m) == 101)
  -- negative and sparse
  local s = {}
  for i = -1000, 1000, 7 do s[i] = i end
  for i = -1000, 1000 do equal(s[i], (i + 1000) % 7 == 0 and i or nil) end
  for i = 1, 300 do s[i * 1000000007] = i end
  for i = 1, 300 do equal(s[i * 1000000007], i) end
  -- keys that differ in high bits only
  local h = {}
  for i = 1, 500 do h[i << 40] = i h[i * 1e15 + 0.5] = -i end
  for i = 1, 500 do equal(h[i << 40], i) end
end

do -- values of all kinds in one array
  local t = {}
  for i = 1, 300 do
    t[i] = i % 6 == 0 and i or i % 6 == 1 and i + 0.5 or i % 6 == 2 and "s" .. i or i % 6 == 3 and {i} or i % 6 == 4 or false
  end
  for i = 1, 300 do
    local v = t[i]
    if i % 6 == 0 then equal(v, i) elseif i % 6 == 1 then equal(v, i + 0.5) elseif i % 6 == 2 then equal(v, "s" .. i)
    elseif i % 6 == 3 then equal(v[1], i) elseif i % 6 == 4 then equal(v, true) else equal(v, false) end
  end
  equal(#t, 300)
  local ints = {}
  for i = 1, 100 do ints[i] = i end
  ints[50] = 1.5
  ints[51] = "x"
  ints[52] = nil
  assert(ints[50] == 1.5 and ints[51] == "x" and ints[52] == nil and ints[49] == 49 and math.type(ints[53]) == "integer")
  local floats = {1.0, 2.0}
  floats[1] = 1
  assert(math.type(floats[1]) == "integer" and math.type(floats[2]) == "float")
end

do -- identity, raw access, equality
  local a, b = {}, {}
  assert(a ~= b and a == a and not rawequal(a, b) and rawequal(a, a) and {} ~= {})
  local t = setmetatable({}, {__index = function() return 1 end, __newindex = function() end})
  assert(t.x == 1 and rawget(t, "x") == nil)
  t.x = 5
  assert(rawget(t, "x") == nil and rawset(t, "x", 6) == t and t.x == 6)
  fails("bad argument #1 to 'rawget' (table expected, got string)", rawget, "x", 1)
  fails("bad argument #1 to 'rawset' (table expected, got nil)", rawset, nil, 1, 2)
  fails("bad argument #1 to 'rawlen' (table or string expected, got number)", rawlen, 5)
  fails("bad argument #3 to 'rawset' (value expected)", rawset, {}, 1)
  fails("bad argument #2 to 'rawequal' (value expected)", rawequal, 1)
  local self = {}
  self[self] = self
  self.self = self
  assert(self[self] == self and self.self.self[self].self == self)
end
print "ok"
