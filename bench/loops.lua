-- Arithmetic in loops: integers with shifts and remainders, floats.
local hash, sum = 2166136261, 0.0
for i = 1, 45000000 do
  hash = ((hash ~ (i & 0xff)) * 16777619) & 0xffffffff
  if i % 3 == 0 then sum = sum + i / 7 end
end
print(hash, string.format("%.6f", sum))
