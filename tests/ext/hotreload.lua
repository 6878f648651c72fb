-- The module rille.hotreload: old functions act as the new ones, wherever they are held; state stays; a failing reload changes nothing.
package.path = "../lua/?.lua;" .. package.path
local check = require "support.check"
local hotreload = require "rille.hotreload"

local folder = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir " .. folder))
package.path = folder .. "/?.lua;" .. package.path

local function write(name, text)
  local file <close> = assert(io.open(folder .. "/" .. name .. ".lua", "w"))
  file:write(text)
end
local function load_module(name, text)
  package.loaded[name] = nil
  write(name, text)
  return require(name)
end
local function reload(name, text, options)
  write(name, text)
  return assert(hotreload.reload(name, options))
end
local function list(t) table.sort(t) return table.concat(t, " ") end

-- ---- the plain case ----
do
  local m = load_module("plain", [[
    local M = {count = 0}
    local step = 1
    local function advance() step = step + 1 return step end
    function M.next() M.count = M.count + 1 return "old", M.count, advance() end
    function M.gone() return "gone" end
    return M]])
  local held, next_old = {m.next}, m.next
  check.gives("old 1 2", m.next())
  local report = reload("plain", [[
    local M = {count = 100, extra = "new"}
    local step = 1000
    -- a line more
    local function advance() step = step + 10 return step end
    function M.next() M.count = M.count + 1 return "new", M.count, advance() end
    function M.added() return "added", step end
    return M]])
  check.equal(require "plain", m)
  check.gives("new 2 12", m.next())
  check.equal(m.next, next_old)
  check.gives("new 3 22", held[1]())
  check.gives("added 22", m.added())
  check.gives("new gone", m.extra, m.gone())
  check.equal(list(report.changed), "advance next")
  check.equal(list(report.added), "added")
  check.equal(list(report.removed), "gone")
  check.equal(list(report.new_fields), "plain.added plain.extra")
  check.equal(list(report.removed_fields), "plain.gone")
  check.gives("plain 2", report.name, report.closures)
  check.equal(report.path, folder .. "/plain.lua")
end

-- ---- wherever functions are held ----
do
  local m = load_module("held", [[
    local M = {}
    function M.f() return 1 end
    function M.make(n) local calls = 0 return function() calls = calls + 1 return 1, n, calls end end
    return M]])
  local f = m.f
  local as_key, weak = {[f] = "key"}, setmetatable({f}, {__mode = "v"})
  local meta = setmetatable({}, {__index = f, __call = f, __add = f})
  local in_upvalue = function() return f() end
  local waiting = coroutine.create(function() coroutine.yield() return f() end)
  coroutine.resume(waiting)
  local fresh = coroutine.create(f)
  local wrapped = coroutine.wrap(f)
  debug.getregistry()["held test"] = f
  local userdata = io.tmpfile()
  local a, b = m.make("a"), m.make("b")
  check.gives("1 a 1", a())
  reload("held", [[
    local M = {}
    function M.f() return 2 end
    function M.make(n) local calls = 0 return function() calls = calls + 1 return 2, n, calls end end
    return M]])
  check.gives("2 key 2", f(), as_key[f], weak[1]())
  check.gives("2 2 2", meta.x, meta(), meta + 1)
  check.gives("2 true 2", in_upvalue(), coroutine.resume(waiting))
  check.gives("true 2", coroutine.resume(fresh))
  check.gives("2 2", wrapped(), debug.getregistry()["held test"]())
  check.gives("2 a 2", a())
  check.gives("2 b 1", b())
  debug.getregistry()["held test"] = nil
  userdata:close()
end

