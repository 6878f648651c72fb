-- Closures and upvalues: sharing, lifetime, fresh variables in loops, _ENV as an upvalue (manual 3.5).
local check = dofile("support/check.lua")
local equal = check.equal

do -- a variable is shared by all closures that see it, and by its own block
  local x = 1
  local function get() return x end
  local function set(v) x = v end
  set(5)
  assert(get() == 5 and x == 5)
  x = 7
  equal(get(), 7)
  local function pair()
    local n = 0
    return function() n = n + 1 return n end, function() return n end, function(v) n = v end
  end
  local step, read, write = pair()
  local step2, read2 = pair()
  step() step()
  assert(read() == 2 and read2() == 0)
  write(10)
  assert(step() == 11 and step2() == 1)
end

do -- through several levels
  local function outer()
    local a = 1
    return function()
      local b = 10
      return function()
        local c = 100
        return function(d)
          a, b, c = a + d, b + d, c + d
          return a + b + c
        end, function() return a, b, c end
      end
    end
  end
  local middle = outer()
  local f, get_f = middle()()
  local g, get_g = middle()()
  equal(f(1), 114)
  equal(g(2), 2 + 2 + 12 + 102 - 0)
  local a, b, c = get_f()
  assert(a == 4 and b == 11 and c == 101)
  a, b, c = get_g()
  assert(a == 4 and b == 12 and c == 102)
end

