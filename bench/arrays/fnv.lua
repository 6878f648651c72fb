-- lua 5.4 only: FNV-1a with 64-bit integers that wrap, over the bytes of strings and over numbers.
local scale = tonumber(arg and arg[1]) or 1

local function hash_string(text)
  local hash = 0xcbf29ce484222325
  for i = 1, #text do hash = (hash ~ text:byte(i)) * 0x100000001b3 end
  return hash
end

local function hash_integer(value)
  local hash = 0xcbf29ce484222325
  for shift = 0, 56, 8 do hash = (hash ~ (value >> shift & 0xff)) * 0x100000001b3 end
  return hash
end

local words = {}
for i = 1, 200 do words[i] = ("word"):rep(i % 7 + 1) .. i end
local sum = 0
for round = 1, math.ceil(2800 * scale) do
  for i = 1, #words do sum = sum ~ hash_string(words[i]) + round end
end
for i = 1, math.ceil(5500000 * scale) do sum = sum + hash_integer(i * 0x9e3779b97f4a7c15) end
print(string.format("%016x", sum))
