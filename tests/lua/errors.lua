-- Errors: objects, levels, positions, handlers, tracebacks, overflow (manual 2.3, 6.1). Message texts of single
-- operations have their own table: tests/errors.
-- The message of a chunk named t.
local check = dofile("support/check.lua")
local equal = check.equal
local function message_of(source, ...)
  local chunk = assert(load(source, "=t"))
  return select(2, pcall(chunk, ...))
end

do -- objects of any type arrive as they are
  local thread = coroutine.create(print)
  for _, object in ipairs {1, 1.5, "text", true, false, {}, print, thread, io.stdout} do
    local good, e = pcall(error, object)
    assert(not good and rawequal(e, object))
    good, e = pcall(error, object, 0)
    assert(not good and rawequal(e, object))
    good, e = xpcall(error, function(o) return {o} end, object)
    assert(not good and e[1] == object)
  end
  assert(select("#", pcall(error)) == 2 and select(2, pcall(error)) == nil)
  equal(select(2, pcall(error, nil, 1)), nil)
  local object = setmetatable({}, {__tostring = function() return "shown" end})
  equal(select(2, pcall(error, object)), object)
  equal(math.type(select(2, pcall(error, 12))), "integer")
end

do -- levels
  local source = [[
    local function thrower(level)
      error("m", level)
    end
    local function middle(level)
      thrower(level)
    end

    middle(...)
  ]]
  equal(message_of(source), "t:2: m")
  equal(message_of(source, 1), "t:2: m")
  equal(message_of(source, 0), "m")
  equal(message_of(source, 2), "t:5: m")
  equal(message_of(source, 3), "t:8: m")
  equal(message_of(source, 4), "m")
  equal(message_of(source, 100), "m")
  equal(message_of("error('x', 2.0)"), "x")
  equal(message_of("error({}, 2)") ~= nil, true)
  equal(message_of("error(5, 1)"), 5)
  equal(message_of("error('5', 1)"), "t:1: 5")
  equal(message_of("local e = error; e('x')"), "t:1: x")
  equal(message_of("return error('tail')"), "t:1: tail") -- a C function is never tail-called
  equal(message_of("return (error('no tail'))"), "t:1: no tail")
  equal(message_of("pcall(error, 'x', 'y')"), nil)
  equal(select(2, pcall(error, "x", "y")), "bad argument #2 to 'error' (number expected, got string)")
  -- a C function has no position
  equal(select(2, pcall(error, "x", 1)), "x")
  equal(select(2, pcall(pcall)), "bad argument #1 to 'pcall' (value expected)")
end

do -- assert
  equal(select("#", assert(1, 2, 3)), 3)
  equal(select(2, assert(1, nil)), nil)
  equal(select(2, pcall(assert, false)), "assertion failed!")
  equal(select(2, pcall(assert, nil)), "assertion failed!")
  equal(select(2, pcall(assert, false, "own")), "own")
  equal(select(2, pcall(assert, nil, nil)), nil)
  equal(type(select(2, pcall(assert, false, {}))), "table")
  equal(select(2, pcall(assert)), "bad argument #1 to 'assert' (value expected)")
  equal(select(2, pcall(assert, false, 5)), 5)
end

do -- pcall and its results
  local function join(...)
    local list = table.pack(...)
    for i = 1, list.n do list[i] = tostring(list[i]) end
    return table.concat(list, " ")
  end
  equal(join(pcall(function(...) return ... end, 1, nil, 3)), "true 1 nil 3")
  equal(join(pcall(function() end)), "true")
  equal(join(pcall(5)), "false attempt to call a number value")
  equal(join(pcall(nil)), "false attempt to call a nil value")
  equal(join(pcall(pcall)), "false bad argument #1 to 'pcall' (value expected)")
  equal(join(pcall(pcall, error, "e")), "true false e")
  equal(join(pcall(xpcall, 1)), "false bad argument #2 to 'xpcall' (function expected, got no value)")
  equal(join(xpcall(function(...) return ... end, print, 1, nil)), "true 1 nil")
  equal(join(xpcall(error, function(...) return select("#", ...) end, "x")), "false 1")
  equal(join(xpcall(error, function(e) return e, "second" end, "x")), "false x")
  equal(join(xpcall(error, function() end, "x")), "false nil")
  equal(join(xpcall(nil, function(m) return "<" .. m .. ">" end)), "false <attempt to call a nil value>")
  equal(join(pcall(xpcall, print, 5)), "false bad argument #2 to 'xpcall' (function expected, got number)")
  -- many nested protected calls, errors through some of them
  local function nest(n) if n == 0 then error("deep", 0) end local good, e = pcall(nest, n - 1) error(e .. ".", 0) end
  equal(select(2, pcall(nest, 50)), "deep" .. ("."):rep(50))
  for _ = 1, 10000 do pcall(error, "x") end
