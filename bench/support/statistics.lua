-- Numbers about numbers. Lists are not changed.
local statistics = {}

local function sorted(list)
  local copy = table.move(list, 1, #list, 1, {})
  table.sort(copy)
  return copy
end

function statistics.median(list)
  local values = sorted(list)
  local middle = #values // 2
  if #values % 2 == 1 then return values[middle + 1] end
  return (values[middle] + values[middle + 1]) / 2
end

function statistics.least(list) return sorted(list)[1] end

-- Of positive numbers; nil of none.
function statistics.geometric_mean(list)
  if #list == 0 then return nil end
  local sum = 0
  for _, value in ipairs(list) do sum = sum + math.log(value) end
  return math.exp(sum / #list)
end

return statistics
