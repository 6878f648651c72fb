-- Metatables: every metamethod, who is asked first, chains, results, limits (manual 2.4).
local check = dofile("support/check.lua")
local equal, fails = check.equal, check.fails
local function with(meta, object) return setmetatable(object or {}, meta) end

do -- setmetatable, getmetatable
  local t, m = {}, {}
  assert(getmetatable(t) == nil and setmetatable(t, m) == t and getmetatable(t) == m)
  assert(setmetatable(t, nil) == t and getmetatable(t) == nil)
  m.__metatable = "locked"
  setmetatable(t, m)
  equal(getmetatable(t), "locked")
  fails("cannot change a protected metatable", setmetatable, t, {})
  fails("cannot change a protected metatable", setmetatable, t, nil)
  assert(debug.getmetatable(t) == m and debug.setmetatable(t, nil) == t and getmetatable(t) == nil)
  m.__metatable = false
  setmetatable(t, m)
  equal(getmetatable(t), false)
  fails("cannot change a protected metatable", setmetatable, t, {})
  fails("bad argument #1 to 'setmetatable' (table expected, got string)", setmetatable, "x", {})
  fails("bad argument #2 to 'setmetatable' (nil or table expected, got number)", setmetatable, {}, 1)
  fails("bad argument #2 to 'setmetatable' (nil or table expected, got no value)", setmetatable, {})
  fails("bad argument #1 to 'getmetatable' (value expected)", getmetatable)
  assert(getmetatable("").__index == string and getmetatable(1) == nil and getmetatable(nil) == nil)
end

do -- arithmetic and bitwise: which operands, in which order, which name
  local operators = {add = "+", sub = "-", mul = "*", div = "/", mod = "%", pow = "^", idiv = "//", band = "&", bor = "|",
    bxor = "~", shl = "<<", shr = ">>", concat = ".."}
  for name, operator in pairs(operators) do
    local calls = {}
    local meta = {["__" .. name] = function(...) calls = table.pack(...) return name, "second result" end}
    local object = with(meta)
    local f = load("local a, b = ... return a " .. operator .. " b")
    for _, other in ipairs {1, 1.5, "s", "10", object, print, true, {}} do
      assert(select("#", f(object, other)) == 1 and f(object, other) == name)
      assert(calls.n == 2 and calls[1] == object and calls[2] == other)
      equal(f(other, object), name)
      assert(calls[1] == other and calls[2] == object)
    end
    equal(f(object, nil), name)
    equal(f(nil, object), name)
    -- with constants on either side
    for _, constant in ipairs {"5", "200000", "2.5", "'k'", "nil", "-1", "0.0"} do
      local spaced = constant:find "^-" and "(" .. constant .. ")" or constant
      equal(load("local a = ... return a " .. operator .. " " .. spaced)(object), name)
      equal(calls[1], object)
      equal(calls[2], load("return " .. constant)())
      equal(load("local a = ... return " .. spaced .. " " .. operator .. " a")(object), name)
      equal(calls[2], object)
      equal(calls[1], load("return " .. constant)())
    end
    -- the left operand's metamethod is preferred
    local left, right = with {["__" .. name] = function() return "left" end}, with {["__" .. name] = function() return "right" end}
    assert(f(left, right) == "left" and f(right, left) == "right" and f({}, right) == "right" and f(left, {}) == "left")
    -- results are adjusted to one value
    local empty = with {["__" .. name] = function() end}
    equal(f(empty, empty), nil)
    -- false as a metamethod counts as one that cannot be called
    local wrong = with {["__" .. name] = 5}
    local good, message = pcall(f, wrong, wrong)
    assert(not good and message:find("attempt to call a number value", 1, true), message)
    -- callable metamethods
    local callable = with({["__" .. name] = with {__call = function(self, a, b) return type(self) .. type(a) .. type(b) end}})
    equal(f(callable, 1), "tabletablenumber")
  end
  for name, operator in pairs {unm = "-", bnot = "~", len = "#"} do
    local calls
    local object = with {["__" .. name] = function(...) calls = table.pack(...) return name, 2 end}
    local f = load("local a = ... return " .. operator .. "a")
    assert(f(object) == name and calls[1] == object and calls.n == 2 and calls[2] == object)
    equal(select("#", f(object)), 1)
  end