end

do -- a handler runs where the error is: the stack is still there
  local function inner() local secret = 42 error("e", 0) end
  local seen
  xpcall(inner, function(m)
    for level = 1, 10 do
      local info = debug.getinfo(level, "f")
      if info and info.func == inner then
        local name, value = debug.getlocal(level, 1)
        seen = name .. value .. m
      end
    end
  end)
  equal(seen, "secret42e")
  local good, trace = xpcall(inner, debug.traceback)
  assert(trace:find("^e\nstack traceback:\n\t%[C%]: in function 'error'\n") and trace:find("in upvalue 'inner'", 1, true) or
    trace:find("in function <", 1, true), trace)
  -- errors of the runtime, too
  good, trace = xpcall(function() local t = nil; t.x = 1 end, debug.traceback)
  assert(trace:find("attempt to index a nil value (local 't')\nstack traceback:\n\t", 1, true), trace)
  good, trace = xpcall(string.rep, debug.traceback)
  assert(trace:find("bad argument #1 to 'string.rep'", 1, true) or trace:find("bad argument #1 to 'rep'", 1, true), trace)
  -- the handler itself may use protected calls and coroutines
  good, trace = xpcall(error, function(m)
    local _, e = pcall(error, "inner", 0)
    return m .. e .. coroutine.wrap(function() return coroutine.yield("y") end)()
  end, "outer ")
  equal(trace, "outer innery")
end

do -- errors in handlers: the handler is called for them again, until that fails for good
  local count = 0
  local good, e = xpcall(error, function(m)
    count = count + 1
    if count < 5 then error("again", 0) end
    return m .. count
  end, "first")
  assert(not good and e == "again5", e)
  good, e = xpcall(error, function(m) error(m, 0) end, "x")
  assert(not good and (e == "C stack overflow" or e == "x" or e:find "error"), e)
  good, e = xpcall(error, function(m) local x = m.field.deeper end, "x")
  assert(not good and type(e) == "string", e)
  good, e = xpcall(error, error, "x")
  assert(not good)
  -- and afterwards all is well
  equal(select(2, xpcall(error, function(m) return m .. "!" end, "fine")), "fine!")
end

do -- stack overflow is an error like others
  local function forever() return 1 + forever() end
  for _ = 1, 3 do
    local good, e = pcall(forever)
    assert(not good and type(e) == "string" and e:find("stack overflow", 1, true), e)
  end
  local function with_arguments(...) return 1 + with_arguments(1, ...) end
  local good, e = pcall(with_arguments)
  assert(not good and e:find("stack overflow", 1, true))
  -- caught deep inside, and gone on from there
  local depth, caught = 0, 0
  local function down()
    depth = depth + 1
    local ok = pcall(down)
    if not ok then caught = caught + 1 end
  end
  down()
  assert(depth > 100 and caught >= 1)
  -- the message names the place and says that it was a Lua stack or a C stack
  good, e = pcall(load("local function f() return 1 + f() end f()", "=t"))
  assert(e:find "^t:1: stack overflow", e)
  good, e = pcall(string.gsub, "x", "x", function() return (string.gsub("x", "x", error)) end)
  local function through_c() return (string.gsub("x", "x", through_c)) end
  good, e = pcall(through_c)
  assert(not good and e:find("C stack overflow", 1, true), e)
  local t = setmetatable({}, {})
  getmetatable(t).__index = function(self, k) return self[k == "a" and "b" or "a"] end
  good, e = pcall(function() return t.a end)
  assert(not good and e:find("stack overflow", 1, true), e)
  getmetatable(t).__tostring = function(self) return tostring(self) end
  good, e = pcall(tostring, t)
  assert(not good and e:find("C stack overflow", 1, true), e)
  -- handlers still work at the edge
  local handled
  good, e = xpcall(forever, function(m) handled = m return "handled" end)
  assert(not good and handled and handled:find("stack overflow", 1, true) and e == "handled", e)
  good, e = xpcall(forever, function(m) return forever() end)
  assert(not good)
  good, e = xpcall(forever, debug.traceback)
  assert(not good and e:find("stack overflow", 1, true) and e:find("\n\t...\t(skipping ", 1, true), e)
  -- the stack can be used again to its full depth
  local function depth_of(n) if n == 0 then return 0 end return 1 + depth_of(n - 1) end
  equal(depth_of(100000), 100000)
  -- finalizers and weak tables are not disturbed
  collectgarbage()
