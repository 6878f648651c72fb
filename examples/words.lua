-- Word frequencies: `words.lua [FILE]`; without a file it counts the words of its own folder's programs.
local function chunks_of(paths)
  return coroutine.wrap(function()
    for _, path in ipairs(paths) do
      local file <close> = assert(io.open(path))
      for line in file:lines() do coroutine.yield(line) end
    end
  end)
end

local here = arg[0]:match("^(.*/)") or "./"
local paths = arg[1] and {arg[1]} or {here .. "words.lua", here .. "spreadsheet.lua", here .. "mandelbrot.lua", here .. "adventure.lua"}
local counts = setmetatable({}, {__index = function() return 0 end})
local total = 0
for line in chunks_of(paths) do
  for word in line:gmatch("%f[%w_][%a_][%w_]*") do
    counts[word] = counts[word] + 1
    total = total + 1
  end
end

local words = {}
for word in pairs(counts) do words[#words + 1] = word end
table.sort(words, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)
print(string.format("%d words, %d different; the most frequent:", total, #words))
for rank = 1, math.min(10, #words) do
  local word = words[rank]
  print(string.format("%-12s %4d %s", word, counts[word], ("#"):rep(counts[word] * 50 // counts[words[1]])))
end
