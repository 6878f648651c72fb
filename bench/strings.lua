-- Building strings: concatenation of short pieces, table.concat, sub and byte.
local total = 0
for round = 1, 30 do
  local parts = {}
  for i = 1, 40000 do parts[i] = "item " .. i .. ":" .. (i * round) end
  local text = table.concat(parts, ",")
  for i = 1, #text, 17 do total = (total * 31 + text:byte(i)) & 0xffffffff end
  local word = ""
  for i = 1, 2000 do word = word .. text:sub(i, i) end
  total = (total + #word + #text) & 0xffffffff
end
print(total)