-- ---- more upvalues than the closure has room for: it forwards ----
do
  local m = load_module("more", [[
    local M = {}
    local a, b, c = 1, 2, 3
    function M.none() return "none" end
    function M.one() return a end
    function M.all() return a, b, c end
    return M]])
  local none, one = m.none, m.one
  local report = reload("more", [[
    local M = {}
    local a, b, c, d = 10, 20, 30, 40
    function M.none(...) return a, b, c, d, ... end
    function M.one(...) a = a + 1 return a, b, c, d, select("#", ...) end
    function M.all() return a, b, c end
    return M]])
  assert(report.forwarded >= 1, report.forwarded)
  check.gives("1 2 3 40 x nil", none("x", nil))
  check.gives("2 2 3 40 3", one(nil, nil, nil))
  check.equal(m.none, none)
  check.gives("2 2 3", m.all())
  check.gives("true 2 2 3 40 y", pcall(none, "y"))
  check.gives("3 2 3 40 0", coroutine.wrap(function() return one() end)())
  -- and once more, and back
  reload("more", [[
    local M = {}
    local a, b, c, d, e, f = 1, 1, 1, 1, 50, 60
    function M.none() return "none again" end
    function M.one() return a, b, c, d, e, f end
    function M.all() return c end
    return M]])
  check.gives("none again", none())
  check.gives("3 2 3 40 50 60", one())
  check.gives("3", m.all())
  local dumped = load(string.dump(none))
  check.gives("none again", dumped())
end

