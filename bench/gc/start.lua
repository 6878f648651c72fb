-- One program of this folder: start.lua MODE SCALE PROGRAM. Prints its result; with rille and PAUSES set also the histogram of pauses.
local mode, scale, program = arg[1], tonumber(arg[2]), arg[3]
local here = arg[0]:match("^(.*/)") or "./"
local gc = os.getenv("PAUSES") and require "rille.gc"
collectgarbage(mode)
print(assert(loadfile(here .. program .. ".lua"))(scale))
if gc then
  local stats, total, sum = gc.stats(), 0, 0
  for _, bucket in ipairs(stats.pauses) do total = total + bucket.count end
  for _, bucket in ipairs(stats.pauses) do
    sum = sum + bucket.count
    print(string.format("shorter than %9.4f ms %8d  %8.4f %%", bucket.below * 1e3, bucket.count, 100 * sum / total))
  end
  print(string.format("longest      %9.4f ms", stats.longest * 1e3))
end
