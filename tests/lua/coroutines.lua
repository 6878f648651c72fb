-- Coroutines: life, passing of values, errors, yields across everything, close, many and deep ones (manual 2.6, 6.2).
local check = dofile("support/check.lua")
local equal, fails, stock = check.equal, check.fails, check.stock
local create, resume, yield, status, wrap = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status, coroutine.wrap
local function join(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = tostring(list[i]) end
  return table.concat(list, " ")
end

do -- life
  local seen
  local co
  co = create(function(...)
    seen = join(...)
    equal(status(co), "running")
    local back = table.pack(yield("a", nil, "b"))
    seen = join(table.unpack(back, 1, back.n))
    return "end", nil
  end)
  assert(type(co) == "thread" and status(co) == "suspended")
  equal(join(resume(co, 1, nil, 3)), "true a nil b")
  equal(seen, "1 nil 3")
  equal(status(co), "suspended")
  equal(join(resume(co, nil, nil)), "true end nil")
  equal(seen, "nil nil")
  equal(status(co), "dead")
  equal(join(resume(co)), "false cannot resume dead coroutine")
  equal(join(resume(create(function() end))), "true")
  equal(join(resume(create(function() return yield() end))), "true")
  equal(join(resume(create(print == nil and print or function(...) return ... end), 1, 2)), "true 1 2")
  -- statuses seen from inside and outside
  local outer
  outer = create(function()
    local inner = create(function() equal(status(outer), "normal") return 1 end)
    resume(inner)
    equal(status(inner), "dead")
  end)
  assert(resume(outer))
  -- a C function as body
  equal(join(resume(create(string.rep), "x", 3)), "true xxx")
  equal(join(resume(create(yield), 1, 2)), "true 1 2")
  co = create(yield)
  resume(co, 1)
  equal(join(resume(co, "a", "b")), "true a b")
  equal(status(co), "dead")
end

do -- wrong use
  fails("bad argument #1 to 'coroutine.create' (function expected, got no value)", create)
  fails("bad argument #1 to 'coroutine.create' (function expected, got table)", create, {})
  fails("bad argument #1 to 'coroutine.wrap' (function expected, got number)", wrap, 5)
  fails("bad argument #1 to 'coroutine.resume' (thread expected, got no value)", resume)
  fails("bad argument #1 to 'coroutine.resume' (thread expected, got function)", resume, print)
  fails("bad argument #1 to 'coroutine.status' (thread expected, got table)", status, {})
  fails("bad argument #1 to 'coroutine.close' (thread expected, got string)", coroutine.close, "x")
  fails("attempt to yield from outside a coroutine", yield)
  fails("attempt to yield from outside a coroutine", yield, 1, 2)
  local main = coroutine.running()
  equal(join(resume(main)), "false cannot resume non-suspended coroutine")
  local co
  co = create(function() return resume(co) end)
  equal(join(resume(co)), "true false cannot resume non-suspended coroutine")
  local first
  first = create(function()
    local second = create(function() return resume(first) end)
    return select(2, resume(second)), status(first)
  end)
  equal(join(resume(first)), "true false running")
  fails("cannot close a running coroutine", coroutine.close, main)
  co = create(function() return pcall(coroutine.close, co) end)
  equal(join(resume(co)), "true false cannot close a running coroutine")
  first = create(function() return resume(create(function() return pcall(coroutine.close, first) end)) end)
  equal(join(resume(first)), "true true false cannot close a normal coroutine")
end

do -- running and isyieldable
  local main, is_main = coroutine.running()
  assert(type(main) == "thread" and is_main == true and status(main) == "running" and coroutine.isyieldable() == false)
  local co
  co = create(function()
    local me, am_main = coroutine.running()
    assert(me == co and am_main == false and coroutine.isyieldable() and coroutine.isyieldable(co))
    assert(coroutine.isyieldable(main) == false)
    local inside
    table.sort({1, 2}, function(a, b) inside = coroutine.isyieldable() return a < b end)
    equal(inside, false)
    pcall(function() inside = coroutine.isyieldable() end)
    equal(inside, true)
  end)
  assert(coroutine.isyieldable(co) == true or coroutine.isyieldable(co) == false)
  assert(resume(co))
end

do -- wrap
  local f = wrap(function(a) local b = yield(a + 1) error("at " .. b, 0) end)
  equal(f(1), 2)
  fails("at x", f, "x")
  fails("cannot resume dead coroutine", f)
  f = wrap(function() error {code = 7} end)
  local good, e = pcall(f)
  assert(not good and e.code == 7)
  f = wrap(function() error("positioned") end)
  good, e = pcall(f)
  assert(e:find "coroutines.lua:%d+: positioned$" or e:find ":%d+: positioned$", e)
  -- a position is added where a wrapped function's error passes a Lua caller
  f = wrap(function() return 1 end)
  f()
  good, e = pcall(function() f() end)
  assert(e:find "^[^:]+:%d+: cannot resume dead coroutine$", e)
  local g
  g = wrap(function() g() end)
  good, e = pcall(g)
  assert(e:find "cannot resume non%-suspended coroutine$", e)
  local n = 0
  for a, b in wrap(function() for i = 1, 4 do yield(i, i * i) end end) do n = n + a * b end
  equal(n, 1 + 8 + 27 + 64)
end

do -- errors
  local co = create(function() local x = nil; return x.y end)
  local good, e = resume(co)
  assert(not good and e:find "attempt to index a nil value %(local 'x'%)$" and status(co) == "dead")
  equal(join(resume(co)), "false cannot resume dead coroutine")
  local object = {}
  good, e = resume(create(function() error(object) end))
  assert(not good and e == object)
  equal(join(resume(create(function() error() end))), "false nil")
  -- the stack of a failed coroutine stays readable
  co = create(function() local function inner() local kept = 5 error("deep", 0) end inner() end)
  resume(co)
  assert(debug.traceback(co):find("inner", 1, true))
  local name, value = debug.getlocal(co, 1, 1)
  assert(name == "kept" and value == 5 or debug.getinfo(co, 0, "S").what == "C")
  -- errors inside of several coroutines
  good, e = resume(create(function() return wrap(function() return wrap(function() error("bottom", 0) end)() end)() end))
  -- each wrap called from Lua code that was not a tail call puts its caller's position in front
  assert(not good and e:find "bottom$", e)
end

do -- yields across protected calls
  local co = wrap(function()
    local r = table.pack(pcall(function(a) return a, yield("in pcall", a) end, 1))
    yield(join(table.unpack(r, 1, r.n)))
    r = table.pack(pcall(function() yield "before error" error("after yield", 0) end))
    yield(join(table.unpack(r, 1, r.n)))
    r = table.pack(xpcall(function(...) local x = yield(...) error(x, 0) end, function(m) return "handled " .. m end, "arg"))
    yield(join(table.unpack(r, 1, r.n)))
    r = table.pack(pcall(pcall, pcall, function() return yield "nested" end))
    return join(table.unpack(r, 1, r.n))
  end)
  equal(join(co()), "in pcall 1")
  equal(co("x", nil), "true 1 x nil")
  equal(co(), "before error")
  equal(co(), "false after yield")
  equal(co(), "arg")
  equal(co("E"), "false handled E")
  equal(co(), "nested")
  equal(co("v"), "true true true v")
  -- tail-called yield, yield as pcall's function, in a vararg function, in a method
  equal(wrap(function() return yield(1) end)(), 1)
  co = wrap(function() return pcall(yield, "direct") end)
  equal(co(), "direct")
  equal(join(co("back")), "true back")
  co = wrap(function(...) local a, b = yield(...) return select("#", ...), a, b, ... end)
  equal(join(co(1, 2, 3)), "1 2 3")
  equal(join(co("x")), "3 x nil 1 2 3")
  -- recursive generators
  local function walk(t) if t then walk(t[1]) yield(t[2]) walk(t[3]) end end
  local text = ""
  for v in wrap(function() walk {{nil, 1, {nil, 2}}, 3, {{nil, 4}, 5}} end) do text = text .. v end
  equal(text, "12345")
  -- dofile, require and load's chunk
  local name = os.tmpname()
  local file = io.open(name, "w")
  file:write "local x = coroutine.yield('in file') return x"
  file:close()
  co = wrap(function() return dofile(name) end)
  equal(co(), "in file")
  equal(co "result", "result")
  os.remove(name)
  co = wrap(load "return coroutine.yield(...)")
  equal(co "chunk", "chunk")
  -- table.unpack'ed and many values
  co = wrap(function(...) while true do yield(select("#", ...), yield(...)) end end)
  equal(select("#", co(table.unpack({}, 1, 300))), 300)
  equal(select("#", co(table.unpack({}, 1, 300))), 301)
end

do -- yields in iterators
  local function iterator(n) return function(_, k) if k < n then return yield(k) end end, nil, 0 end
  local co = wrap(function()
    local sum = 0
    for k in iterator(3) do sum = sum + k end
    return "sum " .. sum
  end)
  equal(co(), 0) equal(co(1), 1) equal(co(2), 2) equal(co(3), "sum 6")
  co = wrap(function() for k, v in pairs(setmetatable({}, {__pairs = function(t) yield "pairs" return next, {7} end})) do return v end end)
  equal(co(), "pairs")
  equal(co(), 7)
  co = wrap(function() for i, v in ipairs(setmetatable({}, {__index = function(_, i) return yield(i) end})) do return v end end)
  fails("attempt to yield across a C-call boundary", co)
end

do -- where a C function stands between
  local boundary = "attempt to yield across a C-call boundary"
  local function inside(f) return function() return f() end end
  fails(boundary, wrap(function() table.sort({3, 2, 1}, function(a, b) yield() return a < b end) end))
  fails(boundary, wrap(function() string.gsub("abc", ".", function() yield() end) end))
  fails(boundary, wrap(function() return load(function() yield() end) or error(select(2, load(function() yield() end)), 0) end))
  fails(boundary, wrap(function() return tostring(setmetatable({}, {__tostring = function() yield() end})) end))
  fails(boundary, wrap(function() return table.concat(setmetatable({}, {__len = function() return yield() end})) end))
  fails(boundary, wrap(function() return require "no_such_module_by_yield" end) and wrap(function()
    package.preload.yielding_module = function() yield() end
    return require "yielding_module"
  end))
  package.preload.yielding_module = nil
  -- refused, caught, and gone on
  local co = wrap(function()
    local good, e = pcall(table.sort, {2, 1}, function() yield() end)
    yield(e)
    return "still alive"
  end)
  equal(co(), boundary)
  equal(co(), "still alive")
  -- a coroutine of its own inside the callback may yield
  co = wrap(function()
    local list = {3, 1, 2}
    table.sort(list, function(a, b) return wrap(function() yield(a < b) end)() end)
    return table.concat(list)
  end)
  equal(co(), "123")
  fails("attempt to yield from outside a coroutine", table.sort, {2, 1}, function() yield() end)
end

do -- passing control around
  local function producer() return create(function() for _, v in ipairs {"a", "b", "c"} do yield(v) end end) end
  local function filter(source)
    return create(function()
      local line = 1
      while true do
        local good, value = resume(source)
        if not value then return end
        yield(line .. value)
        line = line + 1
      end
    end)
  end
  local chain = filter(filter(producer()))
  local text = ""
  while true do
    local _, value = resume(chain)
    if not value then break end
    text = text .. value .. " "
  end
  equal(text, "11a 22b 33c ")
  -- a scheduler
  local log, tasks = {}, {}
  for id = 1, 3 do tasks[id] = create(function() for i = 1, id do log[#log + 1] = id .. i yield() end end) end
  while #tasks > 0 do
    for i = #tasks, 1, -1 do
      resume(tasks[i])
      if status(tasks[i]) == "dead" then table.remove(tasks, i) end
    end
  end
  equal(table.concat(log, " "), "31 21 11 32 22 33")
  local function permutations(a, n)
    n = n or #a
    if n <= 1 then yield(table.concat(a)) else
      for i = 1, n do
        a[n], a[i] = a[i], a[n]
        permutations(a, n - 1)
        a[n], a[i] = a[i], a[n]
      end
    end
  end
  local count, seen = 0, {}
  for p in wrap(function() permutations {1, 2, 3, 4, 5} end) do
    count = count + 1
    assert(not seen[p])
    seen[p] = true
  end
  equal(count, 120)
end

do -- close
  local co = create(function() yield() end)
  equal(join(coroutine.close(co)), "true")
  equal(status(co), "dead")
  equal(join(resume(co)), "false cannot resume dead coroutine")
  co = create(function() error("x", 0) end)
  resume(co)
  equal(join(coroutine.close(co)), "false x")
  equal(join(coroutine.close(co)), "true")
  -- closing from within another coroutine, with yields of the closer's own
  local log = {}
  local victim = create(function()
    local c <close> = setmetatable({}, {__close = function() log[#log + 1] = status(coroutine.running()) end})
    yield()
  end)
  resume(victim)
  equal(wrap(function() local r = coroutine.close(victim) yield(r) end)(), true)
  equal(log[1], "running")
  -- a yield in __close is refused when coroutine.close runs it
  co = create(function()
    local c <close> = setmetatable({}, {__close = function() yield() end})
    yield()
  end)
  resume(co)
  local good, e = coroutine.close(co)
  assert(good == false and (e == "attempt to yield across a C-call boundary" or e == "attempt to yield from outside a coroutine"), e)
end

do -- collected while suspended; kept alive by what they hold
  local weak = setmetatable({}, {__mode = "v"})
  local function leave()
    local big = {}
    local co = wrap(function() local keep = big yield() return keep end)
    co()
    weak[1] = big
    return co
  end
  local co = leave()
  collectgarbage() collectgarbage()
  assert(weak[1] ~= nil and co() == weak[1])
  co = nil
  collectgarbage() collectgarbage()
  equal(weak[1], nil)
  -- a cycle of coroutines
  do
    local a, b
    a = create(function() local other = b yield() end)
    b = create(function() local other = a yield() end)
    resume(a) resume(b)
    weak[1], weak[2] = a, b
  end
  collectgarbage() collectgarbage()
  assert(weak[1] == nil and weak[2] == nil)
end

do -- one hundred thousand alive
  local list = {}
  for i = 1, 100000 do
    local co = create(function(a) local b = yield(a + 1) return a + b end)
    list[i] = co
    resume(co, i)
  end
  for i = 1, 100000, 99 do
    local good, sum = resume(list[i], 10)
    assert(good and sum == i + 10 and status(list[i]) == "dead")
  end
  list = nil
  collectgarbage()
end

do -- deep nesting of resumes
  local function nest(n) if n == 0 then return "bottom" end return wrap(nest)(n - 1) end
  equal(nest(100), "bottom")
  if stock then -- here a resume uses C stack, and the limit of nested C calls (200) counts them
    local good, e = pcall(nest, 1000)
    assert(not good and e:find("C stack overflow", 1, true), e)
  end
  local function nest_yield(n) if n > 0 then for v in wrap(nest_yield), n - 1 do yield(v) end end yield(n) end
  local text = ""
  for v in wrap(function() nest_yield(20) end) do text = text .. v end
  assert(text:find "^012" , text)
  -- deep Lua stack inside a coroutine, yielded from its bottom
  local function down(n) if n == 0 then return yield "deep" end return 1 + down(n - 1) end
  local co = wrap(down)
  equal(co(20000), "deep")
  equal(co(5), 20005)
  local good, e = resume(create(function() local function f() return 1 + f() end return f() end))
  assert(not good and e:find("stack overflow", 1, true))
end

do -- many switches
  local co = wrap(function() local n = 0 while true do n = n + yield(n) end end)
  co()
  local last
  for i = 1, 100000 do last = co(1) end
  equal(last, 100000)
  for i = 1, 20000 do
    local f = wrap(function(x) return x end)
    assert(f(i) == i)
  end
end
print "ok"
