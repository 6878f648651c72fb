-- Conway's Game of Life on a torus: rows of 0 and 1, two boards in turn.
local scale = tonumber(arg and arg[1]) or 1

local function board(height, width)
  local rows = {}
  for y = 1, height do
    local row = {}
    for x = 1, width do row[x] = 0 end
    rows[y] = row
  end
  return rows
end

local function step(from, to, height, width)
  local alive = 0
  for y = 1, height do
    local above, row, below = from[y > 1 and y - 1 or height], from[y], from[y < height and y + 1 or 1]
    local target = to[y]
    for x = 1, width do
      local left, right = x > 1 and x - 1 or width, x < width and x + 1 or 1
      local near = above[left] + above[x] + above[right] + row[left] + row[right] + below[left] + below[x] + below[right]
      local cell = (near == 3 or near == 2 and row[x] == 1) and 1 or 0
      target[x] = cell
      alive = alive + cell
    end
  end
  return alive
end

local height, width = 120, 160
local now, after = board(height, width), board(height, width)
-- An R-pentomino, gliders, and a row that makes oscillators.
for _, cell in ipairs {{60, 80}, {60, 81}, {61, 79}, {61, 80}, {62, 80}} do now[cell[1]][cell[2]] = 1 end
for k = 0, 9 do
  for _, cell in ipairs {{1, 2}, {2, 3}, {3, 1}, {3, 2}, {3, 3}} do now[cell[1] + 10 * k][cell[2] + 15 * k] = 1 end
end
for x = 20, 60 do now[100][x] = 1 end
local sum = 0
for generation = 1, math.ceil(880 * scale) do
  local alive = step(now, after, height, width)
  now, after = after, now
  sum = (sum * 31 + alive * generation) % 1000000007
end
print(string.format("%.0f", sum))
