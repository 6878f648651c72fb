-- Fannkuch: the most flips of a prefix until 1 is in front, over all permutations of 1..n.
local scale = tonumber(arg and arg[1]) or 1

-- Permutations come by rotating ever longer prefixes (an odometer in the factorial base).
local function fannkuch(n)
  local permutation, work, turns = {}, {}, {}
  for i = 1, n do permutation[i], turns[i] = i, 0 end
  local most, checksum, is_even = 0, 0, true
  while true do
    local first = permutation[1]
    if first ~= 1 then
      for i = 1, n do work[i] = permutation[i] end
      local flips = 0
      while first ~= 1 do
        local low, high = 1, first
        while low < high do
          work[low], work[high] = work[high], work[low]
          low, high = low + 1, high - 1
        end
        flips, first = flips + 1, work[1]
      end
      if flips > most then most = flips end
      checksum = is_even and checksum + flips or checksum - flips
    end
    is_even = not is_even
    local length = 2
    while true do
      local front = permutation[1]
      for i = 1, length - 1 do permutation[i] = permutation[i + 1] end
      permutation[length] = front
      turns[length] = turns[length] + 1
      if turns[length] < length then break end
      turns[length] = 0
      length = length + 1
      if length > n then return checksum, most end
    end
  end
end

local sum = 0
for round = 1, math.ceil(6 * scale) do
  local checksum, most = fannkuch(9)
  sum = sum + checksum * round + most
end
print(string.format("%.0f", sum))