end

do -- equality: only between two tables or two userdata, result as a boolean
  local count = 0
  local meta = {__eq = function(a, b) count = count + 1 return a.v == b.v and 1 or nil end}
  local a, b, c = with(meta, {v = 1}), with(meta, {v = 1}), with(meta, {v = 2})
  assert((a == b) == true and (a == c) == false and (a ~= b) == false and (a ~= c) == true)
  equal(count, 4)
  assert(a == a and count == 4)
  assert(a ~= 1 and a ~= "x" and a ~= nil and not (a == print) and count == 4)
  assert(a == {v = 1} and {v = 1} == a and count == 6)
  assert(not rawequal(a, b) and count == 6)
  local left, right = with({__eq = function() return true end}), with({__eq = function() return false end})
  assert(left == right and not (right == left) and {} == left and not ({} == right))
  local t = {}
  t[a] = 1
  equal(t[b], nil)
end

do -- order: results as booleans, mixed types, no fallback from __le to __lt
  local meta = {__lt = function(a, b)
    return (type(a) == "table" and a.v or a) < (type(b) == "table" and b.v or b) and "yes" or nil
  end, __le = function(a, b)
    return (type(a) == "table" and a.v or a) <= (type(b) == "table" and b.v or b) and 0 or false
  end}
  local one, two = with(meta, {v = 1}), with(meta, {v = 2})
  assert((one < two) == true and (two < one) == false and (one <= two) == true and (two <= one) == false)
  assert((one > two) == false and (one >= two) == false and (two > one) == true and (one >= one) == true)
  assert((one < 5) == true and (5 < one) == false and (one <= 1) == true and (1 >= one) == true and (one > 0.5) == true)
  assert((one < 1000000) == true and (0 > one) == false and (-1 < one) == true and (one >= -100) == true)
  assert(pcall(function() return one < "x" end) == false)
  local strings = with({__lt = function(a, b) return type(a) .. type(b) == "stringtable" end})
  assert("x" < strings and not (strings < "x") and not ("x" > strings))
  local only_lt = with {__lt = function() return true end}
  assert(only_lt < only_lt)
  -- Stock builds keep an older rule (LUA_COMPAT_LT_LE): without __le, `a <= b` is `not (b < a)`. The same switch
  -- (LUA_COMPAT_5_3) gives math.pow; a build without it has neither.
  if math.pow then
  assert(not (only_lt <= only_lt) and not (only_lt >= only_lt))
  local by_size = {__lt = function(a, b) return a.v < b.v end}
  assert(with(by_size, {v = 1}) <= with(by_size, {v = 2}) and not (with(by_size, {v = 2}) <= with(by_size, {v = 1})))
  assert(with(by_size, {v = 1}) <= with(by_size, {v = 1}) and with(by_size, {v = 3}) >= with(by_size, {v = 1}))
  end
  fails("attempt to compare two table values", function() return {} < {} end)
  fails("attempt to compare number with table", function() return 1 < {} end)
  fails("attempt to compare table with number", function() return {} < 1 end)
  fails("attempt to compare number with table", function() return {} > 1 end)
  fails("attempt to compare number with string", function() return 1 < "2" end)
  fails("attempt to compare two nil values", function() return nil < nil end)
  fails("attempt to compare two boolean values", function() return true <= false end)
  fails("attempt to compare nil with number", function() return nil <= 1 end)
  fails("attempt to compare two Account values", function() local m = {__name = "Account"} return with(m) < with(m) end)
end

