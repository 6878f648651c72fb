local s = 0
for i = 10, 1, -3 do
  if i % 2 == 0 then goto continue end
  s = s + i
  ::continue::
end
while s > 0 do s = s // 2; if s == 1 then break end end
repeat local done = s >= 5; s = s + 1 until done
for x = 0.0, 1.0, 0.25 do s = s + x end
do goto out; local unused; ::out:: end
return s and 1 or nil, not s, s == 1 and 2 or 3
