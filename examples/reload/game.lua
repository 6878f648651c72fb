-- A game whose rules change while it runs: rille examples/reload/game.lua, then edit world.lua beside it. Every line of input (Return) is a
-- frame. The world's state stays where it is; what its functions do is new from the next frame on.
local hotreload = require "rille.hotreload"
package.path = (arg[0]:match("^(.*/)") or "./") .. "?.lua;" .. package.path
local world = require "world"
local watcher = hotreload.watch()

for _ in io.lines() do
  for _, report in ipairs(watcher:poll()) do
    print(report.error and "not reloaded: " .. report.error or "reloaded: " .. table.concat(report.changed, ", "))
  end
  world.update()
  print(world.draw())
  io.stdout:flush()
end
