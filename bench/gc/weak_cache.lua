-- A cache with weak keys whose keys come and go.
local scale = ...
local cache, ring, hits = setmetatable({}, {__mode = "k"}), {}, 0
for i = 1, math.floor(1500000 * scale) do
  local key = {i}
  cache[key] = {i * 2}
  ring[i % 20000] = key
  local old = ring[i * 7 % 20000]
  if old and cache[old] then hits = hits + cache[old][1] end
end
return hits
