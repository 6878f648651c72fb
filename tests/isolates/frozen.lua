-- Frozen tables and shared code: read by every isolate where they lie.
local channel <const> = require "rille.channel"
local isolate <const> = require "rille.isolate"
local buffer <const> = require "rille.buffer"

local function check(...)
  local ok, message, traceback = ...
  assert(ok, tostring(message) .. "\n" .. tostring(traceback))
  return select(2, ...)
end
local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and message:find(text, 1, true), tostring(message))
end

local large <const> = ("large "):rep(10000)
local wide <const> = {}
for i = 1, 1000 do wide["key" .. i] = i; wide[i * 1000] = -i; wide[i + 0.5] = i end
local source <const> = {
  10, 20, 30,
  name = "config", [2.5] = "float", [true] = "yes", [false] = "no", [-7] = "negative", [1 << 40] = "big",
  nested = {list = {1, 2, 3}, empty = {}, deep = {deep = {deep = "bottom"}}},
  middle = ("m"):rep(100), large = large, zero = 0.0, wide = wide,
  double = function(x) return x * 2 end,
  print = print,
}
source.self = source
source.list_again = source.nested.list
local frozen <const> = isolate.freeze(source)

assert(frozen[1] == 10 and frozen[3] == 30 and frozen[4] == nil and #frozen == 3 and frozen[2.0] == 20)
assert(frozen.name == "config" and frozen[2.5] == "float" and frozen[true] == "yes" and frozen[false] == "no" and
  frozen[-7] == "negative" and frozen[2^40] == "big" and frozen.missing == nil and frozen[{}] == nil and frozen[nil] == nil)
assert(frozen.nested.list[2] == 2 and #frozen.nested.empty == 0 and next({}, nil) == nil and
  frozen.nested.deep.deep.deep == "bottom")
assert(frozen.middle == ("m"):rep(100) and frozen.large == large and math.type(frozen.zero) == "float")
assert(frozen.self == frozen and rawequal(frozen.self.self, frozen) and frozen.list_again == frozen.nested.list)
assert(frozen.double(21) == 42 and frozen.double == frozen.double and frozen.print == print)
for i = 1, 1000 do
  assert(frozen.wide["key" .. i] == i and frozen.wide[i * 1000] == -i and frozen.wide[i + 0.5] == i)
end
local count, sum = 0, 0
for key, value in pairs(frozen.wide) do
  assert(wide[key] == value)
  count = count + 1
end
assert(count == 3000)
for i, value in ipairs(frozen) do sum = sum + i * value end
assert(sum == 10 + 40 + 90 and table.concat(frozen, ",") == "10,20,30" and select("#", table.unpack(frozen)) == 3)
local seen = {}
for key in pairs(frozen) do seen[key] = true end
assert(seen[1] and seen.name and seen[true] and seen[2.5] and seen.self)

-- nothing can be changed
for _, change in ipairs {function() frozen.name = "x" end, function() frozen[1] = 1 end, function() frozen.new = 1 end,
    function() frozen.nested.list[1] = 1 end, function() table.insert(frozen, 1) end} do
  fails("attempt to change a frozen table", change)
end
source.name = "changed"
source.nested.list[1] = "changed"
assert(frozen.name == "config" and frozen.nested.list[1] == 1)
fails("value.inner: a table with a metatable cannot be frozen", isolate.freeze, {inner = setmetatable({}, {})})
fails("value[3]: a coroutine cannot be sent", isolate.freeze, {1, 2, coroutine.create(print)})
fails("a function with upvalue 'source' cannot be sent", isolate.freeze, function() return source end)
assert(isolate.freeze(5) == 5 and isolate.freeze("x") == "x" and isolate.freeze(nil) == nil)
assert(isolate.freeze(large) == large)

-- sent by reference, and found by name
assert(check(isolate.spawn(function(t)
  assert(t.nested.deep.deep.deep == "bottom" and #t.large == 60000 and t.self == t)
  return t.nested, t.double(4)
end, frozen):join()) == frozen.nested)
isolate.publish("configuration", {limits = {10, 20}, greet = function(name) return "hello " .. name end})
fails("'configuration' has been published already", isolate.publish, "configuration", {})
assert(isolate.published("nothing") == nil and isolate.published("configuration") == isolate.published("configuration"))
assert(isolate.published("configuration").limits[2] == 20)
local limit, greeting = check(isolate.spawn(function()
  local configuration <const> = require "rille.isolate".published("configuration")
  return configuration.limits[1], configuration.greet("isolate")
end):join())
assert(limit == 10 and greeting == "hello isolate")

-- shared code: nested functions, constants of all kinds, upvalues between them, varargs, globals, lines, names
local program <const> = isolate.publish("program", function(...)
  local total, text = 0, "a constant that is longer than forty bytes, so that it is shared itself"
  local function add(n) total = total + n; return total end
  for _, n in ipairs {...} do add(n) end
  local function fail() local missing; return missing.field end
  return {total = total, text = text, add = add, fail = fail, float = 1.5, big = 1 << 60, none = nil, no = false,
    vararg = select("#", ...), global = some_global}
end)
some_global = "here"
local result <const> = program(1, 2, 3)
assert(result.total == 6 and #result.text == 71 and result.add(10) == 16 and result.float == 1.5 and result.big == 1 << 60 and
  result.no == false and result.vararg == 3 and result.global == "here")
local ok, message = pcall(result.fail)
assert(not ok and message:find("frozen.lua:%d+: attempt to index a nil value %(local 'missing'%)"), message)
assert(debug.getinfo(program, "S").linedefined > 0 and debug.getlocal(program, 1) == nil and
  debug.getupvalue(result.add, 1) == "total")
assert(load(string.dump(program), "dumped", "b")(5).total == 5)
assert(check(isolate.spawn(function()
  local program <const> = require "rille.isolate".published("program")
  some_global = "there"
  local sum = 0
  for i = 1, 1000 do sum = sum + program(i, i).total end
  assert(program().global == "there")
  return sum
end):join()) == 1001000)

-- frozen values live as long as anything of them
do
  local text, code
  do
    local short_lived = isolate.freeze {text = ("t"):rep(1000), code = function() return "code" end}
    text, code = short_lived.text, short_lived.code
  end
  for _ = 1, 3 do collectgarbage() end
  assert(text == ("t"):rep(1000) and code() == "code")
end
for _ = 1, 200 do
  local t = isolate.freeze {a = {b = {c = ("x"):rep(50)}}, f = function() return 1 end}
  assert(t.a.b.c == ("x"):rep(50) and t.f() == 1)
end
collectgarbage()
local with_channel <const> = isolate.freeze {channel.new(1), buffer.new("bytes"):freeze()}
assert(with_channel[1] == with_channel[1] and with_channel[1]:try_send(1) and with_channel[1]:receive() == 1)
assert(with_channel[2]:string() == "bytes")

-- many readers at once
local readers <const> = {}
for r = 1, 4 do
  readers[r] = isolate.spawn(function(t)
    local sum = 0
    for _ = 1, 20 do
      for i = 1, 1000 do sum = sum + t.wide["key" .. i] end
      for _, value in pairs(t.wide) do sum = sum + value end
      collectgarbage("step")
    end
    return sum
  end, frozen)
end
for r = 1, 4 do assert(check(readers[r]:join()) == 20 * (500500 * 2)) end
print "ok"
