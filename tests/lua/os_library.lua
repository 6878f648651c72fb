-- The os library: dates and times, files, processes, environment, locales (manual 6.9).
local check = dofile("support/check.lua")
local gives, equal, fails = check.gives, check.equal, check.fails
local interpreter = arg and arg[-1]
local MIN, MAX = math.mininteger, math.maxinteger

do -- date: every conversion of C99, at a moment that tells them apart
  local moment = 1078068907 -- Sunday, 29 February 2004, 15:35:07 UTC
  local conversions = {
    a = "Sun", A = "Sunday", b = "Feb", B = "February", c = "Sun Feb 29 15:35:07 2004", C = "20", d = "29",
      D = "02/29/04",
    e = "29", F = "2004-02-29", g = "04", G = "2004", h = "Feb", H = "15", I = "03", j = "060", m = "02", M = "35",
      n = "\n",
    p = "PM", r = "03:35:07 PM", R = "15:35", S = "07", t = "\t", T = "15:35:07", u = "7", U = "09", V = "09", w = "0",
    W = "08", x = "02/29/04", X = "15:35:07", y = "04", Y = "2004", z = "+0000", Z = "GMT", ["%"] = "%",
    Ec = "Sun Feb 29 15:35:07 2004", EC = "20", Ex = "02/29/04", EX = "15:35:07", Ey = "04", EY = "2004",
    Od = "29", Oe = "29", OH = "15", OI = "03", Om = "02", OM = "35", OS = "07", Ou = "7", OU = "09", OV = "09",
      Ow = "0",
    OW = "08", Oy = "04"}
  for conversion, wanted in pairs(conversions) do
    equal(os.date("!%" .. conversion, moment), wanted)
    equal(os.date("!<%" .. conversion .. "%" .. conversion .. ">", moment), "<" .. wanted .. wanted .. ">")
  end
  equal(os.date("!%Y-%m-%d %H:%M:%S", 0), "1970-01-01 00:00:00")
  equal(os.date("!%Y-%m-%d %H:%M:%S", -1), "1969-12-31 23:59:59")
  equal(os.date("!%e", 0), " 1")
  equal(os.date("!%I %p", 0), "12 AM")
  equal(os.date("!%G-%V %g", 1104537600), "2004-53 04") -- 1 January 2005 is in the last week of 2004
  equal(os.date("!", 0), "")
  equal(os.date("", 0), "")
  equal(os.date("!plain text", 0), "plain text")
  equal(os.date("!%%d", 0), "%d")
  equal(os.date("!a\0b%Y\0", 0), "a\0b1970\0")
  equal(os.date("!%c", 0), "Thu Jan  1 00:00:00 1970")
  equal(os.date("!" .. ("%A"):rep(1000), 0), ("Thursday"):rep(1000))
  equal(os.date("!!", 0), "!")
  equal(os.date("!x!", 0), "x!")
  equal(os.date("!*", 0), "*")
  equal(os.date("!%Y", "86400"), "1970")
  equal(os.date("!%d", 86400.0), "02")
  assert(os.date() == os.date("%c") or os.date() == os.date("%c")) -- a second may pass once
  equal(os.date("%c", 0), os.date(nil, 0))
  assert(os.date("%Y", nil):find("^%d%d%d%d$"))
  assert(os.date(nil, nil):find("%d"))
end

