-- Base64 by bytes and tables, forth and back.
local scale = tonumber(arg and arg[1]) or 1
local floor, char, concat = math.floor, string.char, table.concat

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local letters, values = {}, {}
for i = 0, 63 do
  local letter = alphabet:sub(i + 1, i + 1)
  letters[i], values[letter:byte()] = letter, i
end

local function encode(text)
  local output, n = {}, 0
  for i = 1, #text - 2, 3 do
    local a, b, c = text:byte(i, i + 2)
    local bits = a * 65536 + b * 256 + c
    output[n + 1] = letters[floor(bits / 262144)]
    output[n + 2] = letters[floor(bits / 4096) % 64]
    output[n + 3] = letters[floor(bits / 64) % 64]
    output[n + 4] = letters[bits % 64]
    n = n + 4
  end
  local rest = #text % 3
  if rest == 1 then
    local a = text:byte(-1)
    output[n + 1] = letters[floor(a / 4)] .. letters[a % 4 * 16] .. "=="
  elseif rest == 2 then
    local a, b = text:byte(-2, -1)
    local bits = a * 256 + b
    output[n + 1] = letters[floor(bits / 1024)] .. letters[floor(bits / 16) % 64] .. letters[bits % 16 * 4] .. "="
  end
  return concat(output)
end

local function decode(text)
  local output, n = {}, 0
  local padding = #text:match("=*$")
  for i = 1, #text - (padding > 0 and 4 or 0), 4 do
    local a, b, c, d = text:byte(i, i + 3)
    local bits = values[a] * 262144 + values[b] * 4096 + values[c] * 64 + values[d]
    n = n + 1
    output[n] = char(floor(bits / 65536), floor(bits / 256) % 256, bits % 256)
  end
  if padding > 0 then
    local a, b, c = text:byte(-4, -2)
    local bits = values[a] * 4096 + values[b] * 64 + (padding == 1 and values[c] or 0)
    n = n + 1
    output[n] = padding == 1 and char(floor(bits / 1024), floor(bits / 4) % 256) or char(floor(bits / 1024))
  end
  return concat(output)
end

local pieces = {}
for i = 1, 6000 do pieces[i] = char(i * 7 % 256, i * 13 % 256, (i + 100) % 256) end
local text = concat(pieces)
local sum = 0
for round = 1, math.ceil(340 * scale) do
  local input = text:sub(1, #text - round % 3)
  local encoded = encode(input)
  assert(decode(encoded) == input)
  sum = (sum * 31 + #encoded + encoded:byte(round + 100)) % 1000000007
end
print(string.format("%.0f", sum))
