-- Compiling a source of 100,000 lines of ordinary code, made here once.
local scale = tonumber(arg and arg[1]) or 1
local load = loadstring or load

-- A function of twenty lines; each `%d` is a number that differs.
local template = [[
function module.process_%d(input, options, ...)
  local result, count = {}, select("#", ...)
  local limit = options and options.limit or %d
  for index, item in ipairs(input) do
    if type(item) == "number" and item > limit * 0.5 then
      count = count + 1
      result[count] = item * 2 + index - (limit %% 7)
    elseif type(item) == "string" then
      -- keep the text, in lower case and with its length
      result[#result + 1] = {text = item:lower(), length = #item, "entry", number = %d}
    else
      result[index] = not item
    end
  end
  local function finish(value)
    if value == nil then return result end
    return value .. "%d", #result
  end
  return finish(options and options.value or count)
end
]]

local parts = {"local module = {}\n"}
for i = 1, 5000 do parts[i + 1] = template:format(i, i % 100, i, i % 13) end
parts[#parts + 1] = "return module\n"
local source = table.concat(parts)
local _, lines = source:gsub("\n", "")

local count = 0
for round = 1, math.ceil(16 * scale) do
  local chunk = assert(load(source, "=source" .. round))
  if round == 1 then
    local module = chunk()
    for _ in pairs(module) do count = count + 1 end
    local result, length = module.process_17({1, 2, "ABC", 90}, {value = "x"})
    count = count + #result + length
  end
end
print(lines, count)
