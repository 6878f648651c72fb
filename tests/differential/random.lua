-- A small generator of random choices (splitmix64): the same seed gives the same program on every Lua 5.4.
local Random = {}
Random.__index = Random

local function mixed(z)
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

-- (The seed is mixed: the states of neighbouring seeds would otherwise be one another's, some steps later.)
function Random.new(seed) return setmetatable({state = mixed(seed + 0x1234567)}, Random) end

function Random:bits()
  self.state = self.state + 0x9E3779B97F4A7C15
  return mixed(self.state)
end

-- An integer from low to high.
function Random:range(low, high) return low + (self:bits() >> 1) % (high - low + 1) end

-- True in `percent` of a hundred cases.
function Random:chance(percent) return (self:bits() >> 1) % 100 < percent end

function Random:pick(list) return list[self:range(1, #list)] end

-- A key of `weights` (a list of {weight, value}), by weight.
function Random:weighted(weights)
  local total = weights.total
  if not total then
    total = 0
    for _, entry in ipairs(weights) do total = total + entry[1] end
    weights.total = total
  end
  local ticket = self:range(1, total)
  for _, entry in ipairs(weights) do
    ticket = ticket - entry[1]
    if ticket <= 0 then return entry[2] end
  end
end

return Random
