-- The basic library: every function with its results, borders and errors (manual 6.1).
local check = dofile("support/check.lua")
local show, gives, equal, fails = check.show, check.gives, check.equal, check.fails
local interpreter = arg and arg[-1]
local MIN, MAX = math.mininteger, math.maxinteger
-- What a child interpreter writes, both streams, with the exit code.
local function child(code, options)
  local pipe = assert(io.popen(("'%s' %s - 2>&1 <<'END_OF_CODE'\n%s\nEND_OF_CODE\n"):format(interpreter, options or "",
    code)))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return (text:gsub("\n$", "")), status
end
local file_name <const> = os.tmpname()
local cleaner <close> = setmetatable({}, {__close = function() os.remove(file_name) end})
local function put(text)
  local file = assert(io.open(file_name, "wb"))
  file:write(text):close()
end

do -- what is there
  local names = {}
  for name, value in pairs(_G) do if type(value) == "function" then names[#names + 1] = name end end
  table.sort(names)
  equal(table.concat(names, " "), "assert collectgarbage dofile error getmetatable ipairs load loadfile " ..
    "next pairs pcall print " ..
    "rawequal rawget rawlen rawset require select setmetatable tonumber tostring type warn xpcall")
  equal(_VERSION, "Lua 5.4")
  equal(_G._G, _G)
  equal(_ENV, _G)
end

do -- assert
  gives("1 nil 3", assert(1, nil, 3))
  gives("text", assert "text")
  gives("0", assert(0))
  gives(" ", assert("", ""))
  fails("assertion failed!", assert, false)
  fails("assertion failed!", assert, nil)
  fails("nil", assert, nil, nil)
  fails("message", assert, false, "message")
  fails("message", assert, false, "message", "more")
  fails("false", assert, nil, false)
  fails("42", assert, false, 42)
  local object = {}
  local good, value = pcall(assert, false, object)
  assert(not good and value == object)
  good, value = pcall(assert, false, 42)
  equal(math.type(value), "integer")
  good, value = pcall(function() assert(false, "at") end)
  assert(not good and value:find "at$")
  fails("bad argument #1 to 'assert' (value expected)", assert)
end

do -- error: levels and values
  local function raise(...) error(...) end
  local function middle(...) raise(...) end
  local function line() return debug.getinfo(2, "l").currentline end
  local here = debug.getinfo(1, "S").short_src
  local raise_line, middle_line = debug.getinfo(raise, "S").linedefined, debug.getinfo(middle, "S").linedefined
  local function message(...) return (select(2, pcall(middle, ...))) end
  local function at(where, text) return ("%s:%d: %s"):format(here, where, text) end
  equal(message "m", at(raise_line, "m"))
  equal(message("m", 1), at(raise_line, "m"))
  equal(message("m", nil), at(raise_line, "m"))
  equal(message("m", 2), at(middle_line, "m"))
  equal(message("m", 3), "m") -- pcall has no lines
  equal(message("m", 4), at(debug.getinfo(message, "S").linedefined, "m"))
  equal(message("m", 0), "m")
  equal(message("m", -1), "m")
  equal(message("m", 1000), "m")
  equal(message("m", "2"), at(middle_line, "m"))
  equal(message(nil), nil)
  equal(message(), nil)
  equal(message(42), 42)
  equal(message(42, 2), 42)
  equal(message(true), true)
  equal(message("", 1), at(raise_line, ""))
  equal(message("a\0b"), at(raise_line, "a\0b"))
  local object = setmetatable({}, {__tostring = error})
  equal(message(object), object)
  equal(select("#", pcall(error)), 2)
  equal(select(2, pcall(error, "m")), "m")
  equal(line(), debug.getinfo(1, "l").currentline)
  fails("bad argument #2 to 'error' (number expected, got string)", error, "m", "x")
  fails("bad argument #2 to 'error' (number has no integer representation)", error, "m", 1.5)
  -- a tail call has no place
  local function tail(text) return error(text, 2) end
  assert(select(2, pcall(function() tail "t" end)):find "t$")
end

do -- collectgarbage
  gives("0", collectgarbage())
  gives("0", collectgarbage "collect")
  gives("0", collectgarbage(nil))
  local count = collectgarbage "count"
  assert(math.type(count) == "float" and count > 1 and count * 1024 % 1 == 0)
  gives("true", collectgarbage "isrunning")
  gives("0", collectgarbage "stop")
  gives("false", collectgarbage "isrunning")
  gives("0", collectgarbage "stop")
  gives("0", collectgarbage "restart")
  gives("true", collectgarbage "isrunning")
  -- the command starts in generational mode
  gives("generational", collectgarbage "incremental")
  equal(type(collectgarbage "step"), "boolean")
  equal(type(collectgarbage("step", 0)), "boolean")
  gives("true", collectgarbage("step", 1000000))
  local steps = 0
  repeat steps = steps + 1 until collectgarbage("step", 1) or steps > 100000
  assert(steps <= 100000)
  gives("incremental", collectgarbage "incremental")
  gives("incremental", collectgarbage "generational")
  equal(type(collectgarbage("step", 1)), "boolean")
  gives("generational", collectgarbage "generational")
  gives("generational", collectgarbage("incremental", 100, 200, 10))
  gives("incremental", collectgarbage("generational", 10, 50))
  gives("generational", collectgarbage "incremental")
  local pause = collectgarbage("setpause", 150)
  equal(collectgarbage("setpause", pause), 150 // 4 * 4)
  local multiplier = collectgarbage("setstepmul", 200)
  equal(collectgarbage("setstepmul", multiplier), 200)
  equal(math.type(pause), "integer")
  fails("bad argument #1 to 'collectgarbage' (invalid option 'x')", collectgarbage, "x")
  fails("bad argument #1 to 'collectgarbage' (invalid option '')", collectgarbage, "")
  fails("bad argument #1 to 'collectgarbage' (string expected, got table)", collectgarbage, {})
  fails("bad argument #2 to 'collectgarbage' (number expected, got string)", collectgarbage, "step", "x")
  fails("bad argument #2 to 'collectgarbage' (number has no integer representation)", collectgarbage, "setpause", 1.5)
  -- memory comes back
  local before = collectgarbage "count"
  do
    local waste = {}
    for i = 1, 10000 do waste[i] = {i} end
    assert(collectgarbage "count" > before + 100)
  end
  collectgarbage()
  assert(collectgarbage "count" < before + 100)
  -- in a finalizer everything is refused
  local answers
  setmetatable({}, {__gc = function()
    answers = show(collectgarbage(), collectgarbage "step", collectgarbage "count", collectgarbage "isrunning",
      collectgarbage "generational", collectgarbage "stop", collectgarbage("setpause", 5))
  end})
  collectgarbage()
  equal(answers, "nil nil nil nil nil nil nil")
end

do -- print: __tostring, __name, separators
  equal(child "print()", "")
  equal(child "print(1, 2.0, nil, true, 'x')", "1\t2.0\tnil\ttrue\tx")
  equal(child "print('a\\0b', '')", "a\0b\t")
  equal(child "print(setmetatable({}, {__tostring = function() return 'TS' end}))", "TS")
  assert(child "print(setmetatable({}, {__name = 'My.Type'}))":find "^My%.Type: 0x%x+$")
  equal(child "print(setmetatable({}, {__tostring = function() return 1 end}))", "1") -- numbers are good too
  equal(child "print(pcall(print, setmetatable({}, {__tostring = function() return {} end})))",
    "false\t'__tostring' must return a string")
  equal(child "tostring = nil print(1)", "1") -- the global tostring is not used
end

do -- tostring
  equal(tostring(nil), "nil")
  equal(tostring(true), "true")
  equal(tostring(false), "false")
  equal(tostring(12), "12")
  equal(tostring(-0.0), "-0.0")
  equal(tostring(1e15), "1e+15")
  equal(tostring(1e14), "1e+14")
  equal(tostring(123456789012345.0), "1.2345678901234e+14")
  equal(tostring(2.0 ^ 53), "9.007199254741e+15")
  equal(tostring(0.1), "0.1")
  equal(tostring(1 / 0), "inf")
  equal(tostring(-1 / 0), "-inf")
  assert(tostring(0 / 0):find "^%-?nan$")
  equal(tostring(MIN), "-9223372036854775808")
  equal(tostring "text", "text")
  assert(tostring({}):find "^table: 0x%x+$")
  assert(tostring(print):find "^function: 0x%x+$")
  assert(tostring(function() end):find "^function: 0x%x+$")
  assert(tostring(coroutine.create(print)):find "^thread: 0x%x+$")
  assert(tostring(io.stdout):find "^file %(0x%x+%)$")
  local t = {}
  equal(tostring(t), tostring(t))
  equal(tostring(t), ("table: %p"):format(t))
  equal(tostring(setmetatable({}, {__tostring = function() return "x", "y" end})), "x")
  assert(tostring(setmetatable({}, {__name = "N"})):find "^N: 0x%x+$")
  assert(tostring(setmetatable({}, {__name = 5})):find "^table: 0x%x+$") -- only a string counts
  equal(tostring(setmetatable({}, {__tostring = function(self) return getmetatable(self).__name end, __name = "N"})),
    "N")
  fails("'__tostring' must return a string", tostring, setmetatable({}, {__tostring = function() return {} end}))
  fails("'__tostring' must return a string", tostring, setmetatable({}, {__tostring = function() end}))
  fails("'__tostring' must return a string", tostring, setmetatable({}, {__tostring = function() return true end}))
  fails("in it", tostring, setmetatable({}, {__tostring = function() error("in it", 0) end}))
  fails("bad argument #1 to 'tostring' (value expected)", tostring)
  debug.setmetatable(1, {__tostring = function(n) return "number" .. n // 1 end})
  equal(tostring(5), "number5")
  debug.setmetatable(1, nil)
  debug.setmetatable(nil, {__name = "NIL"})
  assert(tostring(nil):find "^nil$")
  debug.setmetatable(nil, nil)
end

do -- type
  for name, value in pairs {number = 1, string = "", boolean = false, table = {}, ["function"] = print,
    thread = coroutine.create(print),
                            userdata = io.stdout} do
    equal(type(value), name)
  end
  equal(type(nil), "nil")
  equal(type(setmetatable({}, {__name = "N", __type = "T"})), "table")
  equal(type(1.5, 2), "number")
  fails("bad argument #1 to 'type' (value expected)", type)
end

do -- tonumber without a base
  local function number(text) return show(tonumber(text)) end
  equal(number(12), "12")
  equal(number(-0.0), "-0.0")
  equal(number "12", "12")
  equal(number "  12\t\n\v\f\r", "12")
  equal(number "+12", "12")
  equal(number "-12", "-12")
  equal(number "1e2", "100.0")
  equal(number "1E-2", "0.01")
  equal(number ".5", "0.5")
  equal(number "5.", "5.0")
  equal(number "0x10", "16")
  equal(number "-0XA", "-10")
  equal(number "0x.8", "0.5")
  equal(number "0xA.", "10.0")
  equal(number "0x1p4", "16.0")
  equal(number "0x1P-1", "0.5")
  equal(number "9223372036854775807", "9223372036854775807")
  equal(number "9223372036854775808", "9.2233720368548e+18")
  equal(number "-9223372036854775808", "-9223372036854775808")
  equal(number "-9223372036854775809", "-9.2233720368548e+18")
  equal(number "0xffffffffffffffffff", "-1")
  equal(number "1e309", "inf")
  equal(number "0x1p5000", "inf")
  equal(number "1e-400", "0.0")
  equal(number("1" .. ("0"):rep(300)), "1e+300")
  equal(number(("0"):rep(1000) .. "1"), "1")
  equal(number("0." .. ("0"):rep(500) .. "1"), "0.0")
  for _, text in ipairs {"", " ", "-", "+", "--1", "+-1", "- 1", "1 2", "1x", "x", "0x", "-0x", "0xg", "0x.", "0x.p1",
    "0x1p", "0x1p+", ".",
                         "1e", "1e+", "e1", ".e1", "1.2.3", "1..", "inf", "nan", "-inf", "INF", "NaN", "infinity",
                           "1\0", "\0001", "1,5",
                         "1_000", "0b1", "0o7", "1f", "1L", "1d", "0x1p1.5", "1e1.5", "１", "true", "nil", "1 \0",
                           "\xA01"} do
    equal(tonumber(text), nil)
  end
  equal(tonumber(nil), nil)
  equal(tonumber {}, nil)
  equal(tonumber(true), nil)
  equal(tonumber(print), nil)
  equal(tonumber("10", nil), 10)
  equal(select("#", tonumber "x"), 1)
  fails("bad argument #1 to 'tonumber' (value expected)", tonumber)
end

do -- tonumber with a base
  equal(tonumber("10", 2), 2)
  equal(tonumber("ff", 16), 255)
  equal(tonumber("FF", 16), 255)
  equal(tonumber("zz", 36), 35 * 36 + 35)
  equal(tonumber("  -7f \n", 16), -127)
  equal(tonumber("-0", 10), 0)
  equal(math.type(tonumber("10", 10)), "integer")
  equal(tonumber("7", 8), 7)
  equal(tonumber("8", 8), nil)
  equal(tonumber("2", 2), nil)
  equal(tonumber("1.0", 10), nil)
  equal(tonumber("1e1", 10), nil)
  equal(tonumber("1e1", 16), 0x1e1)
  equal(tonumber("0x10", 16), nil)
  equal(tonumber("0x10", 36), ((0 * 36 + 33) * 36 + 1) * 36)
  equal(tonumber("", 10), nil)
  equal(tonumber(" ", 10), nil)
  equal(tonumber("-", 10), nil)
  equal(tonumber("+5", 10), 5)
  equal(tonumber("- 5", 10), nil)
  equal(tonumber("1 1", 2), nil)
  equal(tonumber("1\0", 2), nil)
  equal(tonumber("1\0" .. "1", 2), nil)
  equal(tonumber(("1"):rep(64), 2), -1)
  equal(tonumber(("f"):rep(16), 16), -1)
  equal(tonumber("7fffffffffffffff", 16), MAX)
  equal(tonumber("-8000000000000000", 16), MIN)
  equal(tonumber("18446744073709551617", 10), 1) -- wraps
  equal(tonumber("é", 36), nil)
  equal(tonumber("1_", 10), nil)
  for base = 2, 36 do
    equal(tonumber("10", base), base)
    equal(tonumber("-100", base), -base * base)
    local digit = ("0123456789abcdefghijklmnopqrstuvwxyz"):sub(base, base)
    equal(tonumber(digit, base), base - 1)
    equal(tonumber(digit:upper(), base), base - 1)
    if base < 36 then equal(tonumber(("0123456789abcdefghijklmnopqrstuvwxyz"):sub(base + 1, base + 1), base), nil) end
  end
  fails("bad argument #2 to 'tonumber' (base out of range)", tonumber, "1", 1)
  fails("bad argument #2 to 'tonumber' (base out of range)", tonumber, "1", 37)
  fails("bad argument #2 to 'tonumber' (base out of range)", tonumber, "1", 0)
  fails("bad argument #2 to 'tonumber' (base out of range)", tonumber, "1", MIN)
  fails("bad argument #2 to 'tonumber' (number has no integer representation)", tonumber, "1", 2.5)
  fails("bad argument #2 to 'tonumber' (number expected, got string)", tonumber, "1", "x")
  fails("bad argument #1 to 'tonumber' (string expected, got number)", tonumber, 10, 10)
  fails("bad argument #1 to 'tonumber' (string expected, got nil)", tonumber, nil, 10)
  fails("bad argument #1 to 'tonumber' (string expected, got table)", tonumber, {}, 99)
end

do -- ipairs, pairs, next
  local f, t, i = ipairs {10, 20, nil, 40}
  equal(type(f), "function")
  gives("0 1 10", i, f(t, i))
  local n = 0
  for k, v in ipairs {10, 20, nil, 40} do n = n + k * v end
  equal(n, 50)
  local list = {}
  for k, v in ipairs(setmetatable({1}, {__index = function(_, k) if k <= 3 then return k * 10 end end})) do
    list[k] = v end
  equal(table.concat(list, " "), "1 20 30")
  for _ in ipairs "abc" do error "never" end
  equal(ipairs {}, ipairs {1})
  gives(tostring(MIN), f({[MIN] = nil}, MAX) == nil and MIN) -- the index wraps
  gives(MIN .. " x", f({[MIN] = "x"}, MAX))
  gives("2 y", f({1, "y"}, "1"))
  fails("attempt to index a nil value", function() for _ in ipairs(nil, 1) do end end)
end

do -- ipairs, pairs, next: errors
  fails("bad argument #1 to 'ipairs' (value expected)", ipairs)
  fails("attempt to index a nil value", function() for _ in ipairs(nil) do end end)
  local f = ipairs(5)
  fails("attempt to index a number value", f, 5, 0)
  fails("bad argument #2 to '?' (number expected, got no value)", f, {})
  fails("bad argument #1 to 'pairs' (value expected)", pairs)
  fails("bad argument #1 to 'for iterator' (table expected, got nil)", function() for _ in pairs(nil) do end end)
  fails("bad argument #1 to 'for iterator' (table expected, got number)", function() for _ in pairs(5) do end end)
  fails("bad argument #1 to 'next' (table expected, got no value)", next)
  fails("bad argument #1 to 'next' (table expected, got string)", next, "x")
  fails("invalid key to 'next'", next, {}, 1)
  fails("invalid key to 'next'", next, {1, 2, 3}, 4)
  fails("invalid key to 'next'", next, {1, 2, 3}, 0)
  fails("invalid key to 'next'", next, {a = 1}, "b")
  fails("invalid key to 'next'", next, {}, 0 / 0)
  gives("nil", next {})
  gives("1 x", next {"x"})
  gives("nil", next({"x"}, 1))
  gives("nil", next({}, nil))
  gives("a b", next {a = "b"})
  local t = {1, 2, 3, a = 4, [1.5] = 5}
  local n, k, v = 0, next(t)
  while k ~= nil do
    n = n + v
    k, v = next(t, k)
  end
  equal(n, 15)
  -- a float is not the integer of the same value here
  fails("invalid key to 'next'", next, {1, 2}, 1.0)
  local f1, t1, k1 = pairs(t)
  assert(f1 == next and t1 == t and k1 == nil)
  equal(select("#", pairs(t)), 3)
end

do -- __pairs
  local t = setmetatable({}, {__pairs = function(...)
    equal(select("#", ...), 1)
    return function(s, k) if k < 3 then return k + 1, s end end, "state", 0
  end})
  local list = {}
  for k, v in pairs(t) do list[#list + 1] = k .. v end
  equal(table.concat(list, " "), "1state 2state 3state")
  gives("1 2 3", pairs(setmetatable({}, {__pairs = function() return 1, 2, 3, 4, 5 end})))
  gives("nil nil nil", pairs(setmetatable({}, {__pairs = function() end})))
  fails("attempt to call a number value", pairs, setmetatable({}, {__pairs = 1}))
  -- yields are let through
  local co = coroutine.wrap(function() return pairs(setmetatable({}, {__pairs = function()
    local got = coroutine.yield "yielded"
    return got, 2, 3
  end})) end)
  equal(co(), "yielded")
  gives("back 2 3", co "back")
  -- for any type that has it
  debug.setmetatable(5, {__pairs = function(n) return function(_, k) if k < n then return k + 1 end end, nil, 0 end})
  local sum = 0
  for i in pairs(4) do sum = sum + i end
  equal(sum, 10)
  debug.setmetatable(5, nil)
end

do -- raw access
  local t = setmetatable({1, 2, x = "y"}, {__index = function() return "indexed" end, __newindex = error,
    __len = function() return 99 end,
    __eq = function() return true end})
  equal(rawget(t, "x"), "y")
  equal(rawget(t, "z"), nil)
  equal(rawget(t, 1.0), 1)
  equal(rawget(t, nil), nil)
  equal(rawget(t, 0 / 0), nil)
  equal(rawset(t, "z", 5), t)
  equal(rawget(t, "z"), 5)
  equal(rawset(t, "z", nil), t)
  equal(rawget(t, "z"), nil)
  equal(rawlen(t), 2)
  equal(rawlen "abc\0", 4)
  equal(rawlen {}, 0)
  equal(rawequal(t, t), true)
  equal(rawequal(t, setmetatable({}, getmetatable(t))), false)
  equal(rawequal(1, 1.0), true)
  equal(rawequal("a", "a"), true)
  equal(rawequal(("x"):rep(100), ("x"):rep(100)), true)
  equal(rawequal(0 / 0, 0 / 0), false)
  equal(rawequal(nil, nil), true)
  equal(rawequal(nil, false), false)
  equal(rawequal("1", 1), false)
  fails("bad argument #1 to 'rawget' (table expected, got no value)", rawget)
  fails("bad argument #1 to 'rawget' (table expected, got string)", rawget, "x", 1)
  fails("bad argument #2 to 'rawget' (value expected)", rawget, {})
  fails("bad argument #1 to 'rawset' (table expected, got nil)", rawset, nil, 1, 2)
  fails("bad argument #2 to 'rawset' (value expected)", rawset, {})
  fails("bad argument #3 to 'rawset' (value expected)", rawset, {}, 1)
  fails("table index is nil", rawset, {}, nil, 1)
  fails("table index is NaN", rawset, {}, 0 / 0, 1)
  fails("bad argument #1 to 'rawlen' (table or string expected, got number)", rawlen, 5)
  fails("bad argument #1 to 'rawlen' (table or string expected, got no value)", rawlen)
  fails("bad argument #1 to 'rawequal' (value expected)", rawequal)
  fails("bad argument #2 to 'rawequal' (value expected)", rawequal, 1)
end

do -- select
  equal(select("#"), 0)
  equal(select("#", nil), 1)
  equal(select("#", nil, nil, nil), 3)
  equal(select("#x", 1, 2), 2) -- only the first byte counts
  gives("b c", select(2, "a", "b", "c"))
  gives("c", select(-1, "a", "b", "c"))
  gives("a b c", select(-3, "a", "b", "c"))
  gives("", select(4, "a", "b", "c"))
  gives("", select(5, "a", "b", "c"))
  gives("", select(MAX, "a"))
  gives("", select(1))
  gives("b", select("2", "a", "b"))
  gives("b", select(2.0, "a", "b"))
  gives("nil", select(2, "a", nil))
  fails("bad argument #1 to 'select' (index out of range)", select, 0)
  fails("bad argument #1 to 'select' (index out of range)", select, 0, 1)
  fails("bad argument #1 to 'select' (index out of range)", select, -1)
  fails("bad argument #1 to 'select' (index out of range)", select, -4, "a", "b", "c")
  fails("bad argument #1 to 'select' (index out of range)", select, MIN, 1)
  fails("bad argument #1 to 'select' (number expected, got no value)", select)
  fails("bad argument #1 to 'select' (number expected, got string)", select, "x")
  fails("bad argument #1 to 'select' (number expected, got nil)", select, nil)
  fails("bad argument #1 to 'select' (number has no integer representation)", select, 1.5)
  equal(select("#", table.unpack({}, 1, 5000)), 5000)
  equal((select(-1, table.unpack({[5000] = "end"}, 1, 5000))), "end")
end

do -- getmetatable, setmetatable
  local t, meta = {}, {}
  equal(getmetatable(t), nil)
  equal(setmetatable(t, meta), t)
  equal(getmetatable(t), meta)
  equal(setmetatable(t, nil), t)
  equal(getmetatable(t), nil)
  equal(getmetatable("").__index, string)
  equal(getmetatable(1), nil)
  equal(getmetatable(nil), nil)
  meta.__metatable = "hidden"
  setmetatable(t, meta)
  equal(getmetatable(t), "hidden")
  fails("cannot change a protected metatable", setmetatable, t, {})
  fails("cannot change a protected metatable", setmetatable, t, nil)
  meta.__metatable = false
  equal(getmetatable(t), false)
  fails("cannot change a protected metatable", setmetatable, t, {})
  meta.__metatable = nil
  equal(setmetatable(t, nil), t)
  setmetatable(t, setmetatable({}, {__index = {__metatable = "inherited"}})) -- read raw
  equal(type(getmetatable(t)), "table")
  fails("bad argument #1 to 'setmetatable' (table expected, got no value)", setmetatable)
  fails("bad argument #1 to 'setmetatable' (table expected, got string)", setmetatable, "x", {})
  fails("bad argument #1 to 'setmetatable' (table expected, got nil)", setmetatable, nil, {})
  fails("bad argument #2 to 'setmetatable' (nil or table expected, got no value)", setmetatable, {})
  fails("bad argument #2 to 'setmetatable' (nil or table expected, got number)", setmetatable, {}, 5)
  fails("bad argument #1 to 'getmetatable' (value expected)", getmetatable)
end

do -- pcall, xpcall
  gives("true", pcall(function() end))
  gives("true 1 nil 3", pcall(function(...) return ... end, 1, nil, 3))
  gives("false e", pcall(error, "e", 0))
  gives("false nil", pcall(error))
  gives("false attempt to call a nil value", pcall(nil))
  gives("false attempt to call a number value", pcall(5))
  gives("false attempt to call a table value", pcall({}))
  gives("true called 1", pcall(setmetatable({}, {__call = function(_, x) return "called", x end}), 1))
  gives("true true true x", pcall(pcall, pcall, function() return "x" end))
  gives("true false e", pcall(pcall, error, "e"))
  fails("bad argument #1 to 'pcall' (value expected)", pcall)
  gives("true a b", xpcall(function(...) return ... end, error, "a", "b"))
  gives("false handled e", xpcall(error, function(m) return "handled " .. m end, "e"))
  gives("false handled nil", xpcall(error, function(m) return "handled " .. tostring(m), "second" end))
  gives("false nil", xpcall(error, function() end, "e"))
  gives("false nil", xpcall(error, function() return nil end, "e"))
  gives("true", xpcall(function() end, function() end))
  gives("false in attempt to call a nil value", xpcall(nil, function(m) return "in " .. m end))
  assert(select(2, xpcall(function() error "deep" end, debug.traceback)):find "stack traceback:\n")
  -- an error in the handler is handled too, until it is too deep
  local calls = 0
  gives("false last", xpcall(error, function(m)
    calls = calls + 1
    if calls < 5 then error(m .. calls, 0) end
    return "last"
  end, "m"))
  equal(calls, 5)
  local good, message = xpcall(error, function() error "again" end, "m")
  assert(not good and type(message) == "string")
  fails("bad argument #2 to 'xpcall' (function expected, got no value)", xpcall, print)
  fails("bad argument #2 to 'xpcall' (function expected, got no value)", xpcall)
  fails("bad argument #2 to 'xpcall' (function expected, got table)", xpcall, print, setmetatable({}, {__call = print}))
  fails("bad argument #2 to 'xpcall' (function expected, got nil)", xpcall, print, nil)
  -- C functions as handlers
  gives("false string", xpcall(error, type, "e"))
  gives("false E", xpcall(error, string.upper, "e"))
end

do -- load
  gives("1 2", load "return ..."(1, 2))
  equal(load(function() end)(), nil)
  equal(load ""(), nil)
  local parts, i = {"return", " ", "1", "+", "2"}, 0
  equal(load(function() i = i + 1 return parts[i] end)(), 3)
  parts, i = {"return 1", "", "+ 2"}, 0 -- the empty piece ends it
  equal(load(function() i = i + 1 return parts[i] end)(), 1)
  parts, i = {"return ", 4, 2}, 0
  equal(load(function() i = i + 1 return parts[i] end)(), 42)
  gives("true nil reader function must return a string", pcall(load, function() return {} end))
  gives("true nil reader function must return a string", pcall(load, function() return true end))
  gives("true nil in reader", pcall(load, function() error("in reader", 0) end))
  gives("nil [string \"x=\"]:1: unexpected symbol near <eof>", load "x=")
  gives("nil name:1: unexpected symbol near <eof>", load("x=", "=name"))
  gives("nil name:1: unexpected symbol near <eof>", load("x=", "@name"))
  gives("nil [string \"name\"]:1: unexpected symbol near <eof>", load("x=", "name"))
  gives("nil [string \"...\"]:1: unexpected symbol near <eof>", load("x=", "\nname"))
  gives("nil (load):1: unexpected symbol near <eof>",
    load((function() local done return function() if not done then done = true return "x=" end end end)()))
  -- modes
  local binary = string.dump(load "return 42")
  equal(load(binary)(), 42)
  equal(load(binary, "b", "b")(), 42)
  equal(load(binary, "b", "bt")(), 42)
  equal(load(binary, "b", "tb")(), 42)
  gives("nil attempt to load a binary chunk (mode is 't')", load(binary, "b", "t"))
  gives("nil attempt to load a text chunk (mode is 'b')", load("return 1", "t", "b"))
  gives("nil attempt to load a text chunk (mode is '')", load("return 1", "t", ""))
  gives("nil attempt to load a text chunk (mode is 'x')", load("return 1", "t", "x"))
  gives("nil attempt to load a binary chunk (mode is 't')", load(function() return binary end, "b", "t"))
  -- environments
  local environment = {y = 5}
  equal(load("x = y return x", "c", "t", environment)(), 5)
  equal(environment.x, 5)
  equal(rawget(_G, "x"), nil)
  fails("attempt to index a nil value (upvalue '_ENV')", load("return x", "=c", "t", nil))
  equal(load("return 1", "c", "t", nil)(), 1)
  equal(load("return _ENV", "c", "t", 42)(), 42)
  equal(load("return _ENV", "c", nil, false)(), false)
  equal(load("return _ENV")(), _G)
  -- a loaded function with other upvalues gets the environment as the first
  local up = 1
  local function one() return up end
  equal(load(string.dump(one), "c", "b", "env")(), "env")
  equal(load(string.dump(one), "c", "b")(), _G)
  fails("bad argument #1 to 'load' (function expected, got nil)", load, nil)
  fails("bad argument #1 to 'load' (function expected, got no value)", load)
  fails("bad argument #1 to 'load' (function expected, got table)", load, {})
  fails("bad argument #2 to 'load' (string expected, got table)", load, "x", {})
  fails("bad argument #3 to 'load' (string expected, got table)", load, "x", "x", {})
  gives("nil [string \"42\"]:1: unexpected symbol near '42'", load(42))
  -- a reader may not yield
  gives("true nil attempt to yield across a C-call boundary",
    coroutine.wrap(function() return pcall(load, coroutine.yield) end)())
end

do -- loadfile, dofile
  put "return 'file', ..."
  gives("file 1 2", loadfile(file_name)(1, 2))
  gives("file", dofile(file_name))
  put "#!shebang\nreturn debug.getinfo(1, 'l').currentline, debug.getinfo(1, 'S').source"
  gives("2 @" .. file_name, dofile(file_name))
  put "#only a comment"
  equal(select("#", dofile(file_name)), 0)
  put "\xEF\xBB\xBFreturn 'bom'"
  equal(dofile(file_name), "bom")
  put "\xEF\xBB\xBF#comment\nreturn 'both'"
  equal(dofile(file_name), "both")
  put(string.dump(load "return 'binary'"))
  equal(dofile(file_name), "binary")
  gives("nil attempt to load a binary chunk (mode is 't')", loadfile(file_name, "t"))
  equal(loadfile(file_name, "b")(), "binary")
  put("#comment\n" .. string.dump(load "return 'after a comment'"))
  equal(dofile(file_name), "after a comment")
  put "return x"
  equal(loadfile(file_name, "t", {x = "env"})(), "env")
  equal(loadfile(file_name, nil, {x = "env"})(), "env")
  gives("nil attempt to load a text chunk (mode is 'b')", loadfile(file_name, "b"))
  put "x="
  gives(("nil %s:1: unexpected symbol near <eof>"):format(file_name), loadfile(file_name))
  fails("unexpected symbol near <eof>", dofile, file_name)
  gives("nil cannot open /no/such/file: No such file or directory", loadfile "/no/such/file")
  fails("cannot open /no/such/file: No such file or directory", dofile, "/no/such/file")
  gives("nil cannot read /tmp: Is a directory", loadfile "/tmp")
  put "coroutine.yield(1) return 2"
  local co = coroutine.wrap(function() return dofile(file_name) end)
  gives("1", co())
  gives("2", co())
  put "error('in file', 0)"
  fails("in file", dofile, file_name)
  fails("bad argument #1 to 'loadfile' (string expected, got table)", loadfile, {})
  fails("bad argument #1 to 'dofile' (string expected, got boolean)", dofile, true)
  fails("bad argument #2 to 'loadfile' (string expected, got table)", loadfile, file_name, {})
  -- without a name it is the standard input
  put "return 'stdin', 5"
  local pipe = assert(io.popen(("'%s' -e 'print(dofile()) print(loadfile())' <%s 2>&1"):format(interpreter, file_name)))
  assert(pipe:read "a":find "^stdin\t5\nfunction: ")
  pipe:close()
end

do -- warn: on, off, pieces, unknown controls
  equal(child "warn('off by default')", "")
  equal(child "warn('@on') warn('one') warn('@off') warn('two') warn('@on') warn('three')",
    "Lua warning: one\nLua warning: three")
  equal(child "warn('@on') warn('a', 'b', 1, 2.5)", "Lua warning: ab12.5")
  equal(child "warn('@on') warn('@unknown') warn('x')", "Lua warning: x")
  equal(child "warn('@on') warn('@on', 'x')", "Lua warning: @onx") -- only a single piece is a control
  equal(child "warn('@on') warn('')", "Lua warning: ")
  equal(child("warn('x') warn('@off') warn('y')", "-W"), "Lua warning: x")
  equal(child "warn('@on') setmetatable({}, {__gc = function() error('boom', 0) end}) collectgarbage()",
    "Lua warning: error in __gc (boom)")
  equal(select("#", warn "@off"), 0)
  fails("bad argument #1 to 'warn' (string expected, got no value)", warn)
  fails("bad argument #1 to 'warn' (string expected, got nil)", warn, nil)
  fails("bad argument #2 to 'warn' (string expected, got table)", warn, "x", {})
  fails("bad argument #3 to 'warn' (string expected, got boolean)", warn, "x", "y", true)
end

print("ok")
