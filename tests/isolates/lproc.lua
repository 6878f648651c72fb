-- The classic interface.
local lproc <const> = require "rille.lproc"

lproc.start [[
  local lproc = require "rille.lproc"
  for i = 1, 5 do lproc.send("squares", i * i, "square of " .. i) end
  lproc.send("squares", "end")
]]
local values <const> = {}
while true do
  local value, text = lproc.receive("squares")
  if value == "end" then break end
  values[#values + 1] = value .. "=" .. text
end
assert(table.concat(values, " ") == "1=square of 1 4=square of 2 9=square of 3 16=square of 4 25=square of 5")

-- rendezvous: a sender waits for its receiver
lproc.start [[
  local lproc = require "rille.lproc"
  lproc.send("steps", 1)
  lproc.send("steps", lproc.receive("other") + 1)
]]
assert(lproc.receive("steps") == 1)
lproc.send("other", 41)
assert(lproc.receive("steps") == 42)

local ok, message = pcall(lproc.start, "no program at all")
assert(not ok and message:find("error starting process: .*syntax error"), message)
assert(not pcall(lproc.send) and not pcall(lproc.receive, {}))
assert(not pcall(lproc.send, "x", coroutine.create(print)))

-- exit ends a process, through any number of protected calls, without an error
lproc.start [[
  local lproc = require "rille.lproc"
  lproc.send("leaving", 1)
  while true do pcall(function() pcall(lproc.exit) end) end
]]
assert(lproc.receive("leaving") == 1)

-- exit of the main program waits for the others: this one prints the last line
lproc.start [[
  local lproc = require "rille.lproc"
  lproc.send("main", "go")
  local stop <const> = os.clock() + 0.05
  while os.clock() < stop do end
  print "ok"
]]
assert(lproc.receive("main") == "go")
lproc.exit()
print "not reached"