end

do -- positions: name forms of chunks in messages
  local function position(name, source)
    return (select(2, pcall(load(source or "error('m')", name))))
  end
  equal(position("=name"), "name:1: m")
  equal(position("@file.lua"), "file.lua:1: m")
  equal(position("return 1"), '[string "return 1"]:1: m')
  equal(position("first\nsecond"), '[string "first..."]:1: m')
  equal(position("=" .. ("n"):rep(100)), ("n"):rep(59) .. ":1: m")
  equal(position("@" .. ("n"):rep(100)), "..." .. ("n"):rep(56) .. ":1: m")
  equal(position(("n"):rep(100)), '[string "' .. ("n"):rep(45) .. '..."]:1: m')
  equal(position(""), '[string ""]:1: m')
  equal(position("="), ":1: m")
  equal(position("@"), ":1: m")
  equal(position("\n"), '[string "..."]:1: m')
  equal(position("=a\nb"), "a\nb:1: m")
  equal(position("=t", "\n\n\nerror('m')"), "t:4: m")
  equal(position("=t", "local function f()\n error('m')\nend\n\nf()"), "t:2: m")
  equal(position("=t", "local x = 1\nlocal y = x .. {}\n"), "t:2: attempt to concatenate a table value")
end

do -- warnings of the library are off unless asked for; warn checks its arguments
  local good, e = pcall(warn)
  equal(e, "bad argument #1 to 'warn' (string expected, got no value)")
  good, e = pcall(warn, "a", {})
  equal(e, "bad argument #2 to 'warn' (string expected, got table)")
  warn("@off")
  warn("nobody sees ", "this")
  warn("@unknown control")
end

do -- errors while loading are values
  local f, e
  -- (inside pcall, where no message handler of the command line adds a traceback)
  local load = function(...) local r = table.pack(pcall(_ENV.load, ...)) return table.unpack(r, 2, r.n) end
  f, e = load("x = = 1", "=t")
  assert(f == nil and e == "t:1: unexpected symbol near '='")
  f, e = load(function() error("reader failed", 0) end)
  assert(f == nil and e == "reader failed")
  local object = {}
  f, e = load(function() error(object) end)
  assert(f == nil and e == object)
  -- a number counts as a string: here the text is `return 55`
  local pieces = {"return ", 5, 5}
  f = assert(load(function() return table.remove(pieces, 1) end))
  equal(f(), 55)
  f, e = load(function() return {} end)
  assert(f == nil and e == "reader function must return a string", e)
  f, e = loadfile("no/such/file.lua")
  assert(f == nil and e == "cannot open no/such/file.lua: No such file or directory", e)
  local good
  good, e = pcall(dofile, "no/such/file.lua")
  assert(not good and e == "cannot open no/such/file.lua: No such file or directory", e)
end

do -- memory: impossible sizes are refused
  local good, e = pcall(string.rep, "x", 1 << 62)
  assert(not good and e:find("resulting string too large", 1, true), e)
  good, e = pcall(string.rep, "abc", math.maxinteger)
  assert(not good and e:find("resulting string too large", 1, true), e)
  good, e = pcall(function() local t = {} for i = 1, 3 do t[i] = ("x"):rep(1 << 20) end return #table.concat(t) end)
  assert(good and e == 3 << 20)
end

do -- non-string messages and the standalone functions that add positions
  local good, e = pcall(function() error(setmetatable({}, {__tostring = function() return "T" end})) end)
  equal(tostring(e), "T")
  good, e = pcall(function() error(nil) end)
  assert(not good and e == nil)
  good, e = pcall(function() error("with level 2", 2) end)
  equal(e, "with level 2")
  good, e = pcall(function() string.rep() end)
  assert(e:find "^[^:]+:%d+: bad argument #1 to 'rep' %(string expected, got no value%)$", e)
  good, e = pcall(function() ("x"):rep() end)
  assert(e:find "^[^:]+:%d+: bad argument #1 to 'rep' %(number expected, got no value%)$", e)
  good, e = pcall(function() ("x").rep() end)
  assert(e:find "bad argument #1 to 'rep'", e)
  good, e = pcall(function() string.rep({}, 1) end)
  assert(e:find "bad argument #1 to 'rep' %(string expected, got table%)$", e)
  good, e = pcall(function() local t = {upper = string.upper} t:upper() end)
  assert(e:find "calling 'upper' on bad self", e)
end
print "ok"
