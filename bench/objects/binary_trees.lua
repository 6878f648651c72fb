-- Small tables: binary trees made, walked and dropped beside one that lives long.
local scale = tonumber(arg and arg[1]) or 1

local function make(depth)
  if depth == 0 then return {} end
  return {make(depth - 1), make(depth - 1)}
end

local function check(tree)
  local left = tree[1]
  if not left then return 1 end
  return 1 + check(left) + check(tree[2])
end

local long_lived, total = make(15), 0
for depth = 4, 14, 2 do
  local count = math.ceil(2 ^ (14 - depth + 5) * scale)
  for _ = 1, count do total = total + check(make(depth)) end
end
print(string.format("%.0f %.0f", total, check(long_lived)))
