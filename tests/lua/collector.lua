-- Garbage collection (manual 2.5): collectgarbage, weak tables, ephemerons, finalizers, resurrection.
local function collect()
  collectgarbage()
  collectgarbage()
end

local function count(t)
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end

local function fails(expected, f, ...)
  local good, message = pcall(f, ...)
  assert(not good and message == expected, message)
end

do -- collectgarbage: options and results
  assert(collectgarbage() == 0 and collectgarbage("collect") == 0)
  local kilobytes = collectgarbage("count")
  assert(math.type(kilobytes) == "float" and kilobytes > 0)
  assert(collectgarbage("isrunning") == true)
  assert(collectgarbage("stop") == 0)
  assert(collectgarbage("isrunning") == false)
  assert(collectgarbage("restart") == 0)
  assert(collectgarbage("isrunning") == true)
  assert(type(collectgarbage("step")) == "boolean")
  fails("bad argument #1 to 'collectgarbage' (invalid option 'nonsense')", collectgarbage, "nonsense")
  fails("bad argument #1 to 'collectgarbage' (string expected, got table)", collectgarbage, {})
  fails("bad argument #2 to 'collectgarbage' (number expected, got string)", collectgarbage, "step", "x")
end

do -- modes: each call returns the mode before
  local before = collectgarbage("incremental")
  assert(before == "incremental" or before == "generational")
  assert(collectgarbage("generational") == "incremental")
  assert(collectgarbage("generational", 30, 150) == "generational")
  local t = {}
  for i = 1, 20000 do t[i % 100] = {i} end
  assert(collectgarbage("step") == true or true)
  assert(collectgarbage("incremental", 200, 100, 13) == "generational")
  assert(collectgarbage("incremental") == "incremental")
  -- the old names set one parameter each and return its old value
  local pause = collectgarbage("setpause", 150)
  assert(pause == 200 and collectgarbage("setpause", pause) == 148) -- kept in steps of 4
  assert(collectgarbage("setpause", 1000) == 200 and collectgarbage("setpause", 200) == 1000)
  local multiplier = collectgarbage("setstepmul", 400)
  assert(multiplier == 100 and collectgarbage("setstepmul", multiplier) == 400)
end

do -- memory comes back
  collect()
  local before = collectgarbage("count")
  local garbage = {}
  for i = 1, 20000 do garbage[i] = {i} end
  assert(collectgarbage("count") > before + 500)
  garbage = nil
  collect()
  assert(collectgarbage("count") < before + 100, collectgarbage("count") - before)
end

do -- a stopped collector stops; steps go on by hand
  collect()
  collectgarbage("stop")
  local before = collectgarbage("count")
  for i = 1, 20000 do local _ = {i} end
  assert(collectgarbage("count") > before + 500)
  local steps = 0
  repeat steps = steps + 1 until collectgarbage("step", 10) or steps > 100000
  repeat steps = steps + 1 until collectgarbage("step", 10) or steps > 100000
  assert(steps > 2 and steps <= 100000, steps)
  assert(collectgarbage("count") < before + 200)
  assert(collectgarbage("isrunning") == false)
  collectgarbage("restart")
end

do -- it runs by itself
  local finalized = 0
  local limit = 0
  while finalized < 10 do
    setmetatable({}, {__gc = function() finalized = finalized + 1 end})
    limit = limit + 1
    assert(limit < 1000000, "the collector never ran")
  end
end

do -- weak values
  local t = setmetatable({}, {__mode = "v"})
  t[1], t.x, t[{}] = {}, {}, {}
  t.kept, t.number, t.string, t.boolean = print, 5, "a string", true
  t.long = ("long"):rep(50)
  t.f = function() return t end -- (collectable: nobody else holds it)
  local held = {}
  t.held = held
  collect()
  assert(t[1] == nil and t.x == nil and t.f == nil)
  assert(t.kept == print and t.number == 5 and t.string == "a string" and t.boolean == true and t.long == ("long"):rep(50))
  assert(t.held == held and count(t) == 6)
end

do -- weak keys
  local t = setmetatable({}, {__mode = "k"})
  local held = {}
  t[{}], t[held], t[function() end], t.string, t[1] = 1, 2, 3, 4, 5
  t[coroutine.create(print)] = 6
  collect()
  assert(count(t) == 3 and t[held] == 2 and t.string == 4 and t[1] == 5)
  -- iteration over a table from which the collector takes entries
  for i = 1, 100 do t[{}] = i end
  local seen = 0
  for _ in pairs(t) do
    seen = seen + 1
    if seen % 10 == 0 then collectgarbage() end
  end
  assert(seen >= 3)
end

do -- both
  local t = setmetatable({}, {__mode = "kv"})
  local key, value = {}, {}
  t[key], t[{}], t[1] = {}, value, {}
  t[value] = key
  collect()
  assert(t[key] == nil and t[1] == nil and t[value] == key and count(t) == 1)
