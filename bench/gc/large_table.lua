-- One table of 20 million slots that grows, with small tables made beside it.
local scale = ...
local big, sum = {}, 0
for i = 1, math.floor(20000000 * scale) do
  big[i] = i
  if i % 16 == 0 then sum = sum + #{i, i} end
end
return sum + #big