do -- date: what is no conversion
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%')", os.date, "%")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%Ez')", os.date, "%Ez")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%E')", os.date, "%E")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%O')", os.date, "%O")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%Oz')", os.date, "%Oz")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%EEc')", os.date, "%EEc")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%9')", os.date, "%9")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%k rest')", os.date, "%Y %k rest")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%')", os.date, "%Y%")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%')", os.date, "%\0x")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%E')", os.date, "%E\0")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%!')", os.date, "!%!")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%*t')", os.date, "%*t")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%5d')", os.date, "%5d")
  fails("bad argument #1 to 'os.date' (invalid conversion specifier '%-d')", os.date, "%-d")
  for byte = 0, 255 do
    local letter = string.char(byte)
    local good = pcall(os.date, "!%" .. letter, 0)
    equal(good, ("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%"):find(letter, 1, true) ~= nil)
    equal(pcall(os.date, "!%E" .. letter, 0), ("cCxXyY"):find(letter, 1, true) ~= nil)
    equal(pcall(os.date, "!%O" .. letter, 0), ("deHImMSuUVwWy"):find(letter, 1, true) ~= nil)
  end
  fails("bad argument #1 to 'os.date' (string expected, got table)", os.date, {})
  fails("bad argument #1 to 'os.date' (string expected, got boolean)", os.date, true)
  fails("bad argument #2 to 'os.date' (number expected, got string)", os.date, "%c", "x")
  fails("bad argument #2 to 'os.date' (number has no integer representation)", os.date, "%c", 1.5)
  fails("bad argument #2 to 'os.date' (number expected, got table)", os.date, "*t", {})
  fails("date result cannot be represented in this installation", os.date, "%c", MAX)
  fails("date result cannot be represented in this installation", os.date, "!%c", MIN)
  fails("date result cannot be represented in this installation", os.date, "*t", MAX)
  fails("date result cannot be represented in this installation", os.date, "!*t", 1 << 60)
end

