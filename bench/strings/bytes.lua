-- Strings byte by byte: string.byte, string.char, sub; a Caesar cipher, palindromes, run lengths, a checksum.
local scale = tonumber(arg and arg[1]) or 1
local byte, char, sub = string.byte, string.char, string.sub

local function cipher(text, shift)
  local result = {}
  for i = 1, #text do
    local code = byte(text, i)
    if code >= 97 and code <= 122 then
      code = (code - 97 + shift) % 26 + 97
    elseif code >= 65 and code <= 90 then
      code = (code - 65 + shift) % 26 + 65
    end
    result[i] = char(code)
  end
  return table.concat(result)
end

local function longest_palindrome(text)
  local best = 0
  for centre = 1, #text do
    local low, high = centre - 1, centre + 1
    while low >= 1 and high <= #text and sub(text, low, low) == sub(text, high, high) do low, high = low - 1, high + 1 end
    if high - low - 1 > best then best = high - low - 1 end
  end
  return best
end

local function run_lengths(text)
  local parts, i = {}, 1
  while i <= #text do
    local letter, count = text:sub(i, i), 1
    while text:sub(i + count, i + count) == letter do count = count + 1 end
    parts[#parts + 1] = count > 1 and count .. letter or letter
    i = i + count
  end
  return table.concat(parts)
end

local function checksum(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + text:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b * 65536 + a
end

local text = ("The quick brown fox jumps over the lazy dog; aaabbbbcc aibohphobia. "):rep(20)
local sum = 0
for round = 1, math.ceil(1900 * scale) do
  local secret = cipher(text, round % 26)
  sum = (sum * 31 + checksum(secret) + longest_palindrome(text) + #run_lengths(secret)) % 1000000007
end
print(string.format("%.0f", sum))
