-- Binary trees (the benchmark of that name), for lua5.4 and for the hosts here.
local depth = tonumber(arg and arg[1]) or 14

local function grow(levels)
  if levels == 0 then return {} end
  return {grow(levels - 1), grow(levels - 1)}
end

local function count(tree) return tree[1] and 1 + count(tree[1]) + count(tree[2]) or 1 end

local lasting = grow(depth)
local sum = 0
for levels = 4, depth, 2 do
  for _ = 1, 1 << (depth - levels + 4) do sum = sum + count(grow(levels)) end
end
print(sum + count(lasting))