do -- date: tables
  local t = os.date("!*t", 1078068907)
  local names = {}
  for k, v in pairs(t) do
    names[#names + 1] = k
    if k ~= "isdst" then equal(math.type(v), "integer") end
  end
  table.sort(names)
  equal(table.concat(names, " "), "day hour isdst min month sec wday yday year")
  gives("2004 2 29 15 35 7 1 60 false", t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)
  t = os.date("!*t", -1)
  gives("1969 12 31 23 59 59 4 365", t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday)
  t = os.date("!*t", 0)
  gives("1970 1 1 0 0 0 5 1", t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday)
  t = os.date("!*t", 67767976233532799)
  gives("2147483645 12 31", t.year - 2, t.month, t.day)
  assert(type(os.date("*t")) == "table" and type(os.date("!*t")) == "table")
  assert(type(os.date("*t", nil).isdst) == "boolean")
  -- only exactly "*t" means a table
  equal(os.date("*t\0", 0) ~= nil, true)
  equal(os.date("!*tx", 0), "*tx")
  equal(os.date("*T", 0), "*T")
  equal(os.date("x*t", 0), "x*t")
end

do -- time and date are each other's inverse
  for _, moment in ipairs {0, 1, -2, 86399, 86400, 951782400, 1078068907, 1234567890, 2000000000, 4102444800,
    -86400 * 365,
                           1 << 33, 253402300799} do
    local t = os.date("*t", moment)
    equal(os.time(t), moment)
    equal(os.time {year = t.year, month = t.month, day = t.day, hour = t.hour, min = t.min, sec = t.sec,
      isdst = t.isdst}, moment)
    equal(os.date("%Y-%m-%d %H:%M:%S", moment),
      ("%04d-%02d-%02d %02d:%02d:%02d"):format(t.year, t.month, t.day, t.hour, t.min, t.sec))
    equal(tonumber(os.date("%j", moment)), t.yday)
    equal(tonumber(os.date("%w", moment)), t.wday - 1)
  end
  -- -1 is what mktime answers to say that there is no such time
  fails("time result cannot be represented in this installation", os.time, os.date("*t", -1))
  local now = os.time()
  equal(math.type(now), "integer")
  assert(now > 1500000000)
  equal(os.time(os.date("*t", now)), now)
  assert(math.abs(os.time(os.date("*t")) - os.time()) <= 2)
  equal(math.type(os.time(nil)), "integer")
end

do -- time: the fields are brought into their ranges, and written back
  local t = {year = 2023, month = 14, day = -3, hour = 25, min = 61, sec = 61}
  local result = os.time(t)
  gives("2024 1 29 2 2 1", t.year, t.month, t.day, t.hour, t.min, t.sec)
  gives("2 29", t.wday, t.yday)
  equal(type(t.isdst), "boolean")
  equal(result, os.time {year = 2024, month = 1, day = 29, hour = 2, min = 2, sec = 1})
  t = {year = 2024, month = 3, day = 0}
  os.time(t)
  gives("2024 2 29 12 0 0 60", t.year, t.month, t.day, t.hour, t.min, t.sec, t.yday)
  t = {year = 2023, month = 0, day = 1}
  os.time(t)
  gives("2022 12 1", t.year, t.month, t.day)
  t = {year = 2000, month = 1, day = 1, hour = 0, sec = -1}
  os.time(t)
  gives("1999 12 31 23 59 59", t.year, t.month, t.day, t.hour, t.min, t.sec)
  t = {year = 2000, month = 1, day = 1, hour = 0, sec = 86400 * 400}
  os.time(t)
  gives("2001 2 4", t.year, t.month, t.day)
  t = {year = 2024, month = 1, day = 366, other = "kept"}
  os.time(t)
  gives("2024 12 31 kept", t.year, t.month, t.day, t.other)
  -- hour has 12 as default; strings and floats with integer values are good; wday and yday are not read
  equal(os.time {year = "2024", month = "2", day = "10"}, os.time {year = 2024.0, month = 2, day = 10, hour = 12,
    min = 0})
  equal(os.time {year = 2024, month = 2, day = 10, wday = 1, yday = "nonsense"}, os.time {year = 2024, month = 2,
    day = 10})
  equal(os.time {year = 2024, month = 2, day = 10, hour = 0} + 43200, os.time {year = 2024, month = 2, day = 10})
  -- fields may come from metamethods
  local proxy = setmetatable({}, {__index = {year = 2024, month = 2, day = 10, hour = 12}})
  equal(os.time(proxy), os.time {year = 2024, month = 2, day = 10})
  equal(rawget(proxy, "yday"), 41)
  local log = {}
  os.time(setmetatable({}, {__index = function(_, k) log[#log + 1] = k return k ~= "isdst" and 2000 or nil end,
    __newindex = function(_, k) log[#log + 1] = "=" .. k end}))
  equal(table.concat(log, " "),
    "year month day hour min sec isdst =year =month =day =hour =min =sec =yday =wday =isdst")
  -- far away years
  t = os.date("!*t", os.time {year = 9999, month = 12, day = 31})
  equal(t.year, 9999)
  t = os.date("!*t", os.time {year = -5, month = 6, day = 15})
  equal(t.year, -5)
  t = {year = 1900 - 2000, month = 1, day = 1}
  os.time(t)
  equal(t.year, -100)
end

do -- time: isdst
  local base = {year = 2024, month = 7, day = 1, hour = 12}
  local plain = os.time(base)
  equal(base.isdst, os.date("*t", plain).isdst)
  local winter = os.time {year = 2024, month = 1, day = 1, isdst = false}
  equal(os.time {year = 2024, month = 1, day = 1, isdst = nil}, winter)
  if os.date("%z", winter) == "+0000" and os.date("%z", plain) == "+0000" then
    equal(os.time {year = 2024, month = 1, day = 1, isdst = true}, winter - 3600)
    equal(os.time {year = 2024, month = 1, day = 1, isdst = 0}, winter - 3600) -- any true value
  end
end

do -- time zones of a child process, where the clock is put forward
  local function run(zone, code)
    local pipe = io.popen(("TZ='%s' '%s' -e '%s' 2>&1"):format(zone, interpreter, code))
    local text = pipe:read "a"
    pipe:close()
    return (text:gsub("%s+$", ""))
  end
  local zone = "CET-1CEST,M3.5.0,M10.5.0/3" -- summer from the last Sunday of March to that of October
  equal(run(zone, "print(os.time {year = 2024, month = 7, day = 1, hour = 12})"), "1719828000")
  equal(run(zone, "print(os.time {year = 2024, month = 1, day = 1, hour = 12})"), "1704106800")
  equal(run(zone, "print(os.date([[%Z %z %H]], 1719828000))"), "CEST +0200 12")
  equal(run(zone, "print(os.date([[%Z %z %H]], 1704106800))"), "CET +0100 12")
  equal(run(zone, "print(os.date([[*t]], 1719828000).isdst, os.date([[*t]], 1704106800).isdst)"), "true\tfalse")
  equal(run(zone, "print(os.date([[!%Z %H]], 1719828000), os.date([[!*t]], 1719828000).isdst)"), "GMT 10\tfalse")
  -- a wrong isdst moves the hour, and is corrected
  equal(run(zone, "local t = {year = 2024, month = 7, day = 1, hour = 12, isdst = false} print(os.time(t), t.hour, t.isdst)"),
    "1719831600\t13\ttrue")
  -- 2:30 does not exist on 31 March 2024
  equal(run(zone, "local t = {year = 2024, month = 3, day = 31, hour = 2, min = 30, isdst = false} print(os.time(t), t.hour)"),
    "1711848600\t3")
  equal(run("XYZ5:30", "print(os.date([[%Z %z]], 0), os.date([[%H:%M]], 0))"), "XYZ -0530\t18:30")
end

do -- time: errors
  fails("bad argument #1 to 'os.time' (table expected, got number)", os.time, 5)
  fails("bad argument #1 to 'os.time' (table expected, got string)", os.time, "now")
  fails("field 'year' missing in date table", os.time, {})
  fails("field 'month' missing in date table", os.time, {year = 2000})
  fails("field 'day' missing in date table", os.time, {year = 2000, month = 1})
  fails("field 'day' missing in date table", os.time, {year = 2000, month = 1, hour = 3})
  fails("field 'month' is not an integer", os.time, {year = 2000, month = 1.5, day = 1})
  fails("field 'year' is not an integer", os.time, {year = "x", month = 1, day = 1})
  fails("field 'day' is not an integer", os.time, {year = 2000, month = 1, day = {}})
  fails("field 'hour' is not an integer", os.time, {year = 2000, month = 1, day = 1, hour = "noon"})
  fails("field 'min' is not an integer", os.time, {year = 2000, month = 1, day = 1, min = false})
  fails("field 'sec' is not an integer", os.time, {year = 2000, month = 1, day = 1, sec = 0.5})
  fails("field 'sec' is not an integer", os.time, {year = 2000, month = 1, day = 1, sec = 1 / 0})
  fails("field 'year' is out-of-bound", os.time, {year = MAX, month = 1, day = 1})
  fails("field 'year' is out-of-bound", os.time, {year = MIN, month = 1, day = 1})
  fails("field 'year' is out-of-bound", os.time, {year = 2 ^ 31 + 1900, month = 1, day = 1})
  fails("field 'year' is out-of-bound", os.time, {year = -(2 ^ 31) - 1, month = 1, day = 1})
  fails("field 'month' is out-of-bound", os.time, {year = 2000, month = 2 ^ 31 + 1, day = 1})
  fails("field 'month' is out-of-bound", os.time, {year = 2000, month = -(2 ^ 31) - 1, day = 1})
  fails("field 'day' is out-of-bound", os.time, {year = 2000, month = 1, day = 2 ^ 31})
  fails("field 'hour' is out-of-bound", os.time, {year = 2000, month = 1, day = 1, hour = MAX})
  fails("field 'min' is out-of-bound", os.time, {year = 2000, month = 1, day = 1, min = -(2 ^ 31) - 1})
  fails("field 'sec' is out-of-bound", os.time, {year = 2000, month = 1, day = 1, sec = 2 ^ 31})
  fails("time result cannot be represented in this installation", os.time,
    {year = (1 << 31) + 1899, month = 12, day = 31, hour = (1 << 31) - 1, min = 59, sec = (1 << 31) - 1})
  -- the largest fields that fit
  equal(os.time {year = 2000, month = 1, day = 1, hour = 0, sec = (1 << 31) - 1} - os.time {year = 2000, month = 1,
    day = 1, hour = 0},
    (1 << 31) - 1)
  equal(os.time {year = 2000, month = 1, day = 1, hour = 0, sec = -(1 << 31)} - os.time {year = 2000, month = 1,
    day = 1, hour = 0},
    -(1 << 31))
end

do -- difftime and clock
  equal(os.difftime(10, 4), 6.0)
  equal(math.type(os.difftime(10, 4)), "float")
  equal(os.difftime(4, 10), -6.0)
  equal(os.difftime("5", 5.0), 0.0)
  equal(os.difftime(MAX, MIN), 2.0 ^ 64)
  fails("bad argument #1 to 'os.difftime' (number expected, got no value)", os.difftime)
  fails("bad argument #2 to 'os.difftime' (number expected, got no value)", os.difftime, 1)
  fails("bad argument #2 to 'os.difftime' (number expected, got table)", os.difftime, 1, {})
  fails("bad argument #1 to 'os.difftime' (number has no integer representation)", os.difftime, 1.5, 1)
  local before = os.clock()
  equal(math.type(before), "float")
  local x = 0
  for i = 1, 200000 do x = x + i end
  assert(before >= 0 and os.clock() >= before and x > 0)
end

do -- getenv
  equal(os.getenv("SURELY_NOT_SET_" .. os.time()), nil)
  equal(select("#", os.getenv "SURELY_NOT_SET"), 1)
  assert(type(os.getenv "PATH") == "string")
  equal(os.getenv "", nil)
  equal(os.getenv "PATH\0rest", os.getenv "PATH")
  fails("bad argument #1 to 'os.getenv' (string expected, got no value)", os.getenv)
  fails("bad argument #1 to 'os.getenv' (string expected, got table)", os.getenv, {})
  local pipe = io.popen(("RILLE_VARIABLE='a b' '%s' -e 'print(os.getenv [[RILLE_VARIABLE]])'"):format(interpreter))
  equal(pipe:read(), "a b")
  pipe:close()
end

do -- tmpname, remove, rename
  local a, b = os.tmpname(), os.tmpname()
  assert(a ~= b and a:find("^/tmp/lua_%w%w%w%w%w%w$"))
  local file = assert(io.open(a, "r"), "the file exists already")
  file:close()
  assert(io.open(a, "w")):write("content"):close()
  gives("true", os.remove(b))
  gives(("nil %s: No such file or directory 2"):format(b), os.remove(b))
  gives("true", os.rename(a, b))
  gives("nil No such file or directory 2", os.rename(a, b .. "x"))
  file = assert(io.open(b))
  equal(file:read "a", "content")
  file:close()
  gives("true", os.remove(b))
  gives("nil : No such file or directory 2", os.remove(""))
  gives("nil /no/such/place: No such file or directory 2", os.remove("/no/such/place"))
  local _, message, code = os.rename("/no/such/place", "/no/other")
  assert(message:find("No such file or directory$") and code == 2 and math.type(code) == "integer")
  gives("nil /dev/null/x: Not a directory 20", os.remove("/dev/null/x"))
  -- rename replaces
  a, b = os.tmpname(), os.tmpname()
  assert(io.open(a, "w")):write("new"):close()
  assert(io.open(b, "w")):write("old"):close()
  gives("true", os.rename(a, b))
  file = assert(io.open(b))
  equal(file:read "a", "new")
  file:close()
  assert(os.remove(b))
  -- directories
  local directory = os.tmpname()
  assert(os.remove(directory))
  assert(os.execute(("mkdir '%s'"):format(directory)))
  local inside = directory .. "/file"
  assert(io.open(inside, "w")):close()
  gives(("nil %s: Directory not empty 39"):format(directory), os.remove(directory))
  gives("true", os.remove(inside))
  gives("true", os.remove(directory))
  fails("bad argument #1 to 'os.remove' (string expected, got no value)", os.remove)
  fails("bad argument #1 to 'os.remove' (string expected, got table)", os.remove, {})
  fails("bad argument #1 to 'os.rename' (string expected, got no value)", os.rename)
  fails("bad argument #2 to 'os.rename' (string expected, got no value)", os.rename, "x")
end

do -- execute
  gives("true", os.execute())
  gives("true", os.execute(nil))
  gives("true exit 0", os.execute "true")
  gives("nil exit 1", os.execute "false")
  gives("nil exit 7", os.execute "exit 7")
  gives("nil exit 255", os.execute "exit 255")
  gives("nil exit 127", os.execute "surely-no-such-command 2>/dev/null")
  gives("nil signal 15", os.execute "kill -TERM $$")
  gives("nil signal 9", os.execute "kill -KILL $$")
  gives("true exit 0", os.execute "")
  gives("true exit 0", os.execute "exit 0\0 exit 3")
  equal(math.type(select(3, os.execute "exit 3")), "integer")
  gives("nil exit 3", os.execute "exit 3")
  fails("bad argument #1 to 'os.execute' (string expected, got table)", os.execute, {})
  fails("bad argument #1 to 'os.execute' (string expected, got boolean)", os.execute, true)
  gives("nil exit 5", os.execute(("exit %d"):format(5)))
end

do -- exit, in child processes
  local function child(code) return os.execute(("'%s' -e '%s' 2>/dev/null"):format(interpreter, code)) end
  gives("true exit 0", child "os.exit()")
  gives("true exit 0", child "os.exit(true)")
  gives("nil exit 1", child "os.exit(false)")
  gives("nil exit 3", child "os.exit(3)")
  gives("nil exit 4", child "os.exit(4.0)")
  gives("nil exit 5", child [[os.exit("5")]])
  gives("nil exit 1", child "os.exit(257)")
  gives("true exit 0", child "os.exit(256)")
  gives("nil exit 255", child "os.exit(-1)")
  gives("true exit 0", child "os.exit(nil)")
  gives("nil exit 9", child "os.exit(9, true)")
  gives("nil exit 1", child "os.exit(1.5)")
  gives("nil exit 1", child "error(1)")
  gives("nil exit 6", child "coroutine.wrap(function() os.exit(6, true) end)()")
  gives("nil exit 6", child "pcall(os.exit, 6)")
  local function output(code)
    local pipe = io.popen(("'%s' -e '%s' 2>&1"):format(interpreter, code))
    local text = pipe:read "a"
    pipe:close()
    return (text:gsub("%s+$", ""))
  end
  local object = "local x <close> = setmetatable({}, {__close = function() print [[close]] end, " ..
    "__gc = function() print [[gc]] end}) "
  equal(output(object .. "os.exit(0, true)"), "close\ngc")
  equal(output(object .. "os.exit(0, false)"), "")
  equal(output(object .. "os.exit(0)"), "")
  equal(output "io.write [[buffered]] os.exit(0)", "buffered")
  equal(output "io.stdout:setvbuf [[full]] io.write [[x]] os.exit(true, true)", "x")
  equal(output "setmetatable({}, {__gc = function() print [[gc]] end}) x = nil", "gc")
  fails("bad argument #1 to 'os.exit' (number expected, got table)", os.exit, {})
  fails("bad argument #1 to 'os.exit' (number expected, got string)", os.exit, "now")
  fails("bad argument #1 to 'os.exit' (number has no integer representation)", os.exit, 1.5)
end

do -- setlocale
  local old = os.setlocale()
  equal(type(old), "string")
  equal(os.setlocale(nil), old)
  equal(os.setlocale "C", "C")
  equal(os.setlocale(), "C")
  equal(os.setlocale(nil, "all"), "C")
  for _, category in ipairs {"all", "collate", "ctype", "monetary", "numeric", "time"} do
    equal(os.setlocale("C", category), "C")
    equal(os.setlocale(nil, category), "C")
  end
  equal(os.setlocale "surely-no-such-locale", nil)
  equal(select("#", os.setlocale "surely-no-such-locale"), 1)
  equal(os.setlocale(), "C")
  equal(os.setlocale("surely-no-such-locale", "numeric"), nil)
  assert(os.setlocale "" == nil or type(os.setlocale "") == "string")
  equal(os.setlocale "C", "C")
  fails("bad argument #1 to 'os.setlocale' (string expected, got table)", os.setlocale, {})
  fails("bad argument #2 to 'os.setlocale' (invalid option 'messages')", os.setlocale, "C", "messages")
  fails("bad argument #2 to 'os.setlocale' (invalid option '')", os.setlocale, "C", "")
  fails("bad argument #2 to 'os.setlocale' (string expected, got table)", os.setlocale, "C", {})
  if os.setlocale("C.UTF-8", "ctype") then
    assert(("é"):upper() == "é" and not ("é"):find("%a"))
    os.setlocale("C", "ctype")
  end
end

print("ok")