end

do -- ephemerons: a value that refers to its own key does not keep it
  local t = setmetatable({}, {__mode = "k"})
  for i = 1, 50 do
    local key = {}
    t[key] = {key}
    local other = {}
    t[other] = function() return other end
  end
  collect()
  assert(next(t) == nil)
  -- a chain through the values of one and of two tables lives as long as its first key
  local u = setmetatable({}, {__mode = "k"})
  local first = {}
  local key = first
  for i = 1, 200 do
    local fresh = {}
    if i % 2 == 0 then t[key] = fresh else u[key] = {fresh} end
    key = fresh
  end
  collect()
  assert(count(t) == 100 and count(u) == 100)
  first, key = nil, nil
  collect()
  assert(next(t) == nil and next(u) == nil)
  -- the order in which keys were made does not matter
  local keys = {}
  for i = 1, 300 do keys[i] = {} end
  for i = 300, 2, -1 do t[keys[i]] = keys[i - 1] end
  local last = keys[300]
  keys = nil
  collect()
  assert(count(t) == 299)
  last = nil
  collect()
  assert(next(t) == nil)
end

do -- a mode that changes
  local t = {}
  t[1] = {}
  collect()
  assert(t[1])
  setmetatable(t, {__mode = "v"})
  collect()
  assert(t[1] == nil)
  getmetatable(t).__mode = nil
  t[1] = {}
  collect()
  assert(t[1])
  getmetatable(t).__mode = "k"
  t[{}] = 1
  collect()
  assert(t[1] and count(t) == 1)
end

do -- strings are values, never removed from weak tables
  local t = setmetatable({}, {__mode = "kv"})
  for i = 1, 100 do t["key" .. i] = "value" .. i end
  t[("k"):rep(100)] = ("v"):rep(100)
  collect()
  assert(count(t) == 101)
end

