-- Closures as objects: private and shared upvalues, composition, accumulators.
local scale = tonumber(arg and arg[1]) or 1

local function counter(step)
  local count = 0
  return function() count = count + step return count end, function() return count end
end

local function compose(f, g) return function(x) return f(g(x)) end end

local function adder(n) return function(x) return x + n end end

local total = 0
for i = 1, math.ceil(2000000 * scale) do
  local tick, get = counter(i % 7)
  tick()
  tick()
  total = total + get()
end
local chain = adder(0)
for i = 1, 60 do chain = compose(chain, adder(i)) end
for i = 1, math.ceil(150000 * scale) do total = (total + chain(i)) % 1000000007 end

-- One upvalue seen by many closures, read and written in a loop.
local function ring(n)
  local value, members = 0, {}
  for i = 1, n do members[i] = function(x) value = (value + x * i) % 65537 return value end end
  return members
end
local members = ring(50)
for i = 1, math.ceil(180000 * scale) do
  for k = 1, 50 do total = total + members[k](i) end
end
print(string.format("%.0f", total))
