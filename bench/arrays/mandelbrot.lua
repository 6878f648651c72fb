-- The Mandelbrot set: float arithmetic in local variables.
local scale = tonumber(arg and arg[1]) or 1

local function row(y, width, limit)
  local inside, steps = 0, 0
  for x = 0, width - 1 do
    local c_re, c_im = 3.0 * x / width - 2.0, 2.4 * y / width - 1.2
    local re, im, count = 0.0, 0.0, 0
    while count < limit do
      local re2, im2 = re * re, im * im
      if re2 + im2 > 4.0 then break end
      im = 2.0 * re * im + c_im
      re = re2 - im2 + c_re
      count = count + 1
    end
    if count == limit then inside = inside + 1 end
    steps = steps + count
  end
  return inside, steps
end

local width = math.ceil(1020 * math.sqrt(scale))
local total_inside, total_steps = 0, 0
for y = 0, width - 1 do
  local inside, steps = row(y, width, 150)
  total_inside, total_steps = total_inside + inside, total_steps + steps
end
print(string.format("%.0f %.0f", total_inside, total_steps))
