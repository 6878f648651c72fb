local core = require("popcount.core")
local popcount = {}
function popcount.parity(n) return core.count(n) & 1 end
function popcount.of_all(...)
  local sum = 0
  for _, n in ipairs {...} do sum = sum + core.count(n) end
  return sum
end
return popcount