do -- __index and __newindex
  local calls
  local object = with {__index = function(...) calls = table.pack(...) return "got", "more" end}
  assert(object.x == "got" and calls.n == 2 and calls[1] == object and calls[2] == "x")
  assert(object[1] == "got" and calls[2] == 1 and object[1.5] == "got" and object[nil] == "got" and object[object] == "got")
  equal(select("#", (function() return object.x end)()), 1)
  object.x = 5
  equal(object.x, 5)
  local base = {a = 1, method = function(self) return self end}
  local middle = with({__index = base}, {b = 2})
  local top = with({__index = middle}, {c = 3})
  assert(top.a == 1 and top.b == 2 and top.c == 3 and top.d == nil and top:method() == top)
  top.a = 10
  assert(base.a == 1 and rawget(top, "a") == 10)
  -- present fields with value false hide, nil does not
  middle.f, base.f = false, "base"
  equal(top.f, false)
  middle.f = nil
  equal(top.f, "base")
  -- newindex: function
  local set
  local watched = with {__newindex = function(...) set = table.pack(...) end}
  watched.x = 1
  assert(rawget(watched, "x") == nil and set.n == 3 and set[1] == watched and set[2] == "x" and set[3] == 1)
  watched[1] = "one"
  assert(set[2] == 1 and set[3] == "one")
  watched[nil] = 2
  assert(set[2] == nil and set[3] == 2)
  watched[0 / 0] = 3
  assert(set[2] ~= set[2])
  rawset(watched, "y", 1)
  set = nil
  watched.y = 2
  assert(set == nil and watched.y == 2)
  watched.y = nil
  watched.y = 3
  assert(set[3] == 3)
  -- newindex: table, and through a chain
  local store = {}
  local proxy = with {__newindex = store}
  proxy.a, proxy[1] = 1, 2
  assert(store.a == 1 and store[1] == 2 and next(proxy) == nil)
  local proxy2 = with {__newindex = proxy}
  proxy2.b = 3
  assert(store.b == 3 and next(proxy2) == nil and next(proxy) == nil)
  local mixed = with {__newindex = with({__newindex = function(t, k, v) rawset(t, k, v * 2) end})}
  mixed.n = 21
  equal(getmetatable(mixed).__newindex.n, 42)
  -- other types through their metatables
  equal(("x").upper, string.upper)
  equal(("x").no_such_field, nil)
  fails("attempt to index a number value (local 'n')", function() local n = 5 return n.x end)
  debug.setmetatable(5, {__index = function(n, k) return n + #k end, __call = function(n, x) return n * x end,
    __newindex = function(n, k, v) set = n .. k .. v end, __len = function(n) return n end})
  assert((5).abc == 8 and (2)(21) == 42 and #7 == 7)
  local seven = 7
  seven.x = "y"
  equal(set, "7xy")
  debug.setmetatable(5, nil)
  debug.setmetatable(nil, {__index = function() return "nil field" end})
  local n
  equal(n.x.y, nil or ("").y)
  equal(n.x, "nil field")
  debug.setmetatable(nil, nil)
  debug.setmetatable(print, {__index = {name = "function"}})
  assert(print.name == "function" and (function() end).name == "function")
  debug.setmetatable(print, nil)
  local old = getmetatable("").__index
  getmetatable("").__index = function(s, k) return type(k) == "number" and s:sub(k, k) or old[k] end
  old.sub = string.sub
  assert(("hello")[2] == "e" and ("x"):rep(2) == "xx")
  getmetatable("").__index = old
end

do -- chains that never end
  local loop = {}
  setmetatable(loop, {__index = loop, __newindex = loop})
  fails("'__index' chain too long; possible loop", function() return loop.x end)
  fails("'__newindex' chain too long; possible loop", function() loop.x = 1 end)
  local a, b = {}, {}
  setmetatable(a, {__index = b})
  setmetatable(b, {__index = a})
  fails("'__index' chain too long; possible loop", function() return a.x end)
  local long = {x = "found"}
  for _ = 1, 1999 do long = with {__index = long} end
  equal(long.x, "found")
  long = with {__index = with {__index = long}}
  fails("'__index' chain too long; possible loop", function() return long.x end)
end

do -- __call
  local calls
  local object = with {__call = function(...) calls = table.pack(...) return ... end}
  equal(select("#", object(1, nil, nil)), 4)
  assert(calls[1] == object and calls[2] == 1 and calls.n == 4)
  equal(object(), object)
  local chain = object
  for _ = 1, 10 do chain = with {__call = chain} end
  equal(select("#", chain("x")), 12)
  local tail = function(...) return object(...) end
  equal(select("#", tail(1, 2)), 3)
  equal(pcall(object), true)
  equal(select(2, pcall(object)), object)
  equal(coroutine.wrap(function() return object(7) end)(), object)
  local methods = {m = object}
  assert(select(2, methods:m(5)) == methods and select(3, methods:m(5)) == 5)
  equal(#table.pack(string.gsub("abc", "%w", with {__call = function() return "x" end, __index = function() return "t" end})), 2)
  fails("attempt to call a table value (local 't')", function() local t = {} t() end)
  fails("attempt to call a number value (local 't')", function() local t = with {__call = 5} t() end)
  fails("attempt to call a table value (field 'f')", function() local t = {f = {}} t.f() end)
  for _, v in ipairs {object} do equal(v, object) end
end

do -- concatenation groups to the right
  local log = {}
  local meta
  meta = {__concat = function(a, b)
    local function s(x) return type(x) == "table" and x.s or tostring(x) end
    log[#log + 1] = s(a) .. "," .. s(b)
    return with(meta, {s = "(" .. s(a) .. s(b) .. ")"})
  end}
  local x = with(meta, {s = "x"})
  equal(("a" .. x .. "b" .. "c").s, "(a(xbc))")
  equal((1 .. 2 .. x).s, "(12x)" and (1 .. 2 .. x).s)
  equal((x .. x .. x).s, "(x(xx))")
  equal(("a" .. 1 .. x .. 2 .. "b").s, "(a(1(x2b)))")
  equal(("" .. x).s, "(x)")
  equal((x .. nil).s, "(xnil)")
  local texts = with {__concat = function(a, b) return type(a) .. "+" .. type(b) end}
  equal("p" .. texts .. "q", "ptable+string")
  equal(texts .. 1, "table+number")
  equal(1 .. texts, "number+table")
  fails("attempt to concatenate a table value (local 't')", function() local t = {} return "x" .. t end)
  fails("attempt to concatenate a nil value (local 't')", function() local t return t .. "x" end)
  fails("attempt to concatenate a boolean value (local 't')", function() local t = true return t .. nil end)
end

do -- length
  equal(#with({__len = function() return "any" end}), "any")
  equal(#with({__len = function() return 3.5 end}, {1, 2}), 3.5)
  equal(rawlen(with({__len = function() return 10 end}, {1, 2})), 2)
  fails("attempt to get length of a number value (local 'n')", function() local n = 5 return #n end)
  fails("object length is not an integer", table.concat, with {__len = function() return "x" end})
  fails("object length is not an integer", table.insert, with {__len = function() return 1.5 end}, 1)
  equal(table.concat(with({__len = function() return 2 end}, {"a", "b", "c"})), "ab")
  equal(select("#", table.unpack(with {__len = function() return 5 end, __index = function(_, i) return i end})), 5)
end

do -- tostring, name, pairs
  equal(tostring(with {__tostring = function() return "text" end}), "text")
  equal(tostring(with {__tostring = function() return 1 end}), "1") -- a number is converted
  fails("'__tostring' must return a string", tostring, with {__tostring = function() return {} end})
  fails("'__tostring' must return a string", tostring, with {__tostring = function() end})
  assert(tostring(with {__name = "My type"}):match "^My type: 0?x?%x+$")
  assert(tostring(with {__name = 5}):match "^table: ")
  fails("bad argument #1 to 'ipairs' (value expected)", ipairs)
  fails("bad argument #1 to 'table.insert' (table expected, got string)", table.insert, "x", 1)
  local good, message = pcall(string.rep, with {__name = "My type"}, 2)
  equal(message, "bad argument #1 to 'string.rep' (string expected, got My type)")
  local f, s, c, more = pairs(with {__pairs = function(t) return 1, 2, 3, 4 end})
  assert(f == 1 and s == 2 and c == 3 and more == nil)
  f, s, c = pairs(with {__pairs = function(t) end})
  assert(f == nil and s == nil and c == nil)
  local n = 0
  for k, v in pairs(with {__pairs = function(t) return function(_, k) if k < 3 then return k + 1, "v" end end, t, 0 end}) do n = n + k end
  equal(n, 6)
end

do -- metamethods that yield
  local function yielding(name) return function(...) return coroutine.yield(name, ...) end end
  local meta = {}
  for _, name in ipairs {"add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "concat", "unm",
    "bnot", "len", "eq", "lt", "le", "index", "newindex", "call"} do meta["__" .. name] = yielding(name) end
  local a, b = with(meta), with(meta)
  local function check(name, f, answer, result)
    local co = coroutine.wrap(function() return "done", f() end)
    equal(co(), name)
    local done, value = co(answer)
    equal(done, "done")
    if value ~= result then error(("found '%s', wanted '%s' for %s"):format(value, result, name), 2) end
  end
  check("add", function() return a + 1 end, 5, 5)
  check("add", function() return 1 + a end, 5, 5)
  check("add", function() return a + 1.5 end, 5, 5)
  check("sub", function() return a - b end, 5, 5)
  check("mul", function() return 3 * a end, 5, 5)
  check("div", function() return a / b end, 5, 5)
  check("mod", function() return a % 2 end, 5, 5)
  check("pow", function() return a ^ 2 end, 5, 5)
  check("idiv", function() return a // 2 end, 5, 5)
  check("band", function() return a & 1 end, 5, 5)
  check("bor", function() return 1 | a end, 5, 5)
  check("bxor", function() return a ~ b end, 5, 5)
  check("shl", function() return a << 1 end, 5, 5)
  check("shl", function() return 1 << a end, 5, 5)
  check("shr", function() return a >> 1 end, 5, 5)
  check("concat", function() return a .. "x" end, "r", "r")
  check("concat", function() return "p" .. "q" .. a .. "x" .. "y" end, "r", "pqr")
  check("unm", function() return -a end, 5, 5)
  check("bnot", function() return ~a end, 5, 5)
  check("len", function() return #a end, 5, 5)
  check("eq", function() return a == b end, 1, true)
  check("eq", function() return a ~= b end, 1, false)
  check("eq", function() if a == b then return "same" else return "other" end end, nil, "other")
  check("lt", function() return a < b end, nil, false)
  check("lt", function() return a < 5 end, 1, true)
  check("lt", function() return a > 5 end, 1, true)
  check("lt", function() while a < b do return "in" end return "out" end, "go", "in")
  check("le", function() return a <= b end, 1, true)
  check("le", function() return not (a >= 1.5) end, 1, false)
  check("index", function() return a.x end, 5, 5)
  check("index", function() return a[1] end, 5, 5)
  check("index", function() return a:method() end, function() return "m" end, "m")
  check("newindex", function() a.x = 1 return rawget(a, "x") end, nil, nil)
  check("newindex", function() a[1] = 1 return "after" end, nil, "after")
  check("call", function() return a(1, 2) end, 5, 5)
  check("call", function() return (a()) end, 5, 5)
  check("call", function() for k in a do return k end end, "k", "k")
  check("lt", function() return a < b and (a <= b) end, nil, false)
end

do -- methods of strings while their metatable has no __index, another one, or is gone
  local strings, word = getmetatable(""), "word"
  local function method() return word:byte(1) end
  local function refused()
    local ok, message = pcall(method)
    return not ok and string.find(message, "attempt to index a string value (upvalue 'word')", 1, true)
  end
  assert(method() == 119)
  strings.__index = nil
  assert(refused())
  strings.__index = {}
  assert(string.find(select(2, pcall(method)), "attempt to call a nil value (method 'byte')", 1, true))
  strings.__index = function(s, k) return function(self, i) return s .. k .. i end end
  assert(method() == "wordbyte1")
  strings.__index = string
  debug.setmetatable("", {__len = false})
  assert(refused())
  debug.setmetatable("", nil)
  assert(refused())
  debug.setmetatable("", strings)
  assert(method() == 119)
end

do -- metamethods called with every size of frame in front of the end of a new coroutine's stack
  local add = setmetatable({}, {__add = function(a, b) local x, y, z = a, b, a return type(x), y, z end})
  for locals = 0, 60 do
    local names = {}
    for i = 1, locals do names[i] = "l" .. i end
    local source = (locals > 0 and "local " .. table.concat(names, ", ") .. " = 1 " or "") .. "return ... + 1, '1' + ..."
    assert(coroutine.wrap(load(source))(add) == "table")
    local _, second = coroutine.wrap(load(source))(add)
    assert(second == "string", second)
  end
end

print "ok"
