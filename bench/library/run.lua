-- Compares binaries on the probes beside this file: `lua5.4 bench/library/run.lua [--runs N] [--match TEXT] BINARY...`.
-- Runs are interleaved; the least processor time of each binary counts. The first binary is the measure.
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local program = folder .. "/probes.lua"

local runs, wanted, binaries = 3, "", {}
do
  local i = 1
  while i <= #arg do
    if arg[i] == "--runs" then
      runs, i = tonumber(arg[i + 1]), i + 1
    elseif arg[i] == "--match" then
      wanted, i = arg[i + 1], i + 1
    else
      binaries[#binaries + 1] = arg[i]
    end
    i = i + 1
  end
end
assert(#binaries > 0, "usage: run.lua [--runs N] [--match TEXT] BINARY...")

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  assert(pipe:close(), command .. " failed")
  return text
end

local function measure(name)
  local best, checksum = {}, nil
  for _ = 1, runs do
    for i, binary in ipairs(binaries) do
      local seconds, sum = output_of(("%s %s '%s'"):format(binary, program, name)):match("^(%S+)\t(.-)\n$")
      assert(checksum == nil or checksum == sum, name .. ": checksums differ")
      checksum, seconds = sum, tonumber(seconds)
      if not best[i] or seconds < best[i] then best[i] = seconds end
    end
  end
  return best
end

print("| probe | " .. binaries[1] .. " (s) | " .. table.concat(binaries, " | ", 2) .. " |")
print("|---" .. ("|---:"):rep(#binaries) .. "|")
local logarithms, count = {}, 0
for name in output_of(binaries[1] .. " " .. program):gmatch("[^\n]+") do
  if name:find(wanted, 1, true) then
    local best = measure(name)
    local cells = {name, ("%.2f"):format(best[1])}
    for i = 2, #binaries do
      cells[#cells + 1] = ("%.2f"):format(best[i] / best[1])
      logarithms[i] = (logarithms[i] or 0) + math.log(best[i] / best[1])
    end
    count = count + 1
    print("| " .. table.concat(cells, " | ") .. " |")
    io.stdout:flush()
  end
end
local means = {"geometric mean", ""}
for i = 2, #binaries do means[#means + 1] = ("%.2f"):format(math.exp(logarithms[i] / count)) end
print("| " .. table.concat(means, " | ") .. " |")
