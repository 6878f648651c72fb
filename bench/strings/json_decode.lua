-- Decoding JSON by hand: find with patterns at a position, escapes, nested values.
local scale = tonumber(arg and arg[1]) or 1

local find, sub, byte = string.find, string.sub, string.byte
local decode
local escapes = {b = "\b", f = "\f", n = "\n", r = "\r", t = "\t"}

local function skip(text, position) return find(text, "[^ \n\r\t]", position) or #text + 1 end

local function decode_string(text, position)
  local parts, first = {}, position
  while true do
    local stop = find(text, '["\\]', first)
    if not stop then error("string without an end at " .. position) end
    parts[#parts + 1] = sub(text, first, stop - 1)
    if byte(text, stop) == 34 then return #parts == 1 and parts[1] or table.concat(parts), stop + 1 end
    local letter = sub(text, stop + 1, stop + 1)
    if letter == "u" then
      parts[#parts + 1] = string.char(tonumber(sub(text, stop + 2, stop + 5), 16) % 256)
      first = stop + 6
    else
      parts[#parts + 1] = escapes[letter] or letter
      first = stop + 2
    end
  end
end

local function decode_array(text, position)
  local result, count = {}, 0
  position = skip(text, position)
  if byte(text, position) == 93 then return result, position + 1 end
  while true do
    count = count + 1
    result[count], position = decode(text, position)
    position = skip(text, position)
    local code = byte(text, position)
    if code == 93 then return result, position + 1 end
    if code ~= 44 then error("comma expected at " .. position) end
    position = skip(text, position + 1)
  end
end

local function decode_object(text, position)
  local result = {}
  position = skip(text, position)
  if byte(text, position) == 125 then return result, position + 1 end
  while true do
    if byte(text, position) ~= 34 then error("key expected at " .. position) end
    local key
    key, position = decode_string(text, position + 1)
    position = skip(text, position)
    if byte(text, position) ~= 58 then error("colon expected at " .. position) end
    result[key], position = decode(text, skip(text, position + 1))
    position = skip(text, position)
    local code = byte(text, position)
    if code == 125 then return result, position + 1 end
    if code ~= 44 then error("comma expected at " .. position) end
    position = skip(text, position + 1)
  end
end

function decode(text, position)
  local code = byte(text, position)
  if code == 123 then return decode_object(text, position + 1) end
  if code == 91 then return decode_array(text, position + 1) end
  if code == 34 then return decode_string(text, position + 1) end
  local first, last = find(text, "^%-?%d+%.?%d*[eE]?[+-]?%d*", position)
  if first then return tonumber(sub(text, first, last)), last + 1 end
  first, last = find(text, "^%a+", position)
  local word = first and sub(text, first, last)
  if word == "true" then return true, last + 1 end
  if word == "false" then return false, last + 1 end
  if word == "null" then return nil, last + 1 end
  error("value expected at " .. position)
end

local records = {}
for i = 1, 200 do
  records[i] = string.format('{"id": %d, "name": "Name %d \\"x\\"", "active": %s, "score": %.2f, "tags": ["a%d", "b", "\\u0041c"],\n'
    .. ' "address": {"street": "Street %d", "zip": %d, "position": [%.4f, -1.5e3]}, "none": null}', i, i, tostring(i % 3 == 0), i * 1.25, i % 7, i, 10000 + i,
    i / 7)
end
local text = "[" .. table.concat(records, ",\n") .. "]"
local sum = 0
for round = 1, math.ceil(270 * scale) do
  local list = decode(text, 1)
  local record = list[round % #list + 1]
  sum = (sum * 31 + record.id + record.score + #record.tags[3] + record.address.zip + #record.name) % 1000000007
end
print(string.format("%.4f", sum))
