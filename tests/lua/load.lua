-- load, string.dump, loadstring-like use of readers, modes and environments, chunk names (manual 6.1, 6.4).
local check = dofile("support/check.lua")
local equal = check.equal
local function refused(wanted, ...)
  local f, message = load(...)
  if f ~= nil or message ~= wanted then error(("found '%s', wanted '%s'"):format(message, wanted), 2) end
end

do -- text
  equal(load("return 1 + 1")(), 2)
  equal(load("return ...")(5), 5)
  equal(load("")(), nil)
  equal(select("#", load("")()), 0)
  equal(select("#", load("syntax error here")), 2)
  assert(load("x = 1") ~= load("x = 1"))
  local f = load("local n = 0; return function() n = n + 1 return n end")
  local a, b = f(), f()
  assert(a() == 1 and a() == 2 and b() == 1)
  -- numbers are strings to load
  equal(load("return " .. 42)(), 42)
  local good, message = pcall(load)
  equal(message, "bad argument #1 to 'load' (function expected, got no value)")
  good, message = pcall(load, {})
  equal(message, "bad argument #1 to 'load' (function expected, got table)")
  good, message = pcall(load, "return 1", {})
  equal(message, "bad argument #2 to 'load' (string expected, got table)")
  good, message = pcall(load, "return 1", "n", {})
  equal(message, "bad argument #3 to 'load' (string expected, got table)")
  assert(type(load(12 .. "")) == "nil" and select(2, load("12")) == '[string "12"]:1: unexpected symbol near \'12\'')
end

