-- The debug library: getinfo, variables, hooks and their events, upvalues, user values, metatables (manual 6.10).
local check = dofile("support/check.lua")
local show, gives, equal, fails, stock = check.show, check.gives, check.equal, check.fails, check.stock
local getinfo, sethook, gethook, getlocal, setlocal = debug.getinfo, debug.sethook, debug.gethook, debug.getlocal,
  debug.setlocal
local function keys(t)
  local list = {}
  for k in pairs(t) do list[#list + 1] = tostring(k) end
  table.sort(list)
  return table.concat(list, " ")
end
local function numbers(t)
  local list = {}
  for k in pairs(t) do list[#list + 1] = k end
  table.sort(list)
  return table.concat(list, " ")
end
-- A chunk whose lines count from 1.
local function chunk(text, ...) return assert(load(text, "=chunk"))(...) end

do -- getinfo: which option gives which fields
  local function f(a, b, ...) return a, b, ..., keys end
  equal(keys(getinfo(f)), "currentline ftransfer func istailcall isvararg " ..
    "lastlinedefined linedefined namewhat nparams ntransfer " ..
    "nups short_src source what")
  equal(keys(getinfo(f, "S")), "lastlinedefined linedefined short_src source what")
  equal(keys(getinfo(f, "l")), "currentline")
  equal(keys(getinfo(f, "u")), "isvararg nparams nups")
  equal(keys(getinfo(f, "n")), "namewhat")
  equal(keys(getinfo(f, "r")), "ftransfer ntransfer")
  equal(keys(getinfo(f, "t")), "istailcall")
  equal(keys(getinfo(f, "f")), "func")
  equal(keys(getinfo(f, "L")), "activelines")
  equal(keys(getinfo(f, "")), "")
  equal(keys(getinfo(f, "fL")), "activelines func")
  equal(keys(getinfo(f, "llSS")), "currentline lastlinedefined linedefined short_src source what")
  equal(keys(getinfo(1, "Sl")), "currentline lastlinedefined linedefined short_src source what")
  equal(getinfo(f, "f").func, f)
  equal(getinfo(1000), nil)
  equal(select("#", getinfo(1000)), 1)
  equal(getinfo(-1), nil)
  equal(getinfo(math.maxinteger), nil)
  equal(getinfo("0", "f").func, getinfo)
  fails("bad argument #1 to 'getinfo' (number expected, got no value)", function() local _ = getinfo() end)
  fails("bad argument #1 to 'getinfo' (number expected, got string)", function() local _ = getinfo "x" end)
  fails("bad argument #1 to 'getinfo' (number expected, got table)", function() local _ = getinfo {} end)
  fails("bad argument #1 to 'getinfo' (number has no integer representation)", function() local _ = getinfo(1.5) end)
  fails("bad argument #2 to 'getinfo' (invalid option)", function() local _ = getinfo(1, "x") end)
  fails("bad argument #2 to 'getinfo' (invalid option)", function() local _ = getinfo(1, "Sx") end)
  fails("bad argument #2 to 'getinfo' (invalid option)", function() local _ = getinfo(print, "X") end)
  fails("bad argument #2 to 'getinfo' (invalid option '>')", function() local _ = getinfo(1, ">") end)
  fails("bad argument #2 to 'getinfo' (invalid option '>')", function() local _ = getinfo(print, ">S") end)
  fails("bad argument #2 to 'getinfo' (invalid option)", function() local _ = getinfo(1, "S>") end)
  fails("bad argument #2 to 'getinfo' (string expected, got table)", function() local _ = getinfo(1, {}) end)
  fails("bad argument #3 to 'getinfo' (invalid option)", function() local _ = getinfo(coroutine.create(print), print,
    "x") end)
  fails("bad argument #2 to 'getinfo' (number expected, got no value)",
    function() local _ = getinfo(coroutine.create(print)) end)
end

do -- getinfo: source
  local info = getinfo(1, "S")
  equal(info.source:sub(1, 1), "@")
  equal(info.what, "main")
  gives("0 0", info.linedefined, info.lastlinedefined)
  info = getinfo(print)
  gives("=[C] [C] C -1 -1 -1 0 0 true nil ", info.source, info.short_src, info.what, info.linedefined,
    info.lastlinedefined,
    info.currentline, info.nups, info.nparams, info.isvararg, info.name, info.namewhat)
  gives("false 0 0", info.istailcall, info.ftransfer, info.ntransfer)
  local f = load("return function(a)\n\n return a\n\n end, 1", "@some/file.lua")()
  info = getinfo(f, "S")
  gives("@some/file.lua some/file.lua Lua 1 5", info.source, info.short_src, info.what, info.linedefined,
    info.lastlinedefined)
  equal(getinfo(load("return 1", "=name"), "S").short_src, "name")
  equal(getinfo(load("return 1", "text\nmore"), "S").short_src, '[string "text..."]')
  equal(getinfo(load("return 1", "text\nmore"), "S").source, "text\nmore")
  equal(getinfo(load("return 1", "@" .. ("d/"):rep(40) .. "file"), "S").short_src,
    "..." .. ("d/"):rep(40):sub(-52) .. "file")
  equal(getinfo(load("return 1", "=" .. ("x"):rep(100)), "S").short_src, ("x"):rep(59))
  equal(getinfo(load("return 1", ("x"):rep(100)), "S").short_src, '[string "' .. ("x"):rep(45) .. '..."]')
  info = getinfo(load(string.dump(f, true)), "SL")
  gives("=? ? Lua 1 5", info.source, info.short_src, info.what, info.linedefined, info.lastlinedefined)
end

do -- getinfo: parameters and upvalues
  local up1, up2 = 1, 2
  local function counts(f)
    local i = getinfo(f, "u")
    return show(i.nups, i.nparams, i.isvararg)
  end
  equal(counts(function() end), "0 0 false")
  equal(counts(function(a, b, c) return a, b, c end), "0 3 false")
  equal(counts(function(...) return ... end), "0 0 true")
  equal(counts(function(a, ...) return a, up1, up2, ... end), "2 1 true")
  equal(counts(function() return print end), "1 0 false")
  equal(counts(load "return 1"), "1 0 true")
  equal(counts(string.rep), "0 0 true")
  equal(counts(string.gmatch("", "")), "3 0 true")
  local object = {}
  function object:method(x) return self, x end
  equal(counts(object.method), "0 2 false")
end

do -- getinfo: active lines
  local f, g = chunk [[
local function f(x)
  local a = 1

  -- comment
  if x then
    a = 2
  end
  return a
end
local function g(...)
  return
    ...
end
return f, g]]
  equal(numbers(getinfo(f, "L").activelines), "2 5 6 8 9")
  equal(getinfo(f, "L").activelines[2], true)
  equal(numbers(getinfo(g, "L").activelines), "11 12 13")
  equal(getinfo(print, "L").activelines, nil)
  equal(numbers(getinfo(load "\n\nlocal x = 1\n\nreturn x", "L").activelines), "3 5")
  -- without debug information there are none
  equal(next(getinfo(load(string.dump(f, true)), "L").activelines or {}), nil)
end

do -- getinfo: levels and names
  local function level_0() return getinfo(0, "nSf") end
  equal(getinfo(0, "f").func, getinfo)
  equal(level_0().what, "C")
  local function here(what) local i = getinfo(2, "n") return show(i.name, i.namewhat, what) end
  -- a call that is not a tail call; the names of the places where functions are called
  local function as_local() local r = here() return r end
  local t = {field = as_local, method = as_local}
  global_function = as_local
  local r = as_local()
  equal(r, "as_local local nil")
  r = t.field()
  equal(r, "field field nil")
  r = t:method()
  equal(r, "method method nil")
  r = global_function()
  equal(r, "global_function global nil")
  r = (function() return (as_local()) end)()
  equal(r, "as_local upvalue nil")
  local index = 1
  r = ({as_local})[index]()
  equal(r, "? field nil")
  r = select(2, pcall(as_local))
  equal(r, "nil  nil")
  global_function = nil
  -- metamethods
  local function meta_name() local i = getinfo(2, "n") return show(i.name, i.namewhat) end
  local seen
  local function event() seen = meta_name() return true end
  local meta = {}
  for _, name in ipairs {"add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr",
    "bnot",
                         "concat", "len", "eq", "lt", "le", "index", "newindex", "close"} do
    meta["__" .. name] = function() local s = meta_name() seen = s return true end
  end
  local a, b = setmetatable({}, meta), setmetatable({}, meta)
  local tests = {
    add = function() return a + 1 end, sub = function() return 1 - a end, mul = function() return a * b end,
    div = function() return a / 2 end, mod = function() return a % b end, pow = function() return a ^ 2 end,
    unm = function() return -a end, idiv = function() return a // 1 end, band = function() return a & 1 end,
    bor = function() return 1 | a end, bxor = function() return a ~ b end, shl = function() return a << 1 end,
    shr = function() return a >> 1 end, bnot = function() return ~a end, concat = function() return a .. "x" end,
    len = function() return #a end, eq = function() return a == b end, lt = function() return a < b end,
    le = function() return a <= b end, index = function() return a.x end, newindex = function() a.x = 1 end,
    close = function() local x <close> = a end}
  for name, f in pairs(tests) do
    seen = nil
    local _ = f()
    equal(seen, name .. " metamethod")
  end
  -- the function of a generic for
  for _ in function(_, c) if c == nil then local s = meta_name() seen = s return 1 end end do equal(seen,
    "for iterator for iterator") end
  -- finalizers
  setmetatable({}, {__gc = function() local s = meta_name() seen = s end})
  collectgarbage()
  equal(seen, "__gc metamethod")
  -- hooks
  sethook(function() sethook() local i = getinfo(1, "n") seen = show(i.name, i.namewhat) end, "", 1)
  for _ = 1, 10 do end
  equal(seen, "? hook")
  event()
end

do -- getinfo: current lines, tail calls
  local lines = chunk [[
local list = {}
local function line(level) list[#list + 1] = debug.getinfo(level or 2, "l").currentline end
line()
line(
  2
)
local x = {
  line(),
  (line()),
}
for i = 1, 2 do
  line() end
return list]]
  equal(table.concat(lines, " "), "3 4 8 9 12 12")
  local function tail_called() local i = getinfo(1, "nt") return show(i.istailcall, i.name, i.namewhat) end
  local function calls_tail() return tail_called() end
  local r = calls_tail()
  equal(r, "true nil ")
  r = tail_called()
  equal(r, "false tail_called local")
  equal(getinfo(1, "t").istailcall, false)
  local depth = 0
  while getinfo(depth, "") do depth = depth + 1 end
  assert(depth >= 3)
  -- other threads
  local co = coroutine.create(function(x)
    local y = x
    coroutine.yield(y)
  end)
  equal(getinfo(co, 0), nil)
  coroutine.resume(co, 1)
  equal(getinfo(co, 0, "f").func, coroutine.yield)
  equal(getinfo(co, 1, "l").currentline, getinfo(1, "l").currentline - 5)
  equal(getinfo(co, 2), nil)
  equal(getinfo(co, print, "S").what, "C")
  coroutine.resume(co)
  equal(getinfo(co, 0), nil)
end

do -- getlocal: names, values, ranges
  local function f(a, b, ...)
    local c = 30
    do local inner = 1 inner = inner + 1 end
    local d <const>, e <close> = 40, nil
    local list = {}
    for i = 1, 20 do
      local name, value = getlocal(1, i)
      if not name then break end
      if name:find "^%(" then value = "" end
      list[#list + 1] = name .. (type(value) == "table" and "" or "=" .. tostring(value))
    end
    return table.concat(list, " "), c, d, e
  end
  equal((f(10, 20, "v1", "v2")), "a=10 b=20 c=30 d=40 e=nil list (for state)= (for state)= (for state)= i=10")
  local function variadic(...)
    local list = {}
    for i = -1, -10, -1 do
      local name, value = getlocal(1, i)
      if not name then break end
      list[#list + 1] = name .. "=" .. tostring(value)
    end
    return table.concat(list, " ")
  end
  equal(variadic("x", nil, 3), "(vararg)=x (vararg)=nil (vararg)=3")
  equal(variadic(), "")
  local function plain() return getlocal(1, -1) end
  equal(plain(), nil)
  equal(getlocal(1, 1000), nil)
  equal(getlocal(1, 0), nil)
  equal(getlocal(1, -1000), nil)
  -- temporaries
  local function temporaries() return getlocal(2, 1000) end
  equal(temporaries(), nil)
  local found
  local function inspect(level, n) found = show(getlocal(level + 1, n)) return "r" end
  local function with_temporary() local x = 1 return x .. "t" .. inspect(1, 2) end
  with_temporary()
  equal(found, "(temporary) 1")
  -- C functions
  local seen = {}
  local function compare(a, b)
    for i = 1, 10 do
      local name = getlocal(2, i)
      if not name then break end
      seen[i] = name
    end
    return a < b
  end
  table.sort({2, 1}, compare)
  equal(seen[1], "(C temporary)")
  assert(#seen >= 2)
  for _, name in ipairs(seen) do equal(name, "(C temporary)") end
  -- parameters of functions that are not active
  equal(getlocal(f, 1), "a")
  equal(getlocal(f, 2), "b")
  equal(getlocal(f, 3), nil)
  equal(getlocal(f, 0), nil)
  equal(getlocal(f, -1), nil)
  equal(getlocal(print, 1), nil)
  equal(select("#", getlocal(f, 1)), 1)
  equal(getlocal(load(string.dump(f, true)), 1), nil)
  local object = {}
  function object:m(x) return x end
  gives("self x", getlocal(object.m, 1), (getlocal(object.m, 2)))
  -- control variables of loops
  local names = chunk [[
local list = {}
local function names()
  for i = 1, 20 do
    local n = debug.getlocal(2, i)
    if not n then break end
    list[#list + 1] = n
  end
  list[#list + 1] = "|"
end
for i = 1, 1 do names() end
for k, v in pairs {1} do names() end
return list]]
  assert(table.concat(names, " "):find "^list names %(for state%) %(for state%) %(for state%) i ")
  assert(table.concat(names, " "):find "list names %(for state%) %(for state%) %(for state%) %(for state%) k v ")
  -- stripped code has no names
  local stripped = load(string.dump(load [[local a = 5 local n, v = debug.getlocal(1, 1) return n, v]], true))
  gives("(temporary) 5", stripped())
end

do -- setlocal
  local function f(a, ...)
    local b = 2
    gives("a", setlocal(1, 1, "new a"))
    gives("b", setlocal(1, 2, "new b"))
    gives("(vararg)", setlocal(1, -2, "new v"))
    gives("nil", setlocal(1, -9, "x"))
    gives("nil", setlocal(1, 100, "x"))
    return a, b, ...
  end
  gives("new a new b v1 new v", f(1, "v1", "v2"))
  local function caller()
    local x = "old"
    local function callee() setlocal(2, 1, "changed") end
    callee()
    return x
  end
  equal(caller(), "changed")
  local co = coroutine.create(function(x)
    coroutine.yield()
    return x
  end)
  coroutine.resume(co, "before")
  gives("x before", getlocal(co, 1, 1))
  equal(setlocal(co, 1, 1, "after"), "x")
  equal(setlocal(co, 1, 50, "lost"), nil)
  gives("true after", coroutine.resume(co))
  fails("bad argument #1 to 'getlocal' (level out of range)", function() local _ = getlocal(1000, 1) end)
  fails("bad argument #1 to 'getlocal' (level out of range)", function() local _ = getlocal(-1, 1) end)
  fails("bad argument #2 to 'getlocal' (level out of range)", function() local _ = getlocal(co, 0, 1) end)
  fails("bad argument #1 to 'getlocal' (number expected, got string)", function() local _ = getlocal("x", 1) end)
  fails("bad argument #2 to 'getlocal' (number expected, got no value)", function() local _ = getlocal(1) end)
  fails("bad argument #2 to 'getlocal' (number expected, got nil)", function() local _ = getlocal(print, nil) end)
  fails("bad argument #1 to 'setlocal' (level out of range)", function() local _ = setlocal(1000, 1, 2) end)
  fails("bad argument #3 to 'setlocal' (value expected)", function() local _ = setlocal(1, 1) end)
  fails("bad argument #1 to 'setlocal' (number expected, got function)", function() local _ = setlocal(print, 1, 2) end)
  fails("bad argument #2 to 'setlocal' (number expected, got string)", function() local _ = setlocal(1, "x", 2) end)
end

do -- upvalues
  local x, y = 1, 2
  local function f() return x, y end
  local function g() return y, x end
  gives("x 1", debug.getupvalue(f, 1))
  gives("y 2", debug.getupvalue(f, 2))
  equal(select("#", debug.getupvalue(f, 3)), 0)
  equal(select("#", debug.getupvalue(f, 0)), 0)
  equal(select("#", debug.getupvalue(f, -1)), 0)
  equal(select("#", debug.getupvalue(f, 256)), 0)
  gives("y", debug.setupvalue(f, 2, "changed"))
  equal(y, "changed")
  equal(select("#", debug.setupvalue(f, 3, 1)), 0)
  -- names of C functions' upvalues are empty
  local iterator = string.gmatch("abc", "b")
  gives(" abc", debug.getupvalue(iterator, 1))
  gives("", debug.setupvalue(iterator, 1, "xyz"))
  gives(" xyz", debug.getupvalue(iterator, 1))
  equal(select("#", debug.getupvalue(print, 1)), 0)
  gives("(no name) 1", debug.getupvalue(load(string.dump(f, true)), 1) == "(no name)" and "(no name) 1")
  gives("_ENV", (debug.getupvalue(load "return x", 1)))
  -- identity
  local id = debug.upvalueid
  equal(type(id(f, 1)), "userdata")
  assert(id(f, 1) == id(g, 2) and id(f, 2) == id(g, 1) and id(f, 1) ~= id(f, 2))
  equal(id(f, 3), nil)
  equal(id(f, 0), nil)
  equal(id(print, 1), nil)
  equal(select("#", id(f, 3)), 1)
  assert(id(iterator, 1) ~= id(iterator, 2))
  -- joining
  local z = "joined"
  local function h() return z end
  equal(select("#", debug.upvaluejoin(f, 1, h, 1)), 0)
  gives("joined changed", f())
  z = "later"
  gives("later changed", f())
  gives("changed 1", g())
  assert(id(f, 1) == id(h, 1))
  debug.upvaluejoin(f, 1, f, 2)
  gives("changed changed", f())
  fails("bad argument #2 to 'upvaluejoin' (invalid upvalue index)", function() debug.upvaluejoin(f, 3, h, 1) end)
  fails("bad argument #2 to 'upvaluejoin' (invalid upvalue index)", function() debug.upvaluejoin(f, 0, h, 1) end)
  fails("bad argument #4 to 'upvaluejoin' (invalid upvalue index)", function() debug.upvaluejoin(f, 1, h, 2) end)
  fails("bad argument #1 to 'upvaluejoin' (Lua function expected)", function() debug.upvaluejoin(iterator, 1, h, 1) end)
  fails("bad argument #3 to 'upvaluejoin' (Lua function expected)", function() debug.upvaluejoin(f, 1, iterator, 1) end)
  fails("bad argument #1 to 'upvaluejoin' (function expected, got table)", function() debug.upvaluejoin({}, 1, h,
    1) end)
  fails("bad argument #2 to 'upvaluejoin' (number expected, got no value)", function() debug.upvaluejoin(f) end)
  fails("bad argument #1 to 'getupvalue' (function expected, got table)", function() debug.getupvalue({}, 1) end)
  fails("bad argument #2 to 'getupvalue' (number expected, got no value)", function() debug.getupvalue(f) end)
  fails("bad argument #3 to 'setupvalue' (value expected)", function() debug.setupvalue(f, 1) end)
  fails("bad argument #1 to 'setupvalue' (function expected, got nil)", function() debug.setupvalue(nil, 1, 2) end)
  fails("bad argument #1 to 'id' (function expected, got number)", function() id(1, 1) end)
end

do -- hooks: setting and asking
  equal(gethook(), nil)
  equal(select("#", gethook()), 1)
  local function hook() end
  sethook(hook, "crl", 1000000)
  local f, mask, count = gethook()
  sethook()
  assert(f == hook)
  gives("crl 1000000", mask, count)
  sethook(hook, "l")
  f, mask, count = gethook()
  sethook(nil)
  assert(f == hook)
  gives("l 0", mask, count)
  sethook(hook, "xyz")
  equal(gethook(), nil) -- nothing to call it for: none
  sethook(hook, "", 7)
  f, mask, count = gethook()
  sethook(nil, "crl", 5)
  assert(f == hook)
  gives(" 7", mask, count)
  equal(gethook(), nil)
  sethook(hook, "rc", -5)
  f, mask, count = gethook()
  sethook(nil)
  gives("cr -5", mask, count)
  equal(select("#", sethook()), 0)
  fails("bad argument #2 to 'sethook' (string expected, got no value)", function() sethook(print) end)
  fails("bad argument #2 to 'sethook' (string expected, got table)", function() sethook(print, {}) end)
  fails("bad argument #1 to 'sethook' (function expected, got table)", function() sethook({}, "l") end)
  fails("bad argument #3 to 'sethook' (number expected, got string)", function() sethook(print, "l", "x") end)
  -- a thread's own
  local co = coroutine.create(function() end)
  sethook(co, hook, "l")
  equal(gethook(co), hook)
  equal(gethook(), nil)
  sethook(co)
  equal(gethook(co), nil)
  -- it is inherited by new coroutines
  sethook(hook, "", 1000000)
  local child = coroutine.create(print)
  sethook()
  assert(gethook(child) == nil or select(3, gethook(child)) == 1000000)
end

-- Runs a chunk with a line hook; the lines it came by.
local function trace(text, mask)
  local list = {}
  local f = assert(load(text, "=trace"))
  sethook(function(event, line)
    if getinfo(2, "S").short_src ~= "trace" then return end
    list[#list + 1] = mask and event:sub(1, 1) .. (line or "") or line
  end, mask or "l")
  f()
  sethook()
  return table.concat(list, " ")
end

do -- hooks: lines
  equal(trace "local a = 1\nlocal b = 2\n\nreturn a + b", "1 2 4")
  equal(trace "if\nmath.sin(1)\nthen\n  a=1\nelse\n  a=2\nend\n", "2 3 4 7")
  equal(trace "local function foo()\nend\nfoo()\nA = 1\nA = 2\nA = 3\n", "2 3 2 4 5 6")
  equal(trace "--\nif nil then\n  a=1\nelse\n  a=2\nend\n", "2 5 6")
  equal(trace "a=1\nrepeat\n  a=a+1\nuntil a==3\n", "1 3 4 3 4")
  equal(trace "do\n  return\nend\n", "2")
  equal(trace "local a\na=1\nwhile a<=3 do\n  a=a+1\nend\n", "1 2 3 4 3 4 3 4 3 5")
  equal(trace "while math.sin(1) do\n  if math.sin(1)\n  then break\n  end\nend\na=1", "1 2 3 6")
  equal(trace "for i=1,3 do\n  a=i\nend\n", "1 2 1 2 1 2 1 3")
  equal(trace "for i,v in pairs{'a','b'} do\n  a=tostring(i) .. v\nend\n", "1 2 1 2 1 3")
  equal(trace "for i=1,4 do a=1 end\n", "1 1 1 1")
  equal(trace "local x = {\n  1,\n  math.sin(\n    2),\n}\nreturn x", "1 2 3 4 3 5 6")
  equal(trace "goto skip\na = 1\n::skip::\na = 2", "1 4")
  equal(trace "for _ = 1, 2 do\n  goto continue\n  ::continue::\nend", "1 2 1 2 1 4")
  equal(trace "local x <close> = setmetatable({}, {__close = function()\n  a = 1\nend})\na = 2\n", "1 3 1 3 4 2 3")
  equal(trace "local function f(n)\n  if n == 0 then return 0 end\n  return f(n - 1)\nend\nf(2)", "4 5 2 3 2 3 2")
  -- a call is on the line of its arguments; in 5.4.4 on that where the whole expression begins
  equal(trace "local t = {}\nfunction t:m()\n  return self\nend\nlocal _ = t\n  :m()\n  :m()",
    stock and "1 4 2 6 5 3 7 5 3 7" or "1 4 2 6 3 7 3")
  -- the preparation of a generic for and its first call are one step; so are a tail call of a C function and the return
  equal(trace "for _, v in ipairs {1,\n  2} do\n  a = v\nend", "1 2 1 2 3 1 3 1 4")
  equal(trace "local function f(x)\n  return math.abs(\n    x\n  )\nend\nf(-1)", "5 6 2 4 2")
  equal(trace("local function f(x)\n  return math.abs(x,\n    1\n  )\nend\nf(-1)", "lr"), "l5 l6 l2 l4 l2 r r")
  local returned
  sethook(function()
    local info = getinfo(2, "Sl")
    if info.short_src == "chunk" and info.what == "Lua" then returned = info.currentline end
  end, "r")
  chunk "local function f(x)\n  return math.abs(\n    x\n  )\nend\nlocal y = f(-1)"
  sethook()
  equal(returned, 2)
end

do -- hooks: calls and returns
  equal(trace("local function f() end\nf()\nf()", "cr"), "c c r c r r")
  equal(trace("local function f() return 1 end\nlocal function g() return f() end\ng()", "cr"), "c c t r r")
  equal(trace("local function f() end\nf()", "crl"), "c l1 l2 c l1 r r")
  local function events(text, mask)
    local list = {}
    local f = assert(load(text, "=events"))
    sethook(function(event)
      local info = getinfo(2, "nS")
      list[#list + 1] = event:sub(1, 1) .. ":" .. (info.what == "C" and info.name or info.name or info.what)
    end, mask)
    f()
    sethook()
    return table.concat(list, " ")
  end
  equal(events("local x = math.abs(-1)", "c"), "c:f c:abs c:sethook")
  assert(events("local x = math.abs(-1)", "cr"):find "c:abs r:abs")
  assert(events("local x = ('x'):rep(3) .. tostring(1)", "cr"):find "c:rep r:rep c:tostring r:tostring")
  assert(events("pcall(error)", "cr"):find "c:pcall c:.- r:pcall")
end

do -- hooks: counts
  local function counted(n)
    local calls = 0
    sethook(function(event, line)
      equal(event, "count")
      equal(line, nil)
      calls = calls + 1
    end, "", n)
    for _ = 1, 1000 do end
    sethook()
    return calls
  end
  local every, tenth, hundredth = counted(1), counted(10), counted(100)
  assert(every >= 1000 and every < 1100)
  assert(tenth >= 9 and tenth <= every and hundredth >= 9 and hundredth <= tenth, tenth .. " " .. hundredth)
  -- instructions of a generic loop: its call and its test are counted as one
  local function steps(f)
    local calls = 0
    sethook(function() calls = calls + 1 end, "", 1)
    f()
    sethook()
    return calls
  end
  local ten, twenty = {}, {}
  for i = 1, 20 do ten[i <= 10 and i or 0], twenty[i] = i, i end
  local function walk(t) for _, v in ipairs(t) do local _ = v end end
  equal((steps(function() walk(twenty) end) - steps(function() walk(ten) end)) // 10, 2)
  local calls = 0
  sethook(function() calls = calls + 1 end, "", 1000)
  local x = 0
  while calls < 3 do x = x + 1 end -- a loop without calls is interrupted
  sethook()
  assert(x > 0)
end

do -- hooks: what is transferred at calls and returns
  local list = {}
  local function f(a, b, ...) local c = a return c, b, ... end
  sethook(function(event)
    local info = getinfo(2, "rf")
    if info.func ~= f and info.func ~= math.max then return end
    local values = {}
    for i = info.ftransfer, info.ftransfer + info.ntransfer - 1 do
      local _, value = getlocal(2, i)
      values[#values + 1] = tostring(value)
    end
    list[#list + 1] = event .. "(" .. table.concat(values, ",") .. ")"
  end, "cr")
  f(1, 2, 3, 4)
  math.max(5, 9, 7)
  f()
  sethook()
  equal(table.concat(list, " "), "call(1,2) return(1,2,3,4) call(5,9,7) return(9) call(nil,nil) return(nil,nil)")
  gives("0 0", getinfo(1, "r").ftransfer, getinfo(1, "r").ntransfer)
end

do -- hooks: other threads, errors, yields, changes from inside
  local lines = {}
  local co = coroutine.create(load("local a = 1\ncoroutine.yield()\na = 2\n", "=co"))
  sethook(co, function(_, line) lines[#lines + 1] = line end, "l")
  local x = 1
  coroutine.resume(co)
  x = x + 1
  coroutine.resume(co)
  assert(x == 2)
  equal(table.concat(lines, " "), "1 2 3")
  -- an error in a hook is an error at that place
  local function boom() sethook() error "in hook" end
  local good, message = pcall(function()
    sethook(boom, "l")
    local y = 1
    return y
  end)
  sethook()
  assert(not good and message:find "in hook$")
  good, message = pcall(function()
    sethook(function() sethook() error({code = 7}) end, "c")
    print()
  end)
  sethook()
  assert(not good and message.code == 7)
  -- a hook is not called while one runs
  local depth, deepest = 0, 0
  local function nested() depth = depth + 1 deepest = math.max(deepest,
    depth) local z = 1 z = z + 1 depth = depth - 1 end
  sethook(nested, "crl")
  local z = tostring(1)
  sethook()
  assert(z == "1")
  equal(deepest, 1)
  -- it cannot yield
  local wrapped = coroutine.wrap(function()
    sethook(function() coroutine.yield() end, "l")
    local w = 1
    return w
  end)
  fails("attempt to yield across a C-call boundary", wrapped)
  -- the locals of the function that runs
  local seen
  local function f()
    local secret = "s"
    local other = 1
    return secret, other
  end
  sethook(function()
    if getinfo(2, "f").func == f then
      local name, value = getlocal(2, 1)
      if name == "secret" then
        seen = seen or value
        setlocal(2, 1, "replaced")
      end
    end
  end, "l")
  local result = f()
  sethook()
  gives("s replaced", seen, result)
  -- a collection in the hook
  sethook(function() collectgarbage "step" end, "", 100)
  local t = {}
  for i = 1, 2000 do t[i] = {i .. ""} end
  sethook()
  for i = 1, 2000 do assert(t[i][1] == tostring(i)) end
end

do -- user values and metatables
  equal(debug.getuservalue(io.stdout), nil)
  equal(select("#", debug.getuservalue(io.stdout)), 1)
  equal(debug.getuservalue(io.stdout, 2), nil)
  equal(debug.getuservalue({}), nil)
  equal(debug.getuservalue(nil, 1), nil)
  equal(debug.setuservalue(io.stdout, 5), nil)
  fails("bad argument #1 to 'setuservalue' (userdata expected, got table)", function() debug.setuservalue({}, 1) end)
  fails("bad argument #2 to 'setuservalue' (value expected)", function() debug.setuservalue(io.stdout) end)
  fails("bad argument #2 to 'getuservalue' (number expected, got string)", function() debug.getuservalue(io.stdout,
    "x") end)
  local co = coroutine.create(print)
  for _, value in pairs {number = 1, float = 1.5, boolean = true, ["function"] = print, thread = co, string = "",
    table = {}} do
    local old, meta = debug.getmetatable(value), {__index = function(_, k) return k end}
    equal(debug.setmetatable(value, meta), value)
    equal(debug.getmetatable(value), meta)
    if type(value) ~= "string" then equal(value.field, "field") end
    equal(debug.setmetatable(value, old), value)
    equal(debug.getmetatable(value), old)
  end
  equal(debug.setmetatable(nil, {__call = function(_, x) return x end}), nil)
  equal((nil)(5), 5)
  debug.setmetatable(nil, nil)
  equal(debug.getmetatable(nil), nil)
  debug.setmetatable(false, {__len = function(b) return b and 1 or 0 end})
  gives("1 0", #true, #false) -- one for the type
  debug.setmetatable(true, nil)
  local protected = setmetatable({}, {__metatable = "no"})
  equal(type(debug.getmetatable(protected)), "table")
  equal(debug.setmetatable(protected, nil), protected)
  equal(getmetatable(protected), nil)
  fails("bad argument #2 to 'setmetatable' (nil or table expected, got number)", function() debug.setmetatable({},
    5) end)
  fails("bad argument #2 to 'setmetatable' (nil or table expected, got no value)",
    function() debug.setmetatable({}) end)
  fails("bad argument #1 to 'getmetatable' (value expected)", function() debug.getmetatable() end)
  local registry = debug.getregistry()
  assert(type(registry) == "table" and registry[2] == _G and type(registry[1]) == "thread" and registry._LOADED == package.loaded)
end

do -- traceback
  local traceback = debug.traceback
  local function lines(text) return (text:gsub("[^%s<]*/?[%w_]+%.lua:%d+", "FILE"):gsub("<FILE>", "<F>")) end
  equal(traceback({}) ~= nil and type(traceback({})), "table")
  equal(traceback(true), true)
  equal(traceback(print), print)
  local object = setmetatable({}, {__tostring = error})
  equal(traceback(object), object)
  assert(traceback "m":find "^m\nstack traceback:\n\t")
  assert(traceback(nil):find "^stack traceback:\n\t")
  assert(traceback():find "^stack traceback:\n\t")
  assert(traceback(12):find "^12\nstack traceback:\n\t")
  assert(traceback("", 1):find "^\nstack traceback:\n\t")
  equal(traceback("m", 1000), "m\nstack traceback:")
  assert(traceback("m", 0):find "%[C%]: in function 'debug.traceback'\n")
  local function inner() return (traceback("t", 1)) end
  local function outer() local r = inner() return r end
  local text = lines(outer())
  assert(text:find("^t\nstack traceback:\n\tFILE: in upvalue 'inner'\n\tFILE: in local 'outer'\n\tFILE: in main chunk\n\t%[C%]: in %?$"),
    text)
  global_traced = function() local r = traceback() return r end
  text = lines(global_traced())
  assert(text:find "in function 'global_traced'\n", text)
  global_traced = nil
  local t = {field = function() local r = traceback() return r end}
  text = lines(t.field())
  assert(text:find "in field 'field'\n" or text:find "in function 't.field'\n", text)
  text = lines(t:field())
  assert(text:find "in method 'field'", text)
  text = lines((function() return (traceback()) end)())
  assert(text:find "in function <F", text)
  local function tail() return traceback() end
  local function calls_tail() return tail() end
  text = calls_tail()
  assert(text:find "%(%.%.%.tail calls%.%.%.%)", text)
  -- other threads
  local co = coroutine.create(function() local x = 1 coroutine.yield() return x end)
  equal(traceback(co), "stack traceback:")
  coroutine.resume(co)
  assert(lines(traceback(co)):find "^stack traceback:\n\t%[C%]: in function 'coroutine.yield'\n\tFILE: in function <F")
  assert(traceback(co, "m"):find "^m\nstack traceback:\n\t%[C%]")
  assert(lines(traceback(co, "m", 1)):find "^m\nstack traceback:\n\tFILE: in function <F")
  equal(traceback(co, "m", 5), "m\nstack traceback:")
  equal(traceback(co, object), object)
  coroutine.resume(co)
  equal(traceback(co), "stack traceback:")
  co = coroutine.create(function() error "dead" end)
  coroutine.resume(co)
  assert(lines(traceback(co)):find "^stack traceback:\n\t%[C%]: in function 'error'\n\tFILE: in function <F")
  -- long ones leave out the middle
  local function deep(n) if n == 0 then return (traceback "deep") end return (deep(n - 1)) end
  text = deep(100)
  assert(text:find("\n\t%.%.%.\t%(skipping 8%d levels%)\n"), text)
  local count = select(2, text:gsub("\n", "\n"))
  equal(count, 1 + 10 + 1 + 11)
  fails("bad argument #2 to 'traceback' (number expected, got string)", function() local _ = traceback("m", "x") end)
  fails("bad argument #3 to 'traceback' (number has no integer representation)", function() local _ = traceback(co,
    "m", 1.5) end)
end

do -- setcstacklimit does nothing any more
  equal(math.type(debug.setcstacklimit(1000)), "integer")
end

print("ok")
