-- The string library without patterns, format and pack (manual 6.4), and arithmetic on strings (3.4.3).
local check = dofile("support/check.lua")
local equal, fails, list = check.same, check.fails, check.list
local MIN, MAX = math.mininteger, math.maxinteger

do -- len, sub
  equal(#"a\0b", 3)
  equal(("a\0b"):len(), 3)
  equal(string.len(1234), 4)
  local s = "123456789"
  equal(s:sub(2, 4), "234")
  equal(s:sub(7), "789")
  equal(s:sub(7, 6), "")
  equal(s:sub(7, 7), "7")
  equal(s:sub(0, 0), "")
  equal(s:sub(-10, 10), s)
  equal(s:sub(1, 9), s)
  equal(s:sub(-10, -20), "")
  equal(s:sub(-1), "9")
  equal(s:sub(-4), "6789")
  equal(s:sub(-6, -4), "456")
  equal(s:sub(MIN, -4), "123456")
  equal(s:sub(MIN, MAX), s)
  equal(s:sub(MIN, MIN), "")
  equal(s:sub(MAX, MAX), "")
  equal(s:sub("2", 3.0), "23")
  equal(("\0\0abc"):sub(2, 3), "\0a")
  fails("bad argument #2 to 'string.sub' (number expected, got no value)", string.sub, "a")
  fails("bad argument #1 to 'string.sub' (string expected, got nil)", string.sub, nil, 1)
  fails("bad argument #2 to 'string.sub' (number has no integer representation)", string.sub, "a", 1.5)
  fails("bad argument #1 to 'sub' (number expected, got no value)", function() return ("x"):sub() end)
  fails("calling 'len' on bad self (string expected, got table)", function()
    local t = setmetatable({}, {__index = string})
    return t:len()
  end)
  fails("bad argument #1 to 'string.len' (string expected, got no value)", string.len)
end

do -- byte, char
  equal(list(("abc"):byte()), "97")
  equal(list(("abc"):byte(2, 3)), "98 99")
  equal(list(("abc"):byte(-1)), "99")
  equal(list(("abc"):byte(1, -1)), "97 98 99")
  equal(list(("abc"):byte(MIN, MAX)), "97 98 99")
  equal(list(("abc"):byte(10)), "")
  equal(list(("abc"):byte(0)), "")
  equal(list(("abc"):byte(3, 2)), "")
  equal(list((""):byte()), "")
  equal(list(("\0\xff"):byte(1, 2)), "0 255")
  equal(select("#", ("x"):rep(5000):byte(1, -1)), 5000)
  equal(string.char(), "")
  equal(string.char(0, 255, 0), "\0\255\0")
  equal(string.char(97.0, "98"), "ab")
  equal(string.char(("abc"):byte(1, -1)), "abc")
  local long = ("0123456789abcdef"):rep(250)
  equal(string.char(long:byte(1, -1)), long)
  fails("bad argument #1 to 'string.char' (value out of range)", string.char, 256)
  fails("bad argument #2 to 'string.char' (value out of range)", string.char, 1, -1)
  fails("bad argument #1 to 'string.char' (value out of range)", string.char, MAX)
  fails("bad argument #1 to 'string.char' (number expected, got string)", string.char, "a")
  local huge = ("x"):rep(2000000)
  fails("stack overflow (string slice too long)", string.byte, huge, 1, -1)
end

do -- reverse, lower, upper
  equal((""):reverse(), "")
  equal(("\0\1\2\3"):reverse(), "\3\2\1\0")
  equal(("\0001234"):reverse(), "4321\0")
  equal(("aB\0c1"):upper(), "AB\0C1")
  equal(("AbC\0D-"):lower(), "abc\0d-")
  equal(string.reverse(12), "21")
  equal(("xY"):rep(3000):upper(), ("XY"):rep(3000))
  equal(("xyz"):rep(3000):reverse(), ("zyx"):rep(3000))
  for i = 0, 3000, 7 do local s = ("x"):rep(i) .. "y"; equal(s:reverse(), "y" .. ("x"):rep(i)) end
  fails("bad argument #1 to 'string.upper' (string expected, got table)", string.upper, {})
  fails("bad argument #1 to 'string.lower' (string expected, got no value)", string.lower)
  fails("bad argument #1 to 'string.reverse' (string expected, got boolean)", string.reverse, true)
end

do -- rep
  for _, unit in ipairs {"a", "ab", "0123456789A", ("z"):rep(1000) .. "y", ("p"):rep(4200000) .. "q"} do -- copied in pieces
    local count = 9000000 // #unit + 1
    local long = unit:rep(count, "|")
    equal(#long, #unit * count + count - 1)
    equal(long:sub(1, #unit + 1) == unit .. "|", true)
    equal(long:sub(#unit + 2) == long:sub(1, -#unit - 2), true) -- so each is like the one before
  end
  equal(("teste"):rep(0), "")
  equal(("teste"):rep(-1), "")
  equal(("teste"):rep(1), "teste")
  equal(("teste"):rep(2), "testeteste")
  equal((""):rep(10), "")
  equal(("x"):rep(3, ", "), "x, x, x")
  equal(("x"):rep(1, ", "), "x")
  equal((""):rep(4, "ab"), "ababab")
  equal(("ab"):rep(3, "\0"), "ab\0ab\0ab")
  equal(("x"):rep(3, ""), "xxx")
  equal(("x"):rep(3, nil), "xxx")
  equal(("x"):rep(3, 1), "x1x1x")
  for count = 1, 70 do
    local parts = {}
    for i = 1, count do parts[i] = "abc" end
    equal(("abc"):rep(count), table.concat(parts))
    equal(("abc"):rep(count, "-/"), table.concat(parts, "-/"))
  end
  equal(#("abc"):rep(100000), 300000)
  fails("resulting string too large", string.rep, "x", 1 << 31)
  fails("resulting string too large", string.rep, "ab", 1 << 30)
  fails("resulting string too large", string.rep, "aa", MAX)
  fails("resulting string too large", string.rep, "", MAX, "x")
  fails("resulting string too large", string.rep, "a", (1 << 30), "bb")
  fails("resulting string too large", string.rep, ("x"):rep(1000), MAX)
  equal(("x"):rep(MIN), "")
  fails("bad argument #2 to 'string.rep' (number expected, got no value)", string.rep, "a")
  fails("bad argument #3 to 'string.rep' (string expected, got table)", string.rep, "a", 1, {})
end

do -- dump
  local function double(x) return x * 2 end
  equal(load(string.dump(double), "b", "b")(21), 42)
  equal(load(string.dump(double, true), "b", "b")(21), 42)
  assert(#string.dump(double, true) <= #string.dump(double))
  assert(string.dump(double):sub(1, 4) == "\27Lua")
  local big = {}
  for i = 1, 3000 do big[i] = ("local s = %q"):format(("k" .. i):rep(20)) end
  local chunk = load("do " .. table.concat(big, " end do ") .. " end return 7")
  equal(load(string.dump(chunk))(), 7)
  fails("unable to dump given function", string.dump, print)
  fails("bad argument #1 to 'string.dump' (function expected, got string)", string.dump, "x")
  fails("bad argument #1 to 'string.dump' (function expected, got no value)", string.dump)
end

do -- the metatable
  local mt = getmetatable("")
  assert(mt.__index == string)
  equal(("x").nothing, nil)
  equal(("abc"):upper():lower():len(), 3)
  local names = {}
  for name in pairs(mt) do names[#names + 1] = name end
  table.sort(names)
  equal(table.concat(names, " "), "__add __div __idiv __index __mod __mul __pow __sub __unm")
  local functions = {}
  for name in pairs(string) do functions[#functions + 1] = name end
  table.sort(functions)
  equal(table.concat(functions, " "),
    "byte char dump find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper")
  string.double = function(s) return s .. s end
  equal(("ab"):double(), "abab")
  string.double = nil
end

do -- arithmetic
  equal("2" + 1, 3)
  equal("2 " + 1, 3)
  equal(" -2 " + 1, -1)
  equal(" -0xa " + 1, -9)
  equal("10" + "5", 15)
  equal("10" - 5.0, 5.0)
  equal("0x10" * "2", 32)
  equal("1e1" * 1, 10.0)
  equal("3" / 2, 1.5)
  equal("7" // "2", 3)
  equal("7" % 4, 3)
  equal("-7" % 4, 1)
  equal(2 ^ "3", 8.0)
  equal(-"2", -2)
  equal(-"2.0", -2.0)
  equal(- -"0x7", 7)
  equal("9223372036854775807" + 1, MIN)
  equal("9223372036854775808" + 0, 2.0 ^ 63)
  fails("attempt to add a 'string' with a 'number'", function() return "a" + 1 end)
  fails("attempt to add a 'number' with a 'string'", function() return 1 + "a" end)
  fails("attempt to sub a 'string' with a 'string'", function() return "" - "1" end)
  fails("attempt to mul a 'string' with a 'table'", function() return "1" * {} end)
  fails("attempt to div a 'table' with a 'string'", function() return {} / "1" end)
  fails("attempt to mod a 'string' with a 'nil'", function() return "1" % nil end)
  fails("attempt to pow a 'string' with a 'string'", function() return "1\0" ^ "1" end)
  fails("attempt to idiv a 'boolean' with a 'string'", function() return true // "1" end)
  fails("attempt to unm a 'string' with a 'string'", function() return -"x" end)
  fails("attempt to divide by zero", function() return "1" // 0 end)
  fails("attempt to perform 'n%0'", function() return "1" % "0" end)
  local other = setmetatable({}, {__add = function(a, b) return "second" .. type(a) .. type(b) end})
  equal("1" + other, "secondstringtable")
  equal("x" + other, "secondstringtable")
  equal(other + "x", "secondtablestring")
  -- a metamethod called by the library's own is behind a C call
  local co = coroutine.wrap(function() return "1" + setmetatable({}, {__add = function() coroutine.yield(1) end}) end)
  fails("attempt to yield across a C-call boundary", co)
end

print("ok")
