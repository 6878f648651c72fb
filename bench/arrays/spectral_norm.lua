-- The spectral norm of an infinite matrix given by a formula: power iteration.
local scale = tonumber(arg and arg[1]) or 1

local function element(i, j)
  local k = i + j
  return 1.0 / (k * (k + 1) * 0.5 + i + 1)
end

local function times(v, n, result)
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do sum = sum + element(i, j) * v[j + 1] end
    result[i + 1] = sum
  end
end

local function transposed_times(v, n, result)
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do sum = sum + element(j, i) * v[j + 1] end
    result[i + 1] = sum
  end
end

local n = math.ceil(780 * math.sqrt(scale))
local u, v, w = {}, {}, {}
for i = 1, n do u[i] = 1.0 end
for _ = 1, 10 do
  times(u, n, w)
  transposed_times(w, n, v)
  times(v, n, w)
  transposed_times(w, n, u)
end
local numerator, denominator = 0.0, 0.0
for i = 1, n do
  numerator = numerator + u[i] * v[i]
  denominator = denominator + v[i] * v[i]
end
print(string.format("%.9f", math.sqrt(numerator / denominator)))
