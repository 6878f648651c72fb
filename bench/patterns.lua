-- string.format, gsub, gmatch and find over a text of words.
local words = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"}
local parts = {}
for i = 1, 20000 do parts[i] = string.format("%s_%d=%5.2f;%-8s|%x", words[i % 10 + 1], i, i / 3, words[i * 7 % 10 + 1], i) end
local text = table.concat(parts, "\n")
local counts, total = {}, 0
for _ = 1, 9 do
  for word in text:gmatch("%a+") do counts[word] = (counts[word] or 0) + 1 end
  local replaced, n = text:gsub("(%w+)_(%d+)", "%2_%1")
  total = total + n + #replaced
  local upper = text:gsub("%l+", {alpha = "A", beta = "BB"})
  total = total + #upper
  local position = 1
  while true do
    local first, last = text:find("eta=", position, true)
    if not first then break end
    total, position = total + first % 7, last + 1
  end
  for key, value in text:gmatch("([%a_]+%d+)=%s*([%d.]+)") do total = total + #key + tonumber(value) // 1 end
end
print(total, counts.alpha, counts.kappa)
