-- lua 5.4 only: random generators on 64-bit integers (xorshift*, splitmix) that fill a histogram.
local scale = tonumber(arg and arg[1]) or 1

local function xorshift(state)
  return function()
    state = state ~ (state >> 12)
    state = state ~ (state << 25)
    state = state ~ (state >> 27)
    return state * 0x2545f4914f6cdd1d
  end
end

local function splitmix(state)
  state = state + 0x9e3779b97f4a7c15
  local z = state
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return state, z ~ (z >> 31)
end

local histogram = {}
for i = 1, 256 do histogram[i] = 0 end
local draw, state, z = xorshift(88172645463325252), 42, 0
for _ = 1, math.ceil(7500000 * scale) do
  local slot = (draw() >> 56) + 1
  histogram[slot] = histogram[slot] + 1
  state, z = splitmix(state)
  slot = (z & 255) + 1
  histogram[slot] = histogram[slot] - 1
end
local sum = z
for i = 1, 256 do sum = sum * 31 + histogram[i] end
print(string.format("%016x", sum))