do -- a fresh variable in every round
  local list = {}
  for i = 1, 5 do list[i] = function(d) i = i + (d or 0) return i end end
  for i = 1, 5 do equal(list[i](), i) end
  list[1](100)
  assert(list[1]() == 101 and list[2]() == 2)
  list = {}
  local i = 1
  while i <= 3 do
    local j = i
    list[i] = function() j = j * 2 return j end
    i = i + 1
  end
  assert(list[1]() == 2 and list[1]() == 4 and list[3]() == 6)
  list = {}
  for k, v in pairs {a = 1, b = 2} do list[k] = function() return v end end
  assert(list.a() == 1 and list.b() == 2)
  list = {}
  repeat
    local n = #list
    list[n + 1] = function() return n end
  until n == 3
  for k = 1, 4 do equal(list[k](), k - 1) end
  -- with break and goto leaving the block
  list = {}
  for k = 1, 10 do
    local captured = k
    list[k] = function() captured = captured + 1 return captured end
    if k == 3 then break end
  end
  assert(#list == 3 and list[3]() == 4 and list[2]() == 3)
  list = {}
  for k = 1, 4 do
    local captured = k
    list[#list + 1] = function() return captured end
    if k % 2 == 0 then goto continue end
    captured = -captured
    ::continue::
  end
  assert(list[1]() == -1 and list[2]() == 2 and list[3]() == -3 and list[4]() == 4)
  -- two closures of one round share
  list = {}
  for k = 1, 2 do
    local n = 0
    list[k] = {function() n = n + 1 end, function() return n end}
  end
  list[1][1]() list[1][1]() list[2][1]()
  assert(list[1][2]() == 2 and list[2][2]() == 1)
end

do -- parameters and varargs
  local function bind(f, x) return function(...) return f(x, ...) end end
  equal(bind(math.max, 5)(3, 9, 1), 9)
  local function change(p) local function set(v) p = v end set("new") return p end
  equal(change("old"), "new")
  local function count(...)
    local n = select("#", ...)
    local all = {...}
    return function() n = n - 1 return all[n + 1] end
  end
  local f = count("a", "b")
  assert(f() == "b" and f() == "a")
end

do -- recursion through an upvalue, and replacing it
  local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end
  equal(fact(10), 3628800)
  local old = fact
  fact = function() return 2 end
  equal(old(5), 10)
  local is_even, is_odd
  function is_even(n) return n == 0 or is_odd(n - 1) end
  function is_odd(n) return n ~= 0 and is_even(n - 1) end
  assert(is_even(10) and not is_even(7))
  -- each activation has its own variable
  local collected = {}
  local function nest(n)
    local own = n
    if n > 0 then nest(n - 1) end
    collected[#collected + 1] = function() own = own + 1 return own end
  end
  nest(3)
  assert(collected[1]() == 1 and collected[4]() == 4 and collected[4]() == 5 and collected[1]() == 2)
end

do -- variables outlive their function while the stack moves
  local function deep(n, f) if n == 0 then return f() end return (deep(n - 1, f)) end
  local x, y = 1, 2
  deep(5000, function() x, y = y, x return x end)
  assert(x == 2 and y == 1)
  local function keep()
    local a, b, c = {}, "b", 3
    local function inner() return a, b, c end
    deep(3000, inner)
    c = 4
    return inner
  end
  local f = keep()
  collectgarbage()
  local a, b, c = f()
  assert(type(a) == "table" and b == "b" and c == 4)
  -- a stack that grows and shrinks under open upvalues
  local total = 0
  local function add(n) total = total + n if n > 0 then return 1 + add(n - 1) end return 0 end
  add(20000)
  collectgarbage()
  equal(total, 200010000)
end

do -- open variables across coroutines
  local n = 0
  local co = coroutine.wrap(function()
    local own = 100
    coroutine.yield(function() own = own + 1 n = n + 1 return own end)
    own = own * 2
    coroutine.yield(own)
    n = n * 10
  end)
  local bump = co()
  bump() bump()
  assert(n == 2 and co() == 204)
  equal(bump(), 205)
  co()
  equal(n, 30)
  -- an abandoned coroutine: its variables live on in the closure
  local function leak()
    local keeper
    local thread = coroutine.create(function()
      local value = {"kept"}
      keeper = function() return value[1] end
      coroutine.yield()
      value = nil
    end)
    coroutine.resume(thread)
    return keeper
  end
  local keeper = leak()
  collectgarbage() collectgarbage()
  equal(keeper(), "kept")
  -- a coroutine that died of an error closes its variables
  local get
  local thread = coroutine.create(function()
    local v = 1
    get = function() return v end
    v = 2
    error("x")
  end)
  coroutine.resume(thread)
  equal(get(), 2)
  thread = coroutine.create(function()
    local v = 1
    get = function() v = v + 1 return v end
    coroutine.yield()
  end)
  coroutine.resume(thread)
  coroutine.close(thread)
  thread = nil
  collectgarbage()
  assert(get() == 2 and get() == 3)
end

do -- errors close variables
  local get
  pcall(function()
    local v = "before"
    get = function() return v end
    v = "after"
    error("stop")
  end)
  equal(get(), "after")
end

do -- _ENV
  local function with(_ENV) return function() return x end, function(v) x = v end end
  local get, set = with {x = 1}
  set(9)
  equal(get(), 9)
  equal(x, nil)
  local f = load("a = 1; return function() a = a + 1 return a end", "t", "t", {})()
  assert(f() == 2 and f() == 3 and a == nil)
  local env = setmetatable({}, {__index = _G})
  local chunk = load("local function g() y = (y or 0) + 1 return y end return g", "t", "t", env)()
  chunk()
  assert(chunk() == 2 and env.y == 2 and y == nil)
  do
    local print = print
    local _ENV = {}
    v = 3
    assert = nil
    if v ~= 3 then print "wrong" end
  end
  equal(v, nil)
  local function fresh() local _ENV = {n = 1} return function() n = n + 1 return n end end
  local c1, c2 = fresh(), fresh()
  c1()
  assert(c1() == 3 and c2() == 2)
  local check = assert
  local _ENV <const> = {here = 1}
  check(here == 1 and there == nil)
end

do -- upvalues by number
  local a, b = 1, 2
  local function f() return a, b end
  local function g() return b end
  equal(debug.getupvalue(f, 1), "a")
  assert(debug.upvalueid(f, 2) == debug.upvalueid(g, 1) and debug.upvalueid(f, 1) ~= debug.upvalueid(f, 2))
  debug.setupvalue(g, 1, 20)
  assert(b == 20 and select(2, f()) == 20)
  local c = 30
  local function h() return c end
  debug.upvaluejoin(g, 1, h, 1)
  assert(g() == 30 and b == 20)
  c = 31
  equal(g(), 31)
end

do -- very many upvalues
  local source = {}
  for i = 1, 150 do source[#source + 1] = "local v" .. i .. " = " .. i end
  source[#source + 1] = "return function() return 0"
  for i = 1, 150 do source[#source + 1] = " + v" .. i end
  source[#source + 1] = " end, function() "
  for i = 1, 150 do source[#source + 1] = "v" .. i .. " = v" .. i .. " + 1 " end
  source[#source + 1] = "end"
  local sum, bump = assert(load(table.concat(source, "\n")))()
  equal(sum(), 150 * 151 // 2)
  bump()
  equal(sum(), 150 * 151 // 2 + 150)
end

do -- many closures over one variable, and one closure over each of many
  local shared = 0
  local list = {}
  for i = 1, 10000 do
    local own = i
    list[i] = function() shared = shared + own own = 0 return shared end
  end
  for i = 1, 10000 do list[i]() end
  equal(shared, 50005000)
  for i = 1, 10000 do list[i]() end
  equal(shared, 50005000)
end

do -- functional play: composition, church numerals, streams, memo
  local function compose(...)
    local fs = {...}
    return function(x)
      for i = #fs, 1, -1 do x = fs[i](x) end
      return x
    end
  end
  local inc = function(x) return x + 1 end
  equal(compose(inc, inc, function(x) return x * 10 end)(5), 52)
  local zero = function() return function(x) return x end end
  local succ = function(n) return function(f) return function(x) return f(n(f)(x)) end end end
  local plus = function(m, n) return function(f) return function(x) return m(f)(n(f)(x)) end end end
  local times = function(m, n) return function(f) return m(n(f)) end end
  local three = succ(succ(succ(zero)))
  equal(times(three, plus(three, three))(inc)(0), 18)
  local function from(n) return {n, function() return from(n + 1) end} end
  local function filter(p, s)
    while not p(s[1]) do s = s[2]() end
    return {s[1], function() return filter(p, s[2]()) end}
  end
  local function sieve(s)
    local p = s[1]
    return {p, function() return sieve(filter(function(x) return x % p ~= 0 end, s[2]())) end}
  end
  local s = sieve(from(2))
  for _ = 1, 19 do s = s[2]() end
  equal(s[1], 71)
  local function memo(f)
    local known = {}
    return function(n)
      local v = known[n]
      if not v then v = f(n) known[n] = v end
      return v
    end
  end
  local fib
  fib = memo(function(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end)
  equal(fib(80), 23416728348467685)
  local y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end
  equal(y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(6), 720)
end
print "ok"
