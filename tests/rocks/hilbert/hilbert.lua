-- Points of Hilbert's curve: a rock of Lua alone.
local hilbert = {}

-- The point of the curve of the given order (a square of 2^order by 2^order) at a distance from its beginning.
function hilbert.point(order, distance)
  local x, y, size = 0, 0, 1
  for _ = 1, order do
    local right, up = distance // 2 & 1, (distance ~ distance // 2) & 1
    if up == 0 then
      if right == 1 then x, y = size - 1 - x, size - 1 - y end
      x, y = y, x
    end
    x, y = x + size * right, y + size * up
    size, distance = size * 2, distance // 4
  end
  return x, y
end

return hilbert
