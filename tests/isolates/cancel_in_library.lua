-- Cancelling reaches library functions that run for long in C: `cancel` acts within a bounded time, wherever the program is.
local isolate <const> = require "rille.isolate"
local channel <const> = require "rille.channel"

local SLOW <const> = tonumber(os.getenv "RILLE_SLOW") ~= nil
local BOUND <const> = SLOW and 60 or 10 -- seconds from cancel() to the end: far more than is needed, far less than the functions would take

-- A program that tells when it begins; true, or false and the error with its traceback; and how long the end took.
local function cancelled(program, ...)
  local begins <const> = channel.new(1)
  local task <const> = isolate.spawn(program, begins, ...)
  assert(begins:receive(60))
  if not SLOW then isolate.sleep(0.002) end
  local started <const> = isolate.clock()
  task:cancel()
  local ok, message, traceback = task:join(BOUND)
  assert(ok ~= nil, "still running")
  return ok, message, traceback, isolate.clock() - started
end

-- The end is in time, always; and, unless the machine was too busy to let it come that far, in the midst of the library function.
local slowest = 0
local function check(name, program, ...) -- no name: the error is caught, but the end comes
  for _ = 1, SLOW and 10 or 200 do
    local ok, message, traceback, seconds = cancelled(program, ...)
    assert(ok == false and message:find "cancelled$", message)
    slowest = math.max(slowest, seconds)
    if not name or traceback:find(name .. "'", 1, true) then return end
  end
  error(name .. " was never left in the midst of it")
end

-- ---- functions that would not end ----

local function length(begins, what)
  local t <const> = setmetatable({}, {__len = function() return math.maxinteger - 1 end})
  begins:send(true)
  table[what](t, 1, "x")
end
check("string.match", function(begins)
  local subject <const>, pattern <const> = ("a"):rep(60), ("a-"):rep(30) .. "b"
  begins:send(true)
  string.match(subject, pattern)
end)
check("string.find", function(begins)
  local subject <const> = ("("):rep(3000000)
  begins:send(true)
  string.find(subject, "%b()")
end)
check("for iterator", function(begins)
  begins:send(true)
  for _ in string.gmatch(("a"):rep(60), ("a-"):rep(30) .. "b") do end
end)
check("string.gsub", function(begins)
  local subject <const>, pattern <const> = ("a"):rep(60), ("a-"):rep(30) .. "b"
  begins:send(true)
  string.gsub(subject, pattern, "")
end)
check("string.find", function(begins)
  local subject <const> = ("a"):rep(2000000)
  begins:send(true)
  string.find(subject, "(.*)%1x")
end)
check("table.move", function(begins)
  begins:send(true)
  table.move({}, 1, math.maxinteger - 1, 2)
end)
check("table.insert", length, "insert")
check("table.remove", length, "remove")
check("table.concat", function(begins)
  local t <const> = setmetatable({}, {__len = function() return math.maxinteger end, __index = tostring})
  begins:send(true)
  table.concat(t)
end)
check(nil, function(begins)
  begins:send(true)
  while true do coroutine.wrap(function() pcall(table.move, {}, 1, math.maxinteger - 1, 2) end)() end
end)
check(nil, function(begins)
  local limits <const> = require "rille.limits"
  begins:send(true)
  local _, message = limits.call({wall = 1000}, string.match, ("a"):rep(60), ("a-"):rep(30) .. "b")
  error(message, 0)
end)

-- ---- functions that take a while ----

check("table.sort", function(begins)
  local t <const> = {}
  for i = 1, 300000 do t[i] = i * 7919 % 1000003 end
  begins:send(true)
  table.sort(t)
end)
check("table.sort", function(begins)
  local t <const> = {}
  for i = 1, 100000 do t[i] = i * 7919 % 1000003 end
  begins:send(true)
  table.sort(t, math.ult)
end)
check("string.rep", function(begins)
  begins:send(true)
  string.rep("x", 1 << 27)
end)
check("table.concat", function(begins)
  local t <const>, piece <const> = {}, ("x"):rep(1 << 16)
  for i = 1, 2000 do t[i] = piece end
  begins:send(true)
  table.concat(t)
end)
check("string.format", function(begins)
  local t <const>, text <const> = {}, ("%9.3f"):rep(100000)
  for i = 1, 100000 do t[i] = i / 7 end
  begins:send(true)
  string.format(text, table.unpack(t))
end)
check("string.gsub", function(begins)
  local subject <const> = ("x"):rep(3000000)
  begins:send(true)
  string.gsub(subject, "", "")
end)
-- `load` gives errors back as results; the next one follows.
local function load_is_left()
  for _ = 1, SLOW and 10 or 200 do
    local ok, message = cancelled(function(begins)
      local text <const> = ("x = 1 "):rep(100000)
      begins:send(true)
      local loaded, message = load(text)
      return not loaded and message
    end)
    if ok and message == "cancelled" then return true end
  end
end
assert(load_is_left(), "load was never left in the midst of it")

print(string.format("the slowest end took %.3f s", slowest))
print "ok"
