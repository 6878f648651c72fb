-- Chains of 100,000 ephemerons: each key is reachable through the value before it only.
local scale = ...
local count, total = math.floor(100000 * scale), 0
for round = 1, 3 do
  local chain, keys = setmetatable({}, {__mode = "k"}), {}
  for i = 1, count do keys[i] = {} end
  for i = 1, count - 1 do chain[keys[i]] = keys[i + 1] end
  local first = keys[1]
  keys = nil
  collectgarbage()
  local key = first
  while key do
    total, key = total + 1, chain[key]
  end
end
return total