-- ---- what runs goes on, what is called next is new ----
do
  local m = load_module("running", [[
    local M = {}
    local function inner() return "old inner" end
    function M.loop()
      local seen = {}
      for i = 1, 3 do
        seen[#seen + 1] = "old " .. inner()
        coroutine.yield(i)
      end
      return table.concat(seen, ", ")
    end
    function M.recurse(n) if n == 0 then return "old end" end coroutine.yield() return M.recurse(n - 1) end
    function M.self(text) local f = M.reload(text) return "old self", M.self ~= nil end
    return M]])
  local task, deep = coroutine.create(m.loop), coroutine.create(m.recurse)
  check.gives("true 1", coroutine.resume(task))
  coroutine.resume(deep, 1)
  local report = reload("running", [[
    local M = {}
    local extra = "!"
    local function inner() return "new inner" .. extra end
    function M.loop() return "new loop" end
    function M.recurse(n) if n == 0 then return "new end" end return M.recurse(n - 1) end
    return M]])
  check.equal(report.running, 2)
  check.gives("true 2", coroutine.resume(task))
  check.gives("true 3", coroutine.resume(task))
  check.gives("true old old inner, old new inner!, old new inner!", coroutine.resume(task))
  check.gives("true new end", coroutine.resume(deep))
  check.gives("new loop", m.loop())
end

-- ---- a function that reloads its own module ----
do
  write("own", [[
    local M = {}
    function M.step(again) local before = "old" again() return before, M.step() end
    return M]])
  local m = require "own"
  check.gives("old new", m.step(function()
    reload("own", "local M = {} function M.step() return 'new' end return M")
  end))
end

-- ---- classes, and tables that hold tables ----
do
  local m = load_module("class", [[
    local Animal = {}
    Animal.__index = Animal
    function Animal.new(name) return setmetatable({name = name}, Animal) end
    function Animal:speak() return self.name .. " is silent" end
    local M = {Animal = Animal, settings = {volume = 1}, handlers = {click = function() return "old click" end}}
    function M.new(name) return Animal.new(name) end
    return M]])
  local animal, click = m.new("Tim"), m.handlers.click
  m.settings.volume = 7
  local report = reload("class", [[
    local Animal = {}
    Animal.__index = Animal
    Animal.__tostring = function(self) return "animal " .. self.name end
    function Animal.new(name) return setmetatable({name = name}, Animal) end
    function Animal:speak() return self.name .. " barks" end
    function Animal:sleep() return self.name .. " sleeps" end
    local M = {Animal = Animal, settings = {volume = 1, balance = 0}, handlers = {click = function() return "new click" end}}
    function M.new(name) return Animal.new(name) end
    return M]])
  check.gives("Tim barks", animal:speak())
  check.gives("Tim sleeps", animal:sleep())
  check.gives("animal Tim 7 0", tostring(animal), m.settings.volume, m.settings.balance)
  check.gives("new click true", click(), m.handlers.click == click)
  check.equal(getmetatable(m.new("x")), getmetatable(animal))
  check.equal(list(report.new_fields), "class.Animal.__tostring class.Animal.sleep class.settings.balance")
end

-- ---- modules that are functions, that set package.loaded, that return nothing ----
do
  local f = load_module("function_module", "local n = 0 return function() n = n + 1 return 'old', n end")
  f()
  reload("function_module", "local n = 5 return function() n = n + 1 return 'new', n end")
  check.gives("new 2", f())
  check.equal(require "function_module", f)
end
do
  load_module("globals", "shared = shared or {} function global_function() return 'old', shared end")
  local old, kept = global_function, shared
  reload("globals", "shared = shared or {} function global_function() return 'new', shared end new_global = true")
  local text, value = old()
  check.gives("new true true true", text, value == kept, new_global, old == global_function or true)
  global_function, shared, new_global = nil, nil, nil
end
do
  local m = load_module("loaded", "local M = {} package.loaded[...] = M function M.f() return 'old' end")
  check.equal(m.f(), "old")
  reload("loaded", "local M = {} package.loaded[...] = M function M.f() return 'new' end")
  check.gives("new true", m.f(), require "loaded" == m)
end

-- ---- variables: shadowing, loops, several of one name, functions in variables ----
do
  local m = load_module("variables", [[
    local M, x = {}, "first"
    function M.first() return x end
    local x = "second"
    function M.second() return x end
    M.loop = {}
    for i = 1, 3 do M.loop[i] = function() return "old", i end end
    local callback
    function M.call() return callback and callback() end
    local sin = math.sin
    function M.sin() return sin(0) end
    function M.nested() local a = 1 return function() a = a + 1 return a end end
    return M]])
  local loop2, nested = m.loop[2], m.nested()
  nested()
  reload("variables", [[
    local M, x = {}, "FIRST"
    function M.first() return "new " .. x end
    local x = "SECOND"
    function M.second() return "new " .. x end
    M.loop = {}
    for i = 1, 3 do M.loop[i] = function() return "new", i end end
    local callback = function() return "called" end
    function M.call() return callback and callback() end
    local function sin() return "mine" end
    function M.sin() return sin(0) end
    function M.nested() local a = 1 return function() a = a + 100 return a end end
    return M]])
  check.gives("new first new second", m.first(), m.second())
  check.gives("new 2", loop2())
  check.gives("new 3", m.loop[3]())
  check.gives("called mine 102", m.call(), m.sin(), nested())
end

-- ---- functions without a name are found by their code, else in order ----
do
  local m = load_module("anonymous", [[
    local M = {list = {}}
    M.list[1] = function() return "a" end
    M.list[2] = function() return "b" end
    return M]])
  local a, b = m.list[1], m.list[2]
  reload("anonymous", [[
    local M = {list = {}}
    M.list[1] = function() return "zero" end
    M.list[2] = function() return "a" end
    M.list[3] = function() return "b" end
    return M]])
  check.gives("a b b", a(), b(), m.list[3]())
end

-- ---- closures of one activation share a variable that is new to them ----
do
  local m = load_module("siblings", [[
    local M = {}
    function M.make() local x, y = 1, 2 return function() return x end, function() return x, y end end
    return M]])
  local f, g = m.make()
  reload("siblings", [[
    local M = {}
    function M.make() local x, y, z = 1, 2 return function(n) y = y + n z = (z or 0) + 1 return x, y, z end, function() z = (z or 0) + 10 return x, y, z end end
    return M]])
  check.gives("1 7 1", f(5))
  check.gives("1 7 11", g())
  check.gives("1 8 12", f(1))
end

-- ---- a failing reload changes nothing ----
do
  local m = load_module("failing", "local M = {n = 1} function M.f() return 'old' end counter_of_failing = 1 return M")
  local function fails(text, message, options)
    write("failing", text)
    local report, found = hotreload.reload("failing", options)
    check.equal(report, nil)
    assert(tostring(found):find(message, 1, true), found)
    check.gives("old 1 1", m.f(), m.n, counter_of_failing)
    check.equal(require "failing", m)
    check.equal(next(m) ~= nil and m.g, nil)
  end
  fails("local M = {", "expected")
  fails("counter_of_failing = 2 other_global = true local M = {n = 2} function M.f() return 'new' end error('at the end', 0)", "at the end")
  check.equal(rawget(_G, "other_global"), nil)
  fails("_G.counter_of_failing = 2 _G.other_global = 1 error {}", "table")
  check.equal(rawget(_G, "other_global"), nil)
  fails("package.loaded[...] = 1 error 'x'", "x")
  fails("local M = {} function M.f() return 'new' end return M", "more than 10 objects", {limit = 10})
  fails("local M = {} function M.f() return 'new' end return M", "not now", {before = function() error("not now", 0) end})
  local ok, message = hotreload.reload("unknown module")
  check.gives("nil module 'unknown module' is not tracked", ok, message)
  reload("failing", "local M = {} function M.f() return 'new' end return M")
  check.gives("new 1", m.f(), m.n)
  counter_of_failing = nil
end

-- ---- dry runs and hooks ----
do
  local m = load_module("dry", "local M = {} function M.f() return 'old' end function M.g() end return M")
  local report = reload("dry", "ran = true local M = {} function M.f() return 'new' end function M.g() end function M.h() end return M", {dry_run = true})
  check.gives("old nil", m.f(), rawget(_G, "ran"))
  check.gives("f h 1 2", list(report.changed), list(report.added), report.unchanged, report.closures)
  local called = {}
  hotreload.hooks {before = function(name, path) called[#called + 1] = name .. path:match("/[^/]*$") end,
    after = function(r) called[#called + 1] = r.name .. #r.changed end}
  reload("dry", "local M = {} function M.f() return 'newer' end function M.g() end return M", {after = function() called[#called + 1] = "own" end})
  check.equal(table.concat(called, " "), "dry/dry.lua dry1 own")
  hotreload.hooks {}
  check.equal(m.f(), "newer")
end

-- ---- many times, with closures of all versions alive ----
do
  local m = load_module("many", "local M, n = {}, 0 function M.f() n = n + 1 return 0, n end return M")
  local held = {m.f}
  for i = 1, 30 do
    local more = ("local v%d = %d "):rep(i):gsub("%%d", tostring)
    local names, sum = {}, {}
    for v = 1, i % 7 do names[v] = ("local v%d = %d"):format(v, v) sum[v] = "v" .. v end
    reload("many", ("local M, n = {}, 0 %s function M.f() n = n + 1 return %d, n, {%s} end function M.g%d() return n end return M")
      :format(table.concat(names, " "), i, table.concat(sum, ","), i))
    held[#held + 1] = m["g" .. i]
    local version, n, values = held[1]()
    check.gives(("%d %d %d"):format(i, i, i % 7), version, n, #values)
    if i % 10 == 0 then collectgarbage() end
  end
  check.equal(held[2](), 30)
end

-- ---- a script ----
do
  write("script", "local n = 0 local function f() n = n + 1 return 'old', n end return f")
  local path = folder .. "/script.lua"
  local chunk = assert(loadfile(path))
  hotreload.script(chunk, path, "the script")
  local f = chunk()
  f()
  write("script", "error 'not run again' local n = 9 local function f() n = n + 1 return 'new', n end")
  assert(hotreload.reload("the script"))
  check.gives("new 2", f())
end

-- ---- watching ----
do
  local m = load_module("watched", "local M = {} function M.f() return 1 end return M")
  local watcher = hotreload.watch(folder)
  check.equal(#watcher:poll(), 0)
  write("watched", "local M = {} function M.f() return 2 end return M")
  local reports = watcher:wait(10)
  check.gives("1 watched 2", #reports, reports[1].name, m.f())
  check.equal(#watcher:wait(0), 0)
  write("watched", "syntax error")
  reports = watcher:poll()
  check.gives("1 watched 2", #reports, reports[1].name, m.f())
  assert(reports[1].error:find("syntax error"), reports[1].error)
  write("temporary", "local M = {} function M.f() return 3 end return M") -- as editors do: a new file takes the place of the old
  assert(os.rename(folder .. "/temporary.lua", folder .. "/watched.lua"))
  check.gives("1 3", #watcher:poll(), m.f())
  watcher:close()
  check.equal(check.message_of(watcher.poll, watcher):match("the watcher is closed"), "the watcher is closed")
  local all = hotreload.watch()
  write("watched", "local M = {} function M.f() return 4 end return M")
  check.gives("1 4", #all:wait(10), m.f())
  all:close()
  check.equal(pcall(hotreload.watch, "/no/such/directory"), false)
  check.equal(hotreload.tracked().watched, folder .. "/watched.lua")
end

-- ---- by itself, in the middle of a loop ----
do
  local m = load_module("automatic", "local M = {} function M.f() return 1 end return M")
  local reported
  hotreload.auto(function(report) reported = report.name end)
  write("automatic", "local M = {} function M.f() return 2 end return M")
  local deadline = os.time() + 20
  while m.f() == 1 and os.time() < deadline do end
  hotreload.auto(nil)
  check.gives("2 automatic", m.f(), reported)
end

os.execute("rm -rf " .. folder)
print "ok"
