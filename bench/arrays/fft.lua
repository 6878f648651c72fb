-- The fast Fourier transform: in place, radix two, forth and back.
local scale = tonumber(arg and arg[1]) or 1
local cos, sin, pi, floor = math.cos, math.sin, math.pi, math.floor

local function reorder(re, im, n)
  local j = 1
  for i = 1, n - 1 do
    if i < j then
      re[i], re[j] = re[j], re[i]
      im[i], im[j] = im[j], im[i]
    end
    local half = floor(n / 2)
    while half >= 1 and j > half do
      j = j - half
      half = floor(half / 2)
    end
    j = j + half
  end
end

local function transform(re, im, n, direction)
  reorder(re, im, n)
  local span = 1
  while span < n do
    local angle = direction * pi / span
    local step_re, step_im = cos(angle), sin(angle)
    local w_re, w_im = 1.0, 0.0
    for first = 1, span do
      for i = first, n, span * 2 do
        local k = i + span
        local t_re = w_re * re[k] - w_im * im[k]
        local t_im = w_re * im[k] + w_im * re[k]
        re[k], im[k] = re[i] - t_re, im[i] - t_im
        re[i], im[i] = re[i] + t_re, im[i] + t_im
      end
      w_re, w_im = w_re * step_re - w_im * step_im, w_re * step_im + w_im * step_re
    end
    span = span * 2
  end
end

local n = 16384
local re, im = {}, {}
for i = 1, n do re[i], im[i] = (i * i * 7 % 641) / 641, 0.0 end
local sum = 0.0
for _ = 1, math.ceil(60 * scale) do
  transform(re, im, n, 1)
  sum = sum + re[2] + im[17]
  transform(re, im, n, -1)
  for i = 1, n do re[i], im[i] = re[i] / n, im[i] / n end
end
print(string.format("%.4f %.4f", sum, re[100]))
