-- The Mandelbrot set in characters, drawn row by row by a coroutine.
local width, height, limit = 78, 26, 300
local shades <const> = " .:-=+*#%@"

local function depth(cr, ci)
  local r, i = 0.0, 0.0
  for step = 1, limit do
    local rr, ii = r * r, i * i
    if rr + ii > 4 then return step end
    r, i = rr - ii + cr, 2 * r * i + ci
  end
  return limit
end

local rows = coroutine.wrap(function()
  for y = 0, height - 1 do
    local line = {}
    for x = 0, width - 1 do
      local steps = depth(-2.2 + 3.2 * x / width, -1.2 + 2.4 * y / height)
      local shade = steps == limit and #shades or math.min(#shades - 1, 1 + math.floor(math.log(steps) * 2))
      line[#line + 1] = shades:sub(shade, shade)
    end
    coroutine.yield(table.concat(line))
  end
end)

for row in rows do print(row) end