do -- finalizers: once, in the reverse order of marking, with the object
  local order, objects = {}, {}
  for i = 1, 10 do
    objects[i] = setmetatable({name = i}, {__gc = function(object) order[#order + 1] = object.name end})
  end
  objects = nil
  collect()
  assert(table.concat(order, " ") == "10 9 8 7 6 5 4 3 2 1", table.concat(order, " "))
  collect()
  assert(#order == 10)
end

do -- a __gc that comes after setmetatable does not count; one that is no function is ignored
  local called = 0
  local metatable = {}
  do
    local object = setmetatable({}, metatable)
    metatable.__gc = function() called = called + 1 end
    object = nil
  end
  collect()
  assert(called == 0)
  setmetatable({}, metatable)
  collect()
  assert(called == 1)
  for _, value in ipairs {true, 5, "x", {}} do setmetatable({}, {__gc = value}) end
  collect()
  -- the field counts at the time of the call
  local other = {__gc = true}
  local object = setmetatable({}, other)
  other.__gc = function() called = called + 10 end
  object = nil
  collect()
  assert(called == 11)
  object = setmetatable({}, other)
  other.__gc = nil
  object = nil
  collect()
  assert(called == 11)
end

do -- resurrection: the object lives on, and its finalizer is not called again unless marked anew
  local saved, calls = nil, 0
  local metatable = {__gc = function(object) saved = object calls = calls + 1 end}
  setmetatable({payload = {1, 2, 3}}, metatable)
  collect()
  assert(calls == 1 and saved.payload[3] == 3)
  saved = nil
  collect()
  assert(calls == 1)
  setmetatable({payload = {4}}, metatable)
  collect()
  assert(calls == 2)
  setmetatable(saved, metatable)
  saved = nil
  collect()
  assert(calls == 3 and saved.payload[1] == 4)
end

do -- weak tables and resurrected objects: values go before the finalizer, keys after it
  local values = setmetatable({}, {__mode = "v"})
  local keys = setmetatable({}, {__mode = "k"})
  local value_in_finalizer, key_in_finalizer
  local object = setmetatable({}, {__gc = function(o)
    value_in_finalizer = values[1]
    key_in_finalizer = keys[o]
  end})
  values[1] = object
  keys[object] = "data"
  object = nil
  collectgarbage()
  assert(value_in_finalizer == nil and key_in_finalizer == "data")
  collect()
  assert(next(keys) == nil)
end

do -- finalizers may do everything: make objects with finalizers, raise, collect, close variables, resume coroutines
  local log = {}
  setmetatable({}, {__gc = function()
    log[#log + 1] = "first"
    setmetatable({}, {__gc = function() log[#log + 1] = "second" end})
  end})
  collect()
  collect()
  assert(table.concat(log, " ") == "first second")
  local result
  setmetatable({}, {__gc = function()
    collectgarbage()
    collectgarbage("step")
    local closed
    do local c <close> = setmetatable({}, {__close = function() closed = true end}) end
    local co = coroutine.wrap(function() coroutine.yield(1) return 2 end)
    result = {closed, co(), co(), pcall(error, "in finalizer")}
  end})
  collect()
  assert(result[1] and result[2] == 1 and result[3] == 2 and result[4] == false and result[5] == "in finalizer")
  -- an error in a finalizer is a warning, off here; the program goes on
  warn("@off")
  setmetatable({}, {__gc = function() error("lost") end})
  setmetatable({}, {__gc = function() error({}) end})
  setmetatable({}, {__gc = function() local x = nil + 1 end})
  collect()
  -- a yield out of a finalizer is refused
  local message
  coroutine.wrap(function()
    setmetatable({}, {__gc = function() message = select(2, pcall(coroutine.yield)) end})
    collect()
  end)()
  assert(message == "attempt to yield across a C-call boundary", message)
end

do -- coroutines: collected with what they hold; what a suspended one holds lives
  local weak = setmetatable({}, {__mode = "v"})
  local function make()
    return coroutine.create(function()
      local object = {}
      weak.object = object
      coroutine.yield()
      return object
    end)
  end
  local co = make()
  coroutine.resume(co)
  collect()
  assert(weak.object)
  co = nil
  collect()
  assert(weak.object == nil)
  -- cycles through a coroutine's own stack and upvalues
  for i = 1, 100 do
    local thread
    thread = coroutine.create(function() weak[i] = {} local me, mine = thread, weak[i] coroutine.yield() return me, mine end)
    coroutine.resume(thread)
  end
  collect()
  assert(next(weak) == nil)
end

do -- upvalues: open ones live in their stack, closed ones with their closures
  local weak = setmetatable({}, {__mode = "v"})
  local get
  do
    local object = {}
    weak.object = object
    get = function() return object end
  end
  collect()
  assert(weak.object and get() == weak.object)
  get = nil
  collect()
  assert(weak.object == nil)
  -- the open upvalue of a collected coroutine
  local from_thread
  local thread = coroutine.create(function()
    local object = {5}
    weak.object = object
    from_thread = function() return object[1] end
    coroutine.yield()
  end)
  coroutine.resume(thread)
  thread = nil
  collect()
  assert(from_thread() == 5)
end

do -- stores into old objects while a cycle runs: nothing reachable gets lost
  collectgarbage("incremental", 100, 50, 8)
  local root = {}
  local metatables = {}
  for round = 1, 300 do
    local slot = round % 40
    root[slot] = {round, tostring(round) .. ("x"):rep(50)}
    root["k" .. slot] = setmetatable({root[slot]}, {__index = {round}})
    metatables[slot] = function() return root[slot] end
    root[slot].thread = coroutine.wrap(function(...) local a = {...} while true do a = {coroutine.yield(a)} end end)
    root[slot].thread({round})
    for i = 1, 50 do local _ = {i, {}} end
    if round % 3 == 0 then collectgarbage("step", 1) end
    for key = 0, 39 do
      local entry = root[key]
      if entry then
        assert(entry[2] == tostring(entry[1]) .. ("x"):rep(50))
        assert(root["k" .. key][1] == entry and getmetatable(root["k" .. key]).__index[1] == entry[1])
        assert(metatables[key]() == entry)
        assert(entry.thread({entry[1]})[1][1] == entry[1])
      end
    end
  end
  collectgarbage("incremental", 200, 100, 13)
end

do -- switching modes at any time, also in finalizers
  local made = {}
  for i = 1, 200 do
    made[i % 17] = setmetatable({i}, {__gc = function(o)
      if o[1] % 5 == 0 then collectgarbage(o[1] % 2 == 0 and "generational" or "incremental") end
      made.last = {o}
    end})
    if i % 11 == 0 then collectgarbage(i % 2 == 0 and "incremental" or "generational") end
    if i % 7 == 0 then collectgarbage("step") end
    for j = 1, 30 do made[j % 5 + 100] = {j, made[j % 17]} end
  end
  collectgarbage("incremental")
  collect()
end

do -- inside a finalizer the collector cannot be asked anything later versions refuse; it never recurses
  local depth, deepest = 0, 0
  local function finalizer()
    depth = depth + 1
    deepest = math.max(deepest, depth)
    setmetatable({}, {__gc = finalizer, depth})
    collectgarbage()
    depth = depth - 1
  end
  local metatable = {__gc = finalizer}
  for _ = 1, 5 do setmetatable({}, metatable) end
  collect()
  assert(deepest == 1, deepest)
  function metatable.__gc() end
  finalizer = function() end
end

do -- huge objects
  local t = {}
  for i = 1, 200000 do t[i] = i end
  local s = ("x"):rep(10000000)
  collect()
  assert(#t == 200000 and #s == 10000000 and t[200000] == 200000)
  t, s = nil, nil
  collect()
  assert(collectgarbage("count") < 4000, collectgarbage("count"))
end

print "ok"