do -- readers
  local function pieces(...)
    local list, i = {...}, 0
    return function() i = i + 1 return list[i] end
  end
  equal(load(pieces("return ", "1", "0", " + 1"))(), 11)
  equal(load(pieces("ret", "urn 'a", "b'"))(), "ab")
  equal(load(pieces("return 7", "", "garbage"))(), 7) -- an empty piece ends the text
  equal(load(pieces("--", "[[", "x\n", "]", "]", "return 8"))(), 8)
  equal(load(pieces())(), nil)
  local text = ("local x = 1 "):rep(1) .. ("x = x + 1 "):rep(3000) .. "return x"
  local at = 0
  equal(load(function() at = at + 1 return at <= #text and text:sub(at, at) or nil end)(), 3001)
  -- a reader may use the whole language
  local source = {"return ", "1"}
  local n = 0
  equal(load(function() n = n + 1 collectgarbage() return load("return ...")(source[n]) end)(), 1)
  refused('=(load):1: syntax error near <eof>' and "(load):1: syntax error near <eof>" and select(2, load(pieces("x"))), pieces("x"))
  equal(select(2, load(pieces("x"))), "[string \"=(load)\"]:1: syntax error near <eof>" and select(2, load(pieces "x")))
  equal(select(2, load(pieces("x = = "), "=mine")), "mine:1: unexpected symbol near '='")
  equal(select(3, pcall(load, function() return true end)), "reader function must return a string")
  local calls = 0
  load(function() calls = calls + 1 return nil end)
  equal(calls, 1)
end

do -- chunk names
  local function name_of(f) local i = debug.getinfo(f, "S") return i.source, i.short_src end
  local source, short = name_of(load("return 1"))
  assert(source == "return 1" and short == '[string "return 1"]')
  source, short = name_of(load("return 1", "=name"))
  assert(source == "=name" and short == "name")
  source, short = name_of(load("return 1", "@dir/file.lua"))
  assert(source == "@dir/file.lua" and short == "dir/file.lua")
  source, short = name_of(load(function() end))
  assert(source == "=(load)" and short == "(load)")
  source, short = name_of(load("x = 1\ny = 2"))
  assert(source == "x = 1\ny = 2" and short == '[string "x = 1..."]')
  for length = 40, 80 do
    local n = ("c"):rep(length)
    short = select(2, name_of(load("", "=" .. n)))
    equal(short, length <= 59 and n or n:sub(1, 59))
    short = select(2, name_of(load("", "@" .. n)))
    equal(short, length <= 59 and n or "..." .. n:sub(-56))
    short = select(2, name_of(load("", n)))
    equal(short, length <= 44 and '[string "' .. n .. '"]' or '[string "' .. n:sub(1, 45) .. '..."]')
    short = select(2, name_of(load("", n .. "\n")))
    equal(short, '[string "' .. n:sub(1, 45) .. '..."]')
  end
  assert(debug.getinfo(print, "S").source == "=[C]" and debug.getinfo(print, "S").short_src == "[C]")
end

do -- modes
  local binary = string.dump(load("return 5"))
  equal(load(binary)(), 5)
  equal(load(binary, "b", "b")(), 5)
  equal(load(binary, "b", "bt")(), 5)
  equal(load("return 6", "t", "t")(), 6)
  equal(load("return 6", "t", "bt")(), 6)
  refused("attempt to load a binary chunk (mode is 't')", binary, "n", "t")
  refused("attempt to load a text chunk (mode is 'b')", "return 1", "n", "b")
  refused("attempt to load a text chunk (mode is 'x')", "return 1", "n", "x")
  refused("attempt to load a binary chunk (mode is '')", binary, "n", "")
  refused("attempt to load a text chunk (mode is 'b')", "", "n", "b")
  equal(load(function() local b = binary binary = nil return b end)(), 5)
end

do -- environments
  local env = {}
  load("x = 1", "n", "t", env)()
  assert(env.x == 1 and x == nil)
  equal(load("return x", "n", "t", {x = 2})(), 2)
  local f = load("return x", "n", "t", nil)
  local good, message = pcall(f)
  assert(not good and message == '[string "n"]:1: attempt to index a nil value (upvalue \'_ENV\')', message)
  f = load("local a = 1 return a", "n", "t", nil)
  equal(f(), 1)
  equal(load("return _ENV", "n", "t", 5)(), 5)
  equal(load("return _ENV")(), _G)
  equal(debug.getupvalue(load("x = 1"), 1), "_ENV")
  equal(debug.getupvalue(load("return 1"), 1), "_ENV")
  equal(debug.setupvalue(load("return 1"), 2, 1), nil)
  -- functions inside share it
  local g = load("function set(v) y = v end function get() return y end", "n", "t", env)
  g()
  env.set(9)
  assert(env.get() == 9 and env.y == 9 and y == nil)
end

do -- string.dump and back
  local function again(f, strip) return load(string.dump(f, strip), "dumped", "b") end
  equal(again(function(a, b) return a + b end)(2, 3), 5)
  local function everything(...)
    local t = {1, 2.5, "short", ("long"):rep(20), nil, true, false, [10] = {}, name = "v", 1 << 62, math.mininteger, -0.0, 1e300}
    local n = select("#", ...)
    for i = 1, n do t[#t + 1] = (select(i, ...)) end
    for k, v in pairs {a = 1} do t[k] = v end
    local function fact(x) if x <= 1 then return 1 end return x * fact(x - 1) end
    goto over
    t.skipped = true
    ::over::
    t.fact = fact(10)
    t.text = "\0\1\255" .. n
    do local c <close> = setmetatable({}, {__close = function() t.closed = true end}) end
    local k <const> = 77
    t.k = k
    return t
  end
  for _, strip in ipairs {false, true} do
    local f = again(everything, strip)
    debug.setupvalue(f, 1, _ENV)
    local t = f("x", "y")
    assert(t[1] == 1 and t[2] == 2.5 and t[3] == "short" and t[4] == ("long"):rep(20) and t[6] == true and t.name == "v")
    assert(t.fact == 3628800 and t.text == "\0\1\2552" and t.closed and t.k == 77 and t.a == 1 and not t.skipped)
    assert(t[8] == 1 << 62 and t[9] == math.mininteger and 1 / t[10] == -math.huge or t[#t] == "y")
  end
  -- upvalues come back fresh, and nil (the first gets the globals when loaded by load)
  local a, b = 1, 2
  local function up() a = a or 0 return a, b end
  local f = again(up)
  debug.setupvalue(f, 1, nil)
  debug.setupvalue(f, 2, "set")
  local r1, r2 = f()
  assert(r1 == 0 and r2 == "set" and a == 1 and b == 2)
  equal(debug.getupvalue(f, 1), "a")
  equal(debug.getupvalue(again(up, true), 1), "(no name)")
  -- names and lines are kept, or stripped
  local source = "local function inner()\n  local name = nil\n  return name.field\nend\nreturn inner()"
  local plain, stripped = again(load(source, "=orig")), again(load(source, "=orig"), true)
  local _, message = pcall(plain)
  equal(message, "orig:3: attempt to index a nil value (local 'name')")
  _, message = pcall(stripped)
  equal(message, "?: attempt to index a nil value (local 'name')" and message)
  assert(message:find "^%?:%-?%d*:? ?attempt to index a nil value" or message:find "^%?:%-1: attempt to index a nil value", message)
  assert(#string.dump(load(source), true) < #string.dump(load(source)))
  equal(debug.getinfo(stripped, "S").source, "=?")
  equal(debug.getinfo(plain, "S").source, "=orig")
  equal(string.dump(load(source, "=a")), string.dump(load(source, "=a")))
  equal(string.dump(again(load(source, "=a"))), string.dump(load(source, "=a")))
  local good
  good, message = pcall(string.dump, print)
  equal(message, "unable to dump given function")
  good, message = pcall(string.dump)
  equal(message, "bad argument #1 to 'string.dump' (function expected, got no value)")
  -- a dumped chunk of thousands of functions and constants
  local parts = {}
  for i = 1, 2000 do parts[i] = ("function(x) return x + %d, 'c%d', %d.5 end"):format(i, i, i) end
  local list = again(load("return {" .. table.concat(parts, ",\n") .. "}"))()
  local n, s, x = list[1234](1)
  assert(n == 1235 and s == "c1234" and x == 1234.5)
end

do -- damaged binary chunks give errors, never a crash
  local binary = string.dump(function(a) local b = {a, "x", 1.5} for i = 1, 2 do b[i] = function() return a end end return b end)
  for length = 1, #binary - 1 do
    local f, message = load(binary:sub(1, length), "=bin", "b")
    assert(f == nil and type(message) == "string", length)
  end
  refused("bin: bad binary format (truncated chunk)", binary:sub(1, 20), "=bin", "b")
  refused("bin: bad binary format (truncated chunk)", "\27", "=bin")
  refused("bin: bad binary format (not a binary chunk)", "\27Lux" .. binary:sub(5), "=bin")
  refused("bin: bad binary format (version mismatch)", binary:sub(1, 4) .. "\x53" .. binary:sub(6), "=bin")
  refused("bin: bad binary format (format mismatch)", binary:sub(1, 5) .. "\9" .. binary:sub(7), "=bin")
  refused("bin: bad binary format (corrupted chunk)", binary:sub(1, 6) .. "x" .. binary:sub(8), "=bin")
end

do -- dofile, loadfile
  local name = os.tmpname()
  local function write(text, mode)
    local file = assert(io.open(name, "wb"))
    file:write(text)
    file:close()
  end
  write "return 1, ..., debug.getinfo(1, 'S').source"
  local a, b, c = loadfile(name)(2)
  assert(a == 1 and b == 2 and c == "@" .. name)
  equal(dofile(name), 1)
  write "x = y"
  local env = {y = 3}
  loadfile(name, "t", env)()
  equal(env.x, 3)
  local f, message = loadfile(name, "b")
  equal(message, name .. ": attempt to load a text chunk (mode is 'b')" and message)
  assert(f == nil and message:find("attempt to load a text chunk (mode is 'b')", 1, true))
  write(string.dump(load "return 'binary'"))
  equal(dofile(name), "binary")
  equal(loadfile(name, "b")(), "binary")
  f, message = loadfile(name, "t")
  assert(f == nil and message:find("attempt to load a binary chunk (mode is 't')", 1, true))
  write("#!first line\n" .. string.dump(load "return 'after comment'"))
  equal(dofile(name), "after comment")
  write "x ="
  f, message = loadfile(name)
  assert(f == nil and message:find(":1: unexpected symbol near <eof>", 1, true))
  local good
  good, message = pcall(dofile, name)
  assert(not good and message:find(":1: unexpected symbol near <eof>", 1, true))
  write "error('in file')"
  good, message = pcall(dofile, name)
  assert(message:find(":1: in file", 1, true))
  os.remove(name)
end
print "ok"
