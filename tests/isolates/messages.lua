-- What can be sent, how it arrives, and what is said of the rest.
local channel <const> = require "rille.channel"
local isolate <const> = require "rille.isolate"

local here <const> = channel.new(1000)
local function through(...)
  assert(here:send(...))
  return here:receive()
end
local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "no error")
  if message ~= text then error(("expected %q, got %q"):format(text, tostring(message)), 2) end
end

-- plain values, bit for bit
for _, value in ipairs {true, false, 0, 1, -1, 63, 64, -64, -65, 127, 128, math.maxinteger, math.mininteger, 0.0, -0.0, 1.5, 1 / 0,
    -1 / 0, 2^53, 1e-320, "", "a", "a\0b", ("x"):rep(40), ("x"):rep(41), ("x"):rep(8191), ("x"):rep(8192), ("\0\1"):rep(50000)} do
  local copy = through(value)
  assert(copy == value and math.type(copy) == math.type(value))
  if value == 0.0 and math.type(value) == "float" then assert(1 / copy == 1 / value) end
end
local nan = through(0 / 0)
assert(nan ~= nan)
assert(select("#", through()) == 0)
assert(select("#", through(nil, nil)) == 2)
local n = select("#", through(table.unpack({}, 1, 5000)))
assert(n == 5000)

-- tables: sequences, holes, any key, empty ones
local t = through {10, 20, 30, nil, 50, x = 1, [2.5] = "f", [true] = "t", [-1] = "m", [math.maxinteger] = "big", sub = {{{}}}}
assert(t[1] == 10 and t[3] == 30 and t[4] == nil and t[5] == 50 and t.x == 1 and t[2.5] == "f" and t[true] == "t" and t[-1] == "m" and
  t[math.maxinteger] == "big" and next(t.sub[1][1]) == nil)
