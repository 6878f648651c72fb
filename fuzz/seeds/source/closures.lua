local function counter()
  local n = 0
  return function(step) n = n + (step or 1); return n end, function() return n end
end
local f, g = counter()
for i = 1, 10 do f(i) end
assert(g() == 55)
local list = {}
for i = 1, 3 do list[i] = function() i = i + 1; return i end end
assert(list[1]() + list[2]() + list[3]() == 9)
