-- Small tables: binary trees made, walked and dropped.
local function make(depth)
  if depth == 0 then return {} end
  return {make(depth - 1), make(depth - 1)}
end
local function check(tree)
  if not tree[1] then return 1 end
  return 1 + check(tree[1]) + check(tree[2])
end
local long_lived, total = make(14), 0
for depth = 4, 14, 2 do
  local count = 1 << (14 - depth + 5)
  for _ = 1, count do total = total + check(make(depth)) end
end
print(total, check(long_lived))
