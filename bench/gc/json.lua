-- A JSON document decoded and dropped, by a decoder in Lua.
local scale = ...
local record = '{"id":%d,"name":"name %d","tags":["a","b","c"],"score":%d.5,"active":true,"parent":null,"point":{"x":%d,"y":-%d}}'
local parts = {}
for i = 1, math.floor(100000 * scale) do parts[i] = record:format(i, i, i, i, i) end
local text = "[" .. table.concat(parts, ",") .. "]"
parts = nil

local find, sub, byte = string.find, string.sub, string.byte
local value
local function skip(position) return find(text, "[^ \n\r\t]", position) end
local function quoted(position)
  local last = find(text, '"', position + 1, true)
  return sub(text, position + 1, last - 1), last + 1
end
local function list(position)
  local result, n = {}, 0
  position = skip(position + 1)
  if byte(text, position) == 93 then return result, position + 1 end
  while true do
    n = n + 1
    result[n], position = value(position)
    position = skip(position)
    if byte(text, position) == 93 then return result, position + 1 end
    position = skip(position + 1)
  end
end
local function object(position)
  local result = {}
  position = skip(position + 1)
  if byte(text, position) == 125 then return result, position + 1 end
  while true do
    local key
    key, position = quoted(position)
    result[key], position = value(skip(skip(position) + 1))
    position = skip(position)
    if byte(text, position) == 125 then return result, position + 1 end
    position = skip(position + 1)
  end
end
function value(position)
  local first = byte(text, position)
  if first == 123 then return object(position) end
  if first == 91 then return list(position) end
  if first == 34 then return quoted(position) end
  if first == 116 then return true, position + 4 end
  if first == 102 then return false, position + 5 end
  if first == 110 then return nil, position + 4 end
  local _, last = find(text, "^-?%d+%.?%d*[eE]?[-+]?%d*", position)
  return tonumber(sub(text, position, last)), last + 1
end

local total = 0
for _ = 1, 3 do
  local document = value(1)
  total = total + #document + document[#document].point.x
end
return total
