-- A server that is changed while requests are in flight: rille examples/reload/server.lua, then edit handlers.lua beside it.
-- To need no network it reads its messages as lines: "open NAME", "data NAME TEXT", "close NAME". Every request is a coroutine that waits
-- for its data; what it does with the next piece is what the newest version says, and nothing of what it has gathered is lost.
local hotreload = require "rille.hotreload"
package.path = (arg[0]:match("^(.*/)") or "./") .. "?.lua;" .. package.path
local handlers = require "handlers"
local watcher = hotreload.watch()
local requests = {}

hotreload.hooks {
  before = function(name) print("reloading " .. name .. " with " .. handlers.active() .. " requests in flight") end,
}

local function serve(request)
  handlers.begin(request)
  for text in coroutine.yield do
    print(handlers.receive(request, text))
  end
  print(handlers.finish(request))
end

local commands = {}
function commands.open(name)
  requests[name] = coroutine.wrap(serve)
  requests[name] {name = name}
end
function commands.data(name, text) requests[name](text) end
function commands.close(name)
  requests[name](nil)
  requests[name] = nil
end

for line in io.lines() do
  for _, report in ipairs(watcher:poll()) do
    print(report.error and "kept the old version: " .. report.error or "reloaded: " .. table.concat(report.changed, ", "))
  end
  local command, name, text = line:match("^(%a+) (%w+) ?(.*)$")
  if command and commands[command] and (command == "open" or requests[name]) then
    commands[command](name, text)
  else
    print("what? " .. line)
  end
  io.stdout:flush()
end