local big = {}
for i = 1, 100000 do big[i] = i end
big = through(big)
assert(#big == 100000 and big[77777] == 77777)
local keyed = {[{}] = 1}
local copy = through(keyed)
local key = next(copy)
assert(type(key) == "table" and copy[key] == 1 and key ~= next(keyed))

-- cycles and shared references come out as they went in, across values too
local a = {name = "a"}
local b = {name = "b", a = a, a_again = a}
a.b = b
a[a] = a
local c1, c2, c3 = through(a, b, a)
assert(c1 == c3 and c1.b == c2 and c2.a == c1 and c2.a_again == c1 and c1[c1] == c1 and c1 ~= a)
local long = ("long"):rep(100)
local shared = through {long, long}
assert(shared[1] == long and shared[2] == long)
local deep = {}
for _ = 1, 200000 do deep = {deep} end
local at, depth = through(deep), 0
while at[1] do at, depth = at[1], depth + 1 end
assert(depth == 200000)

-- functions, by their code; the globals are the reader's
local double = through(function(x) return x * 2 end)
assert(double(21) == 42)
local f, g = through(print, print)
assert(f == print and g == print)
local get = through(function() return marker end)
marker = "here"
assert(get() == "here")
local f1 = function() return 1 end
local list = through {f1, f1}
assert(list[1] == list[2] and list[1]() == 1 and list[1] ~= f1)
local traced = through(function() local missing; return missing.field end)
local _, why = pcall(traced)
assert(why:find("messages.lua:%d+: attempt to index a nil value %(local 'missing'%)"), why)

-- what cannot be sent, and where it is
local outer = 1
local function closure() return outer end
fails("message: a coroutine cannot be sent", here.send, here, coroutine.create(print))
fails("message.config.on_close: a coroutine cannot be sent", here.send, here, {config = {on_close = coroutine.create(print)}})
fails("message: a function with upvalue 'outer' cannot be sent", here.send, here, closure)
fails("message #2.list[3]: a function with upvalue 'outer' cannot be sent", here.send, here, 1, {list = {1, 2, closure}})
fails("message[\"two words\"][1.5][true]: a function with upvalue 'outer' cannot be sent", here.send, here,
  {["two words"] = {[1.5] = {[true] = closure}}})
fails("message[function] (a key): a function with upvalue 'outer' cannot be sent", here.send, here, {[closure] = 1})
fails("message.file: a userdata without copy handler cannot be sent", here.send, here, {file = io.stdout})
fails("message: a C function with upvalues cannot be sent", here.send, here, string.gmatch("a", "a"))
fails("message.object: a table with a metatable that is no registered class cannot be sent", here.send, here,
  {object = setmetatable({}, {})})
local chain = closure
for i = 1, 30 do chain = {[i] = chain} end
fails("message..." .. (function() local s = {} for i = 20, 1, -1 do s[#s + 1] = "[" .. i .. "]" end return table.concat(s) end)() ..
  ": a function with upvalue 'outer' cannot be sent", here.send, here, chain)
assert(here:count() == 0, "something was sent by half")
assert(not pcall(here.send, here, load("return x", "x", "t", {})), "a function with another environment")

-- classes
local Point <const> = isolate.class("Point", {__index = {length = function(p) return p.x + p.y end}})
local point = through(setmetatable({x = 1, y = 2}, Point))
assert(getmetatable(point) == Point and point:length() == 3)
local two = through {setmetatable({}, Point), setmetatable({}, Point)}
assert(getmetatable(two[1]) == Point and two[1] ~= two[2])
local ok, message = isolate.spawn(function(p) return p end, point):join()
assert(not ok and message:find("class 'Point' of a received table is not registered here", 1, true), message)
ok, message = isolate.spawn(function(ch)
  require "rille.isolate".class("Point", {})
  return getmetatable(ch:receive()) ~= nil
end, here)
assert(here:send(point))
ok, message = ok:join()
assert(ok and message)

-- a message that cannot be read here goes back to the queue
local unreadable <const> = channel.new(1)
unreadable:send(setmetatable({}, Point))
ok, message = isolate.spawn(function(ch) return ch:receive() end, unreadable):join()
assert(not ok and message:find("class 'Point'", 1, true))
assert(unreadable:count() == 1 and getmetatable(unreadable:receive()) == Point)

-- handles
local inner <const> = channel.new(3)
local same, again = through(inner, {inner})
assert(same == inner and again[1] == inner and rawequal(same, inner))
local handle <const> = isolate.spawn(function() return 5 end)
local known = through(handle)
assert(known == handle and select(2, known:join()) == 5)
here:send(here) -- a channel in its own queue
assert(here:receive() == here)
local loop <const> = channel.new(1)
loop:send(loop) -- and left there

-- buffers: handed over, given back when that fails, shared when frozen
local buffer <const> = require "rille.buffer"
local bytes = buffer.new("hello")
bytes:append(" ", "world", 1, buffer.new("!"))
assert(tostring(bytes) == "hello world1!" and #bytes == 13 and bytes:sub(1, 5) == "hello" and bytes:sub(-1) == "!" and
  bytes:sub(-100, 2) == "he" and bytes:sub(5, 4) == "" and bytes:byte(1) == 104 and bytes:byte(-1) == 33)
bytes:set(1, "J"):set(2, 97)
assert(bytes:string() == "Jallo world1!")
bytes:append(bytes)
assert(bytes:string() == ("Jallo world1!"):rep(2))
bytes:resize(5)
local moved = through(bytes)
assert(#bytes == 0 and moved:string() == "Jallo" and moved ~= bytes)
bytes:append("new")
assert(bytes:string() == "new" and moved:string() == "Jallo")
fails("message #2: a coroutine cannot be sent", here.send, here, moved, coroutine.create(print))
assert(moved:string() == "Jallo", "the buffer was lost")
local narrow <const> = channel.new(0)
assert(select(2, narrow:try_send(moved)) == "full" and #moved == 5)
assert(select(2, narrow:send_within(0.01, moved)) == "timeout" and #moved == 5)
assert(select(2, channel.select({{narrow, moved}}, 0)) == "timeout" and #moved == 5)
assert(not pcall(channel.select, {{narrow, moved}, {narrow, coroutine.create(print)}}) and #moved == 5)
narrow:close()
assert(select(2, narrow:send(moved)) == "closed" and #moved == 5)
moved:freeze()
local shared_copy = through(moved)
assert(shared_copy == moved and #moved == 5 and shared_copy:is_frozen())
fails("attempt to change a frozen buffer", moved.append, moved, "x")
assert(moved:string() == "Jallo")
assert(not pcall(moved.byte, moved, 6) and not pcall(moved.byte, moved, 0) and not pcall(moved.set, moved, 6, "x"))
local whole = buffer.new(("0123456789"):rep(1000)):freeze():string()
assert(whole == ("0123456789"):rep(1000) and whole:sub(-3) == "789" and #whole == 10000 and whole:find("9", 9995, true) == 10000)
assert(({[whole] = 1})[("0123456789"):rep(1000)] == 1 and whole .. "x" == ("0123456789"):rep(1000) .. "x")
assert(through(whole) == whole)
collectgarbage()
assert(#whole == 10000 and whole:byte(5000) == 57)

-- large messages and small ones in turn
for i = 1, 50 do
  local rows = {}
  for j = 1, i * 20 do rows[j] = {id = j, name = "row " .. j, tags = {"a", "b"}} end
  local back = through(rows)
  assert(#back == i * 20 and back[i].name == "row " .. i and #back[1].tags == 2)
  assert(through(i) == i)
end
print "ok"
