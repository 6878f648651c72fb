-- Encoding records as JSON: types, escapes, sorted keys, arrays told from objects.
local scale = tonumber(arg and arg[1]) or 1

local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}
local function escape(c) return escapes[c] or string.format("\\u%04x", c:byte()) end
local function quoted(text) return '"' .. text:gsub('[%c"\\]', escape) .. '"' end

local encode

local function encode_array(list, output)
  output[#output + 1] = "["
  for i = 1, #list do
    if i > 1 then output[#output + 1] = "," end
    encode(list[i], output)
  end
  output[#output + 1] = "]"
end

local function encode_object(map, output)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  output[#output + 1] = "{"
  for i, key in ipairs(keys) do
    output[#output + 1] = (i > 1 and "," or "") .. quoted(key) .. ":"
    encode(map[key], output)
  end
  output[#output + 1] = "}"
end

function encode(value, output)
  local kind = type(value)
  if kind == "table" then
    if value[1] ~= nil or next(value) == nil then
      encode_array(value, output)
    else
      encode_object(value, output)
    end
  elseif kind == "string" then
    output[#output + 1] = quoted(value)
  elseif kind == "number" then
    output[#output + 1] = string.format("%.14g", value)
  else
    output[#output + 1] = tostring(value)
  end
end

local records = {}
for i = 1, 200 do
  records[i] = {id = i, name = "Name \"" .. i .. "\"\n", active = i % 3 == 0, score = i * 1.25, tags = {"a" .. i % 7, "b", "c\\d"},
    address = {street = "Street " .. i, zip = 10000 + i, position = {i / 7, -i / 3}}}
end
local sum = 0
for round = 1, math.ceil(500 * scale) do
  records[round % 200 + 1].score = round / 3
  local output = {}
  encode(records, output)
  local text = table.concat(output)
  sum = (sum * 31 + #text + text:byte(round * 77 % #text + 1)) % 1000000007
end
print(string.format("%.0f", sum))
