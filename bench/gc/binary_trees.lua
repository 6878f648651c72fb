-- Binary trees made, walked and dropped beside one that lives. (The scheme of H. Boehm's GCBench.)
local scale = ...
local function make(depth)
  if depth == 0 then return {} end
  return {make(depth - 1), make(depth - 1)}
end
local function check(tree)
  if not tree[1] then return 1 end
  return 1 + check(tree[1]) + check(tree[2])
end
local deepest = scale > 0.5 and 16 or 13
local long_lived, total = make(deepest), 0
for depth = 4, deepest, 4 do
  for _ = 1, 1 << (deepest - depth + 4) do total = total + check(make(depth)) end
end
return total + check(long_lived)
