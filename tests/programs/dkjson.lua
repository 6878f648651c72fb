-- dkjson: a JSON text of more than 2 MB is made, parsed, changed and written again; then the cases that JSON is known for.
local support = dofile("support/prelude.lua")
local json = require("dkjson")
local random = support.random(7)

local NAMES <const> = {"id", "name", "email", "active", "balance", "tags", "address", "history", "street", "city", "position", "note", "when", "sum"}
local order = {keyorder = NAMES}

local function word()
  local bytes = {}
  for i = 1, random(3, 12) do bytes[i] = string.char(random(97, 122)) end
  return table.concat(bytes)
end

local function record(id)
  local tags, history = {}, {}
  for i = 1, random(0, 6) do tags[i] = word() end
  for i = 1, random(1, 8) do history[i] = {when = random(1, 1 << 30), sum = random(-100000, 100000) / 100, note = i % 3 == 0 and "über \"" .. word() .. "\"\n" or json.null} end
  return {id = id, name = word() .. " " .. word(), email = word() .. "@example.org", active = random(0, 1) == 1, balance = random(0, 1 << 40) / 8, tags = tags,
    address = {street = word() .. "\t\\" .. random(1, 99), city = word(), position = {random(-9000, 9000) / 100, random(-18000, 18000) / 100}}, history = history}
end

local parts = {}
for id = 1, 4200 do parts[id] = json.encode(record(id), order) end
local text = "[" .. table.concat(parts, ",\n  ") .. "]"
print("made", #text > 2 * 1024 * 1024, #text, support.checksum(text))

local value, position, message = json.decode(text, 1, json.null)
print("parsed", #value, position == #text + 1, message)
local total, active = 0, 0
for _, entry in ipairs(value) do
  total = total + entry.balance
  for _, item in ipairs(entry.history) do total = total + item.sum end
  if entry.active then active = active + 1 end
end
print("sums", string.format("%.2f", total), active)

local again = json.encode(value, order)
print("written", #again, support.checksum(again))
print("same", support.equal(json.decode(again, 1, json.null), value))
local pretty = json.encode({value[1], value[2], value[3]}, {indent = true, keyorder = NAMES})
print(support.checksum(pretty), select(2, pretty:gsub("\n", "")))

for _, source in ipairs {'{"a": [1, 2.5, -3e2, true, false, null]}', '"\\u00e9\\ud83d\\ude00"', '[1, 2', '{"a" 1}', '[1,,2]', "nul", "", '{"deep": {"er": {"still": []}}}',
  '"tab\\tquote\\""', "[1e400, 123456789012345678901234567890]", "/* comment */ [1] // end", '{"a": 1, "a": 2}', "[0.1, 1E+2, -0]", '"unfinished'} do
  local result, place, problem = json.decode(source)
  print(source, type(result) == "table" and json.encode(result) or result, place, problem)
end
print(pcall(json.encode, {print}))
print(json.encode({1, 2, nil, 4}), json.encode({}), json.encode(setmetatable({}, {__jsontype = "object"})), json.encode("\0\1\127ä\u{2028}"))
local cycle = {}
cycle.self = cycle
print(pcall(json.encode, cycle))
print(json.encode({0 / 0, 1 / 0, -1 / 0, 1e100, 2^53, 12345678901234}))
print("ok")
