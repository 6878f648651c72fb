-- Functions: parameters, varargs, results, methods, tail calls, depth and width (manual 3.4.10, 3.4.11).
local check = dofile("support/check.lua")
local equal = check.equal
local function wrong(source, wanted)
  local chunk, message = load(source, "=t")
  if chunk then error(("found a chunk, wanted %s"):format(wanted), 2) end
  if message ~= wanted then error(("found '%s', wanted '%s'"):format(message, wanted), 2) end
end
local function join(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = tostring(list[i]) end
  return table.concat(list, " ")
end

do -- parameters and arguments
  local function f(a, b, c) return join(a, b, c) end
  equal(f(), "nil nil nil")
  equal(f(1), "1 nil nil")
  equal(f(1, 2, 3, 4), "1 2 3")
  equal(f(nil, 2), "nil 2 nil")
  equal(f(f(1)), "1 nil nil nil nil")
  local function g(a) a = a or "default" return a end
  equal(g(), "default")
  equal(g(false), "default")
  equal((function(x, x) return x end)(1, 2), 2)
  local order = {}
  local function note(x) order[#order + 1] = x return x end
  note(join(note(1), note(2), note(3)))
  equal(join(table.unpack(order)), "1 2 3 1 2 3")
end

do -- forms of calls
  local function f(x) return x end
  equal(f "text", "text")
  equal(f [[long]], "long")
  equal(f {5}[1], 5)
  equal(f{x = 3}.x, 3)
  equal(#f "four", 4)
  local object = {n = 1}
  function object:add(k) self.n = self.n + (k or 1) return self end
  function object.plain(k) return k end
  object:add():add(2):add "3"
  equal(object.n, 7)
  equal(object.plain(object), object)
  equal(object:plain(), object)
  local method = "add"
  object[method](object, 3)
  equal(object.n, 10)
  equal(("x"):rep(3), "xxx")
  equal(("%d-%s"):format(1, "a"), "1-a")
  equal(#("abc"):upper(), 3)
  local curried = function(a) return function(b) return function(c) return a + b + c end end end
  equal(curried(1)(2)(3), 6)
  equal(f(f)(f)(7), 7)
  local t = {{function() return {k = "deep"} end}}
  equal(t[1][1]().k, "deep")
  equal((f)(8), 8)
  local s = "a"
  equal(s:byte(), 97)
  equal(s:rep(2):len(), 2)
end

do -- a line end before the parenthesis does not matter
  local f = function() return function() return 2 end end
  local x = f
  ()
  equal(x(), 2)
end

do -- method definitions
  local t = {a = {b = {}}}
  function t.a.b.f() return "f" end
  function t.a.b:m(...) return self, ... end
  equal(t.a.b.f(), "f")
  equal(select("#", t.a.b:m(nil, nil)), 3)
  equal((t.a.b:m()), t.a.b)
  function global_function(x) return x end
  equal(global_function(3), 3)
  global_function = nil
  local function self_reference(n) if n == 0 then return 0 end return n + self_reference(n - 1) end
  equal(self_reference(10), 55)
  local late
  function late(n) return n and late() or "end" end
  equal(late(1), "end")
  wrong("function a.b:c.d() end", "t:1: '(' expected near '.'")
  wrong("local function a.b() end", "t:1: '(' expected near '.'")
  wrong("function a[1]() end", "t:1: '(' expected near '['")
  wrong("function () end", "t:1: <name> expected near '('")
  wrong("local f = function g() end", "t:1: '(' expected near 'g'")
  wrong("function f(a,) end", "t:1: <name> or '...' expected near ')'")
  wrong("function f(..., a) end", "t:1: ')' expected near ','")
  wrong("function f(a b) end", "t:1: ')' expected near 'b'")
  wrong("function f(1) end", "t:1: <name> or '...' expected near '1'")
  wrong("function f() return 1 print(2) end", "t:1: 'end' expected near 'print'")
  wrong("function f() return ... end", "t:1: cannot use '...' outside a vararg function near '...'")
  wrong("\nfunction f()\n\n", "t:4: 'end' expected (to close 'function' at line 2) near <eof>")
end

do -- varargs
  local function count(...) return select("#", ...) end
  equal(count(), 0)
  equal(count(nil), 1)
  equal(count(nil, nil), 2)
  local function pass(...) return ... end
  equal(count(pass()), 0)
  equal(count(pass(nil, nil, nil)), 3)
  equal(count((pass(1, 2, 3))), 1)
  equal(count((pass())), 1)
  equal(count(pass(1, 2), pass(3, 4)), 3)
  equal(count(pass(1, 2), (pass(3, 4))), 2)
  local function first_two(...) local a, b = ... return join(a, b) end
  equal(first_two(), "nil nil")
  equal(first_two(1, 2, 3), "1 2")
  local function mixed(a, ...) return join(a, select("#", ...), ...) end
  equal(mixed(), "nil 0")
  equal(mixed(1), "1 0")
  equal(mixed(1, 2, nil), "1 2 2 nil")
  local function tables(...) return {...}, {n = select("#", ...), ...}, {..., "end"}, {(...)} end
  local a, b, c, d = tables(1, 2, 3)
  assert(#a == 3 and b.n == 3 and #b == 3 and #c == 2 and c[1] == 1 and c[2] == "end" and #d == 1)
  local function twice(...) return ..., ... end
  equal(join(twice(1, 2)), "1 1 2")
  local function inner(...)
    local f = function(...) return ... end
    return f(...), f("x", ...)
  end
  equal(join(inner(1, 2)), "1 x 1 2")
  local function arithmetic(...) return ... + 1, -..., #{...} end
  equal(join(arithmetic(4, 5)), "5 -4 2")
  local function method(...) return (...):upper() end
  equal(method("x"), "X")
  local function modify(a, ...) a = "changed" local x = ... x = "y" return a, ... end
  equal(join(modify(1, 2, 3)), "changed 2 3")
  local function deep(n, ...) if n == 0 then return select("#", ...) end return deep(n - 1, n, ...) end
  equal(deep(100), 100)
  local chunk = load("return ...")
  equal(join(chunk(1, nil, 3)), "1 nil 3")
  equal(join(load("local a, b = ... return b, a")(1, 2)), "2 1")
  equal(#table.pack(pass(table.unpack({}, 1, 200))), 0)
  equal(table.pack(pass(table.unpack({}, 1, 200))).n, 200)
end

do -- select
  equal(join(select(1, "a", "b", "c")), "a b c")
  equal(join(select(2, "a", "b", "c")), "b c")
  equal(join(select(4, "a", "b", "c")), "")
  equal(join(select(100)), "")
  equal(join(select(-1, "a", "b", "c")), "c")
  equal(join(select(-3, "a", "b", "c")), "a b c")
  equal(select("#"), 0)
  equal(select("#", nil), 1)
  equal(join(select("2", "a", "b")), "b")
  equal(join(select(2.0, "a", "b")), "b")
  local function refused(wanted, ...)
    local good, message = pcall(select, ...)
    equal(good, false)
    equal(message, wanted)
  end
  refused("bad argument #1 to 'select' (index out of range)", 0)
  refused("bad argument #1 to 'select' (index out of range)", -1)
  refused("bad argument #1 to 'select' (index out of range)", -4, 1, 2, 3)
  refused("bad argument #1 to 'select' (index out of range)", math.mininteger, 1, 2, 3)
  refused("bad argument #1 to 'select' (number expected, got no value)")
  refused("bad argument #1 to 'select' (number expected, got string)", "x")
  equal(select("##", 1, 2), 2)
  refused("bad argument #1 to 'select' (number has no integer representation)", 1.5, 1)
  equal(join(select(math.maxinteger, 1, 2)), "")
end

do -- results: adjusted in every place where they can stand
  local function three() return 1, 2, 3 end
  local function none() end
  equal(join(three()), "1 2 3")
  equal(join(three(), 4), "1 4")
  equal(join(none()), "")
  equal(join(none(), none()), "nil")
  equal(join((none())), "nil")
  equal(#{three(), three()}, 4)
  equal(#{three(), three(), nil}, 2)
  equal(#{(three())}, 1)
  equal(three() + three(), 2)
  equal(three() .. three(), "11")
  equal((three() and three()), 1)
  equal(join(three() or 5), "1")
  equal(join(not three()), "false")
  local t = {}
  t[three()] = three()
  assert(t[1] == 1 and t[2] == nil)
  if none() then error() end
  while none() do error() end
  local function more(...) return "x", ... end
  equal(join(more(three())), "x 1 2 3")
  equal(join(more(more(more()))), "x x x")
  local function choose(n) if n == 1 then return elseif n == 2 then return nil else return n, n end end
  equal(select("#", choose(1)), 0)
  equal(select("#", choose(2)), 1)
  equal(select("#", choose(3)), 2)
  equal(select("#", (function() return end)()), 0)
end

do -- tail calls need no room: a million of them, also to varargs, methods and through pcall
  local function loop(n) if n > 0 then return loop(n - 1) end return "done" end
  equal(loop(1000000), "done")
  local function even(n) if n == 0 then return true end return odd(n - 1) end
  function odd(n) if n == 0 then return false end return even(n - 1) end
  equal(even(100001), false)
  odd = nil
  local object = {}
  function object:walk(n, ...) if n == 0 then return ... end return self:walk(n - 1, ...) end
  equal(join(object:walk(50000, "a", nil, "b")), "a nil b")
  local function grow(n, ...) if n == 0 then return select("#", ...) end return grow(n - 1, ...) end
  equal(grow(10000, table.unpack({}, 1, 50)), 50)
  local callable = setmetatable({}, {})
  getmetatable(callable).__call = function(self, n) if n == 0 then return "called" end return self(n - 1) end
  equal(callable(100000), "called")
  local function protected(n) if n == 0 then return "bottom" end return select(2, pcall(protected, n - 1)) end
  equal(protected(100), "bottom")
  -- results of a tail-called C function
  local function tail_c(...) return select(2, ...) end
  equal(join(tail_c(1, 2, 3)), "2 3")
  -- not a tail call: parentheses cut the results
  local function cut() return (select(1, 1, 2)) end
  equal(join(cut()), "1")
  -- a captured variable is closed when its function leaves by a tail call
  local function capture(f) local x = 7 return f(function() return x end) end
  equal(capture(function(g) collectgarbage() return g() end), 7)
end

do -- recursion that is not a tail call
  local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
  equal(depth(150000), 150000)
  local function sum(n, ...) if n == 0 then return 0 end local a, b, c = n, n, n return a + sum(n - 1) end
  equal(sum(100), 5050)
  local function forever(n) return 1 + forever(n + 1) end
  local good, message = pcall(forever, 1)
  assert(not good and message:find("stack overflow", 1, true), message)
  equal(depth(1000), 1000)
  local co = coroutine.wrap(function() return depth(100000) end)
  equal(co(), 100000)
  local function ackermann(m, n)
    if m == 0 then return n + 1 elseif n == 0 then return ackermann(m - 1, 1) end
    return ackermann(m - 1, ackermann(m, n - 1))
  end
  equal(ackermann(2, 50), 103)
  local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
  equal(fib(20), 6765)
end

do -- very many arguments and results
  local many = {}
  for i = 1, 200000 do many[i] = 65 + i % 26 end
  equal(select("#", table.unpack(many)), 200000)
  equal((select(-1, table.unpack(many))), many[200000])
  local text = string.char(table.unpack(many))
  assert(#text == 200000 and text:sub(1, 3) == "BCD")
  local function pass(...) return ... end
  local packed = table.pack(pass(table.unpack(many)))
  assert(packed.n == 200000 and packed[123456] == many[123456])
  local t = {pass(table.unpack(many))}
  equal(#t, 200000)
  equal(select("#", text:byte(1, -1)), 200000)
  equal(math.max(table.unpack(many)), 65 + 25)
  local good, message = pcall(table.unpack, {}, 1, 1e8)
  assert(not good and message == "too many results to unpack", message)
  good, message = pcall(table.unpack, {}, math.mininteger, math.maxinteger)
  assert(not good and message == "too many results to unpack", message)
  good, message = pcall(string.byte, ("x"):rep(2000000), 1, -1)
  assert(not good and message == "stack overflow (string slice too long)" or message:find "stack overflow", message)
  local function narrow(a, b) return b, a end
  equal(join(narrow(table.unpack(many))), many[2] .. " " .. many[1])
  equal(join(pcall(select, "#", table.unpack(many))), "true 200000")
end

do -- registers and limits of one function
  local arguments = {}
  for i = 1, 250 do arguments[i] = tostring(i) end
  local source = "return select('#', " .. table.concat(arguments, ",", 1, 240) .. ")"
  equal(assert(load(source))(), 240)
  arguments = table.concat(arguments, ",")
  wrong("return f(" .. arguments .. ",1,2,3,4,5,6,7,8,9)", "t:1: function or expression needs too many registers near '5'")
  local values = {}
  for i = 1, 200 do values[i] = "a" .. i end
  local all = table.concat(values, ",")
  assert(load("local " .. all .. " = 1 return a1"))
  wrong("local " .. all .. ", b", "t:1: too many local variables (limit is 200) in main function near <eof>")
  wrong("\n\nfunction f() local " .. all .. ", b = 1 end",
    "t:3: too many local variables (limit is 200) in function at line 3 near '='")
  wrong("function f(" .. all .. ", b) end",
    "t:1: too many local variables (limit is 200) in function at line 1 near ')'")
  local many_parameters = load("return function(" .. all .. ") return a1 + a200 end")()
  equal(many_parameters(table.unpack((function() local t = {} for i = 1, 200 do t[i] = i end return t end)())), 201)
end

do -- identity
  local function make() return function() end end
  assert(make() ~= nil and type(make()) == "function")
  local x = 0
  local function counter() return function() x = x + 1 return x end end
  local a, b = counter(), counter()
  assert(a ~= b and a() == 1 and b() == 2)
  assert(print == print and tostring(print):match("^function: "))
end
print "ok"
