-- The product of two square matrices, rows as tables of floats.
local scale = tonumber(arg and arg[1]) or 1

local function matrix(n, seed)
  local rows = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = ((i * 31 + j * 17 + seed) % 101) / 101 - 0.5 end
    rows[i] = row
  end
  return rows
end

local function transposed(a, n)
  local result = {}
  for j = 1, n do
    local column = {}
    for i = 1, n do column[i] = a[i][j] end
    result[j] = column
  end
  return result
end

local function product(a, b, n)
  local result, columns = {}, transposed(b, n)
  for i = 1, n do
    local row, from = {}, a[i]
    for j = 1, n do
      local sum, column = 0.0, columns[j]
      for k = 1, n do sum = sum + from[k] * column[k] end
      row[j] = sum
    end
    result[i] = row
  end
  return result
end

local n = 200
local a, b = matrix(n, 1), matrix(n, 2)
local trace = 0.0
for round = 1, math.ceil(11 * scale) do
  local c = product(a, b, n)
  for i = 1, n do trace = trace + c[i][n + 1 - i] * round end
end
print(string.format("%.6f", trace))
