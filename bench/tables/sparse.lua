-- Sparse arrays: keys with large gaps, negative and far keys, a sparse matrix times a vector.
local scale = tonumber(arg and arg[1]) or 1

local function sparse_matrix(n, per_row)
  local rows = {}
  for i = 1, n do
    local row = {}
    for k = 1, per_row do row[(i * 37 + k * k * 101) % n * 64 + 1] = (i + k) % 10 + 0.5 end
    rows[i] = row
  end
  return rows
end

local n = 2000
local rows = sparse_matrix(n, 12)
local sum = 0
for round = 1, math.ceil(700 * scale) do
  local x = {}
  for j = 0, n - 1 do x[j * 64 + 1] = (j + round) % 7 end
  for i = 1, n do
    local product = 0
    for j, value in pairs(rows[i]) do product = product + value * x[j] end
    sum = sum + product * (i % 3)
  end
end
for round = 1, math.ceil(140 * scale) do
  local memory = {}
  for i = 1, 20000 do
    local address = (i * 7919 + round) % 1000003 - 500000
    memory[address] = (memory[address] or 0) + i
  end
  for address = -500000, 500000, 50 do sum = sum + (memory[address] or 0) end
end
print(string.format("%.1f", sum))
