#!/usr/bin/env lua
local hilbert = require("hilbert")
local last
for i = 0, 4 ^ tonumber(arg[1]) // 1 | 0 do
  if i == 4 ^ tonumber(arg[1]) then break end
  local x, y = hilbert.point(tonumber(arg[1]), i)
  assert(not last or math.abs(x - last[1]) + math.abs(y - last[2]) == 1, "not a neighbour")
  last = {x, y}
end
print("walked", arg[1], last[1], last[2])
