-- Mixed churn, for the hosts of this benchmark: strings, records, arrays that grow, closures and coroutines with mixed lifetimes.
-- mixed.lua [ROUNDS [SLOTS]]
local rounds = tonumber(arg and arg[1]) or 250000
local places = tonumber(arg and arg[2]) or 5000
local seed = 42
local function random(bound)
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return seed // 256 % bound + 1
end

local slots, sum = {}, 0
for i = 1, rounds do
  local choice, slot = random(10), random(places)
  if choice <= 3 then
    slots[slot] = {id = i, name = "name " .. i, next = slots[random(places)] ~= nil}
  elseif choice <= 5 then
    slots[slot] = ("text %d "):format(i):rep(random(12))
  elseif choice <= 7 then
    local list = {}
    for j = 1, random(40) do list[j] = j * i end
    slots[slot] = list
  elseif choice == 8 then
    slots[slot] = function() return i end
  elseif choice == 9 then
    slots[slot] = coroutine.wrap(function() for j = 1, 3 do coroutine.yield(j) end end)
    sum = sum + slots[slot]()
  else
    local words = {}
    for word in ("a few words of number " .. i):gmatch("%a+") do words[word] = #word end
    slots[slot] = words
  end
  local value = slots[random(places)]
  if type(value) == "string" then sum = sum + #value elseif type(value) == "table" then sum = sum + #value end
end
print(sum)
