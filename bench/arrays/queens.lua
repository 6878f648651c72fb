-- All solutions of the n queens' problem, by trying columns with three arrays of taken lines.
local scale = tonumber(arg and arg[1]) or 1

local function count_solutions(n)
  local columns, rising, falling, solutions, checksum = {}, {}, {}, 0, 0
  for i = 1, n do columns[i] = false end
  for i = 1, 2 * n do rising[i], falling[i] = false, false end
  local queens = {}
  local function place(row)
    if row > n then
      solutions = solutions + 1
      checksum = (checksum * 31 + queens[1] * n + queens[n]) % 1000003
      return
    end
    for column = 1, n do
      local up, down = row + column, row - column + n
      if not (columns[column] or rising[up] or falling[down]) then
        columns[column], rising[up], falling[down] = true, true, true
        queens[row] = column
        place(row + 1)
        columns[column], rising[up], falling[down] = false, false, false
      end
    end
  end
  place(1)
  return solutions, checksum
end

local total, sum = 0, 0
for _ = 1, math.ceil(300 * scale) do
  local solutions, checksum = count_solutions(8)
  total, sum = total + solutions, (sum * 7 + checksum) % 1000003
  solutions, checksum = count_solutions(9)
  total, sum = total + solutions, (sum * 7 + checksum) % 1000003
end
print(string.format("%.0f %.0f", total, sum))
