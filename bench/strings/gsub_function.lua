-- gsub with a function, a table and a string as replacement: a small template language and escaping.
local scale = tonumber(arg and arg[1]) or 1

local template = [[
Dear {title} {name},
your order no. {order:5} of {date} has left our house; {count} parcels, {weight:8} kg & more.
<b>{note}</b> "{street}" <{city}> {{literal}} {unknown}
]]

local escapes = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}

local function render(values)
  return (template:gsub("{(%a+):?(%d*)}", function(name, width)
    local value = values[name]
    if not value then return nil end
    if width ~= "" then
      value = tostring(value)
      return (" "):rep(tonumber(width) - #value) .. value
    end
    return value
  end))
end

local sum = 0
for i = 1, math.ceil(43000 * scale) do
  local values = {title = i % 2 == 0 and "Ms" or "Mr", name = "Name" .. i % 100, order = i, date = "2024-01-" .. i % 28 + 1, count = i % 9, weight = i % 977,
    note = "fragile & <dear>", street = "Street " .. i % 50, city = "City"}
  local text = render(values)
  local escaped, n = text:gsub('[&<>"]', escapes)
  local swapped, m = escaped:gsub("(%w+)%-(%w+)", "%2/%1")
  local trimmed = swapped:gsub("%s+$", ""):gsub("%l+", string.upper, 5)
  sum = (sum * 31 + #trimmed + n * 7 + m + trimmed:byte(i % #trimmed + 1)) % 1000000007
end
print(string.format("%.0f", sum))
