-- Closures: created in loops, composed, with shared and private upvalues.
local function counter(step)
  local count = 0
  return function() count = count + step return count end, function() return count end
end
local function compose(f, g) return function(x) return f(g(x)) end end
local total = 0
for i = 1, 2000000 do
  local tick, get = counter(i % 7)
  tick()
  tick()
  total = total + get()
end
local increment = function(x) return x + 1 end
local chain = increment
for _ = 1, 60 do chain = compose(chain, increment) end
for i = 1, 150000 do total = total + chain(i) end
print(total)
