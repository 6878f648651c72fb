-- LU decomposition with partial pivoting, then the solution of a system of equations.
local scale = tonumber(arg and arg[1]) or 1
local abs = math.abs

local function decompose(a, n, order)
  for column = 1, n do
    local pivot = column
    for i = column + 1, n do
      if abs(a[i][column]) > abs(a[pivot][column]) then pivot = i end
    end
    a[column], a[pivot] = a[pivot], a[column]
    order[column], order[pivot] = order[pivot], order[column]
    local upper = a[column]
    local inverse = 1 / upper[column]
    for i = column + 1, n do
      local row = a[i]
      local factor = row[column] * inverse
      row[column] = factor
      for j = column + 1, n do row[j] = row[j] - factor * upper[j] end
    end
  end
end

local function solve(a, n, order, right)
  local x = {}
  for i = 1, n do
    local row, sum = a[i], right[order[i]]
    for j = 1, i - 1 do sum = sum - row[j] * x[j] end
    x[i] = sum
  end
  for i = n, 1, -1 do
    local row, sum = a[i], x[i]
    for j = i + 1, n do sum = sum - row[j] * x[j] end
    x[i] = sum / row[i]
  end
  return x
end

local n = 120
local sum = 0.0
for round = 1, math.ceil(100 * scale) do
  local a, order, right = {}, {}, {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = ((i * j * 7 + i * 13 + j * round) % 97) / 97 end
    row[i] = row[i] + 3
    a[i], order[i], right[i] = row, i, i / n
  end
  decompose(a, n, order)
  local x = solve(a, n, order, right)
  sum = sum + x[1] + x[n]
end
print(string.format("%.6f", sum))
