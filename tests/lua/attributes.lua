-- Attributes of local variables: <const>, compile-time constants, <close> with all its rules (manual 3.3.7, 3.3.8).
local check = dofile("support/check.lua")
local equal = check.equal
local function wrong(source, wanted)
  local chunk, message = load(source, "=t")
  if chunk then error(("found a chunk, wanted %s"):format(wanted), 2) end
  if message ~= wanted then error(("found '%s', wanted '%s'"):format(message, wanted), 2) end
end

local log
-- A closable value: writes its name and the error it sees to the log, then does `action`.
local function closing(name, action)
  return setmetatable({}, {__close = function(self, e)
    log[#log + 1] = name .. (e ~= nil and "(" .. tostring(e) .. ")" or "")
    if action then return action(self, e) end
  end})
end
local function logged(wanted)
  local found = table.concat(log, " ")
  log = {}
  if found ~= wanted then error(("found '%s', wanted '%s'"):format(found, wanted), 2) end
end
log = {}

do -- constants
  local a <const> = 10
  local b <const>, c <const> = a + 1, "text"
  local d <const> = {x = 1}
  d.x = 2
  assert(a == 10 and b == 11 and c == "text" and d.x == 2)
  local n <const> = nil
  local t <const>, f <const> = true, false
  local x <const> = 1.5
  local s <const> = "s"
  assert(n == nil and t == true and f == false and x == 1.5 and s == "s")
  assert(a + x == 11.5 and s .. a == "s10" and (t and a) == 10 and (f or s) == "s" and not n)
  assert(-a == -10 and a * a == 100 and a // 3 == 3 and a & 6 == 2 and 2 ^ a == 1024.0 and #s == 1)
  local tbl = {a, [s] = a, [a] = s, n, t}
  assert(tbl[1] == 10 and tbl.s == 10 and tbl[10] == "s" and tbl[3] == true)
  local function use() return a, x, s, t, n, d end
  local r = table.pack(use())
  assert(r[1] == 10 and r[2] == 1.5 and r[3] == "s" and r[4] == true and r[5] == nil and r[6] == d and r.n == 6)
  if a == 10 then local a <const> = 20 assert(a == 20) end
  assert(a == 10)
  for i = 1, a do local sq <const> = i * i assert(sq == i ^ 2) end
  while f do error() end
  if n then error() end
  local m <const> = -5
  assert(m == -5 and ({[m] = 1})[-5] == 1)
  local big <const> = 1 << 62
  assert(big == 4611686018427387904 and big + big < 0)
  local e <const> = 2 * a
  assert(e == 20)
  -- constants are no upvalues and take no registers
  local function count() local k <const> = 5; return function() return k end end
  assert(debug.getupvalue(count(), 1) == nil and count()() == 5)
  local k1 <const>, k2 = 1, 2
  assert(debug.getlocal(1, 1) ~= nil and k1 + k2 == 3)
  local g <const> = function() return "g" end
  assert(g() == "g")
  -- many of them
  local source = {}
  for i = 1, 190 do source[i] = "local v" .. i .. " <const> = " .. i end
  source[#source + 1] = "return v1 + v100 + v190"
  equal(assert(load(table.concat(source, "\n")))(), 291)
end

do -- what the compiler refuses
  wrong("local a <const> = 1; a = 2", "t:1: attempt to assign to const variable 'a'")
  wrong("local a <const> = {}; a = {}", "t:1: attempt to assign to const variable 'a'")
  wrong("local a <close> = nil; a = 1", "t:1: attempt to assign to const variable 'a'")
  wrong("local a <const> = 1; local function f() a = 2 end", "t:1: attempt to assign to const variable 'a'")
  wrong("local a <const> = f(); return function() return function() a = 2 end end",
    "t:1: attempt to assign to const variable 'a'")
  wrong("local a, b <const>, c = 1, 2, 3; a, b, c = 1, 2, 3", "t:1: attempt to assign to const variable 'b'")
  wrong("local a <const> = 1; function a() end", "t:1: attempt to assign to const variable 'a'")
  wrong("local _ENV <const> = {}; _ENV = 1", "t:1: attempt to assign to const variable '_ENV'")
  wrong("local a <cons> = 1", "t:1: unknown attribute 'cons'")
  wrong("local a <const", "t:1: '>' expected near <eof>")
  wrong("local a < 1", "t:1: <name> expected near '1'")
  wrong("local a <close>, b <close> = 1, 2", "t:1: multiple to-be-closed variables in local list")
  wrong("local a <close>, b <const>, c <close>", "t:1: multiple to-be-closed variables in local list")
  wrong("local function f <const> () end", "t:1: '(' expected near '<'")
  wrong("for i <const> = 1, 2 do end", "t:1: '=' or 'in' expected near '<'")
  wrong("function f(a <const>) end", "t:1: ')' expected near '<'")
  wrong("a <const> = 1", "t:1: syntax error near '<'")
  wrong("goto x; local a <close> = nil; ::x:: print(a)", "t:1: <goto x> at line 1 jumps into the scope of local 'a'")
  assert(load("local a<const>, b<close> = 1, nil"))
  assert(load("local const <const>, close <const> = 1, 2"))
end

do -- order and normal ends of a block
  do
    local a <close> = closing "a"
    local b <close> = closing "b"
    log[#log + 1] = "body"
  end
  logged "body b a"
  do local x <close> = nil end
  do local x <close> = false end
  logged ""
  local function f()
    local a <close> = closing "a"
    return "result", #log
  end
  local r, n = f()
  assert(r == "result" and n == 0)
  logged "a"
  for i = 1, 3 do local v <close> = closing("v" .. i) end
  logged "v1 v2 v3"
  for i = 1, 3 do
    local v <close> = closing("v" .. i)
    if i == 2 then break end
  end
  logged "v1 v2"
  local i = 0
  while i < 3 do
    i = i + 1
    local v <close> = closing("w" .. i)
    if i == 2 then goto continue end
    log[#log + 1] = "-"
    ::continue::
  end
  logged "- w1 w2 - w3"
  repeat
    local v <close> = closing "r"
    local done = true
  until done and #log == 0
  logged "r"
  do
    local a <close> = closing "a"
    do
      local b <close> = closing "b"
      goto out
    end
  end
  ::out::
  logged "b a"
  -- a backward goto closes each time
  do
    local k = 0
    ::again::
    local c <close> = closing("g" .. k)
    k = k + 1
    if k < 3 then goto again end
  end
  logged "g0 g1 g2"
  -- returned values survive the closing, even many or none
  local function many(...) local a <close> = closing "m" return ... end
  equal(select("#", many()), 0)
  equal(select("#", many(nil, nil)), 2)
  equal(select("#", many(table.unpack({}, 1, 500))), 500)
  equal(table.concat({many(1, 2, 3)}, ","), "1,2,3")
  log = {}
  -- no tail call in the scope of such a variable
  local function tail() local a <close> = closing "t" return (function() log[#log + 1] = "call" return 1 end)() end
  equal(tail(), 1)
  logged "call t"
  -- the value is read at the declaration, not later; variables stay visible to the metamethod
  local seen
  do
    local v = 5
    local c <close> = setmetatable({}, {__close = function() seen = v end})
    v = 6
  end
  equal(seen, 6)
  local captured
  do
    local c <close> = closing "cap"
    captured = function() return c end
  end
  logged "cap"
  assert(type(captured()) == "table")
  local r = (function() local x <close> = closing "x" local y = 1 return function() y = y + 1 return y end end)()
  assert(r() == 2 and r() == 3)
  log = {}
end

do -- arguments of the metamethod, and which one is called
  local arguments
  local object = setmetatable({}, {__close = function(...) arguments = table.pack(...) end})
  do local a <close> = object end
  assert(arguments.n == 2 and arguments[1] == object and arguments[2] == nil)
  pcall(function() local a <close> = object error({}) end)
  assert(arguments.n == 2 and arguments[1] == object and type(arguments[2]) == "table")
  -- looked up when closing: a changed metatable counts
  local t = setmetatable({}, {__close = function() log[#log + 1] = "old" end})
  do
    local a <close> = t
    getmetatable(t).__close = function() log[#log + 1] = "new" end
  end
  logged "new"
  local good, message = pcall(function()
    local a <close> = setmetatable({}, {__close = print})
    getmetatable(a).__close = nil
  end)
  assert(not good and message:find("metamethod 'close'", 1, true), message)
  good, message = pcall(function()
    local a <close> = setmetatable({}, {__close = print})
    setmetatable(a, nil)
  end)
  assert(not good and message:find("metamethod 'close'", 1, true), message)
  -- a callable table as metamethod
  do
    local a <close> = setmetatable({}, {__close = setmetatable({}, {__call = function(_, o, e) log[#log + 1] = "callable" end})})
  end
  logged "callable"
end

do -- values that cannot be closed
  for _, value in ipairs {"42", "'text'", "{}", "print", "true", "coroutine.create(print)", "io.stdout and 1"} do
    local good, message = pcall(load("local x <close> = " .. value, "=t"))
    assert(not good)
    equal(message, "t:1: variable 'x' got a non-closable value")
  end
  local good = pcall(function()
    local a <close> = closing "a"
    local b <close> = 10
  end)
  assert(not good and #log == 1 and log[1]:find("^a%(.*variable 'b' got a non%-closable value%)$"), log[1])
  log = {}
  do local f <close> = io.tmpfile() end -- files are closable
end

do -- errors
  local function run(f, ...) return select(2, pcall(f, ...)) end
  equal(run(function()
    local a <close> = closing "a"
    local b <close> = closing "b"
    error("e", 0)
  end), "e")
  logged "b(e) a(e)"
  -- an error in a metamethod replaces the one before, for the rest of them
  equal(run(function()
    local a <close> = closing "a"
    local b <close> = closing("b", function() error("from b", 0) end)
    local c <close> = closing "c"
    error("e", 0)
  end), "from b")
  logged "c(e) b(e) a(from b)"
  equal(run(function()
    local a <close> = closing "a"
    local b <close> = closing("b", function() error("from b", 0) end)
    local c <close> = closing("c", function() error("from c", 0) end)
  end), "from b")
  logged "c b(from c) a(from b)"
  -- in a return: results are lost, the error counts
  equal(run(function()
    local a <close> = closing("a", function() error("late", 0) end)
    return 1, 2
  end), "late")
  logged "a"
  -- error objects keep their identity; nil as an error object
  local object = {}
  equal(run(function() local a <close> = closing("a", function(_, e) assert(e == object) end) error(object) end), object)
  log = {}
  local e = run(function() local a <close> = closing "a" error(nil) end)
  assert(e == nil)
  log = {}
  -- caught inside the metamethod: nothing to see outside
  equal(run(function()
    local a <close> = closing("a", function() pcall(error, "inner") end)
    error("outer", 0)
  end), "outer")
  logged "a(outer)"
  -- nested protected calls with their own pending variables
  equal(run(function()
    local a <close> = closing "a"
    local inner = run(function()
      local b <close> = closing "b"
      error("inner", 0)
    end)
    log[#log + 1] = inner
    local c <close> = closing "c"
    error("outer", 0)
  end), "outer")
  logged "b(inner) inner c(outer) a(outer)"
  -- a stack overflow closes, too
  local depth = 0
  local message = run(function()
    local a <close> = closing("a", function(_, e) depth = #tostring(e) > 0 and 1 or 0 end)
    local function forever() return 1 + forever() end
    forever()
  end)
  assert(message:find("stack overflow", 1, true) and depth == 1)
  log = {}
  -- metamethods may use to-be-closed variables themselves
  equal(run(function()
    local a <close> = closing("a", function()
      local i <close> = closing("i", function() error("i", 0) end)
      error("body", 0)
    end)
    error("first", 0)
  end), "i")
  logged "a(first) i(body)"
  -- xpcall: the handler runs before, and again for new errors
  local handled = {}
  local r = select(2, xpcall(function()
    local a <close> = closing("a", function() error("second", 0) end)
    error("first", 0)
  end, function(m) handled[#handled + 1] = m return m .. "!" end))
  equal(r, "second!")
  equal(table.concat(handled, " "), "first second")
  logged "a(first!)"
end

do -- generic for closes its fourth value
  local function iterate(n, name) return function(_, k) if k < n then return k + 1 end end, nil, 0, closing(name) end
  for i in iterate(2, "a") do log[#log + 1] = i end
  logged "1 2 a"
  for i in iterate(5, "b") do if i == 2 then break end end
  logged "b"
  pcall(function() for i in iterate(5, "c") do error("x", 0) end end)
  logged "c(x)"
  local function f() for i in iterate(5, "d") do for j in iterate(5, "e") do return i, j end end end
  f()
  logged "e d"
  pcall(function() for i in function() error("iter", 0) end, nil, nil, closing "f" do end end)
  logged "f(iter)"
end

do -- coroutines: yields in bodies and in metamethods
  local function yielding(name) return closing(name, function() coroutine.yield("y" .. name) end) end
  local co = coroutine.wrap(function()
    do
      local a <close> = yielding "a"
      local b <close> = yielding "b"
      coroutine.yield "body"
    end
    return "end"
  end)
  equal(co(), "body")
  equal(co(), "yb")
  equal(co(), "ya")
  equal(co(), "end")
  logged "b a"
  -- while returning values
  co = coroutine.wrap(function()
    local function f() local a <close> = yielding "a" local b <close> = yielding "b" return 1, nil, 3 end
    return select("#", f()), f()
  end)
  equal(co(), "yb") equal(co(), "ya") equal(co(), "yb") equal(co(), "ya")
  local r = table.pack(co())
  assert(r.n == 4 and r[1] == 3 and r[2] == 1 and r[3] == nil and r[4] == 3)
  log = {}
  -- while an error unwinds, inside a protected call
  co = coroutine.wrap(function()
    local good, e = pcall(function()
      local a <close> = yielding "a"
      local b <close> = closing("b", function(_, e) coroutine.yield("yb") error(e .. "+", 0) end)
      error("e", 0)
    end)
    coroutine.yield(tostring(good) .. e)
    return "end"
  end)
  equal(co(), "yb") equal(co(), "ya") equal(co(), "falsee+") equal(co(), "end")
  logged "b(e) a(e+)"
  -- in loops left by break, by goto and by their end
  co = coroutine.wrap(function()
    for i = 1, 2 do local v <close> = yielding("v" .. i) end
    for i in next, {1, 2}, nil, yielding "f" do break end
    do local g <close> = yielding "g" goto out end
    ::out::
    return "end"
  end)
  local seen = {}
  repeat local v = co() seen[#seen + 1] = v until v == "end"
  equal(table.concat(seen, " "), "yv1 yv2 yf yg end")
  log = {}
end

do -- coroutine.close
  local co = coroutine.create(function()
    local a <close> = closing "a"
    local b <close> = closing "b"
    coroutine.yield()
  end)
  coroutine.resume(co)
  local good, e = coroutine.close(co)
  assert(good == true and e == nil and coroutine.status(co) == "dead")
  logged "b a"
  assert(coroutine.close(co) == true)
  co = coroutine.create(function()
    local a <close> = closing "a"
    local b <close> = closing("b", function() error("b failed", 0) end)
    local c <close> = closing "c"
    coroutine.yield()
  end)
  coroutine.resume(co)
  good, e = coroutine.close(co)
  assert(good == false and e == "b failed")
  logged "c b a(b failed)"
  assert(coroutine.status(co) == "dead")
  -- one that died of an error: its variables are closed by close
  co = coroutine.create(function() local a <close> = closing "a" error("dead", 0) end)
  assert(not coroutine.resume(co))
  log[#log + 1] = "between"
  good, e = coroutine.close(co)
  assert(good == false and e == "dead")
  logged "between a(dead)"
  -- wrap closes at once
  local f = coroutine.wrap(function() local a <close> = closing "a" error("w", 0) end)
  good, e = pcall(f)
  assert(not good and e == "w")
  logged "a(w)"
  -- never resumed
  assert(coroutine.close(coroutine.create(print)) == true)
end
print "ok"
