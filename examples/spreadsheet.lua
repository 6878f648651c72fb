-- A spreadsheet in a page of Lua. Formulas are Lua expressions whose free names are cells: they are compiled once, with an environment
-- that looks cells up (a metatable), computes them when first asked for, and notices circles.
local Sheet = {}
Sheet.__index = Sheet

function Sheet.new() return setmetatable({sources = {}, values = {}, busy = {}}, Sheet) end

local function columns_between(first, last)
  return coroutine.wrap(function()
    for byte = first:byte(), last:byte() do coroutine.yield(string.char(byte)) end
  end)
end

-- What formulas may use: sum("B2", "B5"), average(...), and every cell by its name.
function Sheet:environment()
  local functions = {round = function(x, digits)
    local scale = 10 ^ (digits or 0)
    return math.floor(x * scale + 0.5) / scale
  end}
  function functions.cells(from, to)
    local first_column, first_row = from:match("^(%u)(%d+)$")
    local last_column, last_row = to:match("^(%u)(%d+)$")
    local list = {}
    for column in columns_between(first_column, last_column) do
      for row = tonumber(first_row), tonumber(last_row) do list[#list + 1] = self:get(column .. row) end
    end
    return list
  end
  function functions.sum(from, to)
    local total = 0
    for _, value in ipairs(functions.cells(from, to)) do total = total + value end
    return total
  end
  function functions.average(from, to) return functions.sum(from, to) / #functions.cells(from, to) end
  return setmetatable(functions, {__index = function(_, name) return self:get(name) end})
end

function Sheet:set(name, source)
  self.sources[name] = source
  self.values = {} -- everything may depend on it
end

function Sheet:compute(name, source)
  local formula = type(source) == "string" and source:match("^=(.*)")
  if not formula then return source end
  local chunk <const> = assert(load("return " .. formula, "=" .. name, "t", self:environment()))
  if self.busy[name] then error(name .. " depends on itself", 0) end
  self.busy[name] = true
  local mark <close> = setmetatable({}, {__close = function() self.busy[name] = nil end})
  return chunk()
end

function Sheet:get(name)
  local value = self.values[name]
  if value == nil and self.sources[name] ~= nil then
    value = self:compute(name, self.sources[name])
    self.values[name] = value
  end
  return value
end

local function shown(value)
  if math.type(value) == "float" then return string.format("%.2f", value) end
  return tostring(value == nil and "" or value)
end

function Sheet:print(last_column, rows)
  local line = {"   "}
  for column in columns_between("A", last_column) do line[#line + 1] = string.format("%12s", column) end
  print(table.concat(line, " "))
  for row = 1, rows do
    line = {string.format("%3d", row)}
    for column in columns_between("A", last_column) do
      local fine, value = pcall(self.get, self, column .. row)
      line[#line + 1] = string.format("%12s", fine and shown(value) or "#ERROR")
    end
    print(table.concat(line, " "))
  end
end

local sheet = Sheet.new()
local function fill(rows)
  for row, cells in ipairs(rows) do
    local column = ("A"):byte()
    for _, cell in ipairs(cells) do
      sheet:set(string.char(column) .. row, cell)
      column = column + 1
    end
  end
end

fill {
  {"planet", "km to sun", "light min.", "year (d)"},
  {"Mercury", 57.9e6, "=round(B2 / 299792.458 / 60, 2)", "=365.25 * (B2 / B4) ^ 1.5"},
  {"Venus", 108.2e6, "=round(B3 / 299792.458 / 60, 2)", "=365.25 * (B3 / B4) ^ 1.5"},
  {"Earth", 149.6e6, "=round(B4 / 299792.458 / 60, 2)", "=365.25 * (B4 / B4) ^ 1.5"},
  {"Mars", 228.0e6, "=round(B5 / 299792.458 / 60, 2)", "=365.25 * (B5 / B4) ^ 1.5"},
  {"average", "=average('B2', 'B5')", "=sum('C2', 'C5') / 4", "=average('D2', 'D5')"},
}
sheet:print("D", 6)
print("\nWith Earth as far out as Mars:")
sheet:set("B4", 228.0e6)
sheet:print("D", 6)
sheet:set("A7", "=B7 + 1")
sheet:set("B7", "=A7 * 2")
print("\nA circle:", select(2, pcall(sheet.get, sheet, "A7")))
