-- The collector's benchmark: lua bench/gc/run.lua [--runs N] [--scale X] [--only NAME,...] STOCK RILLE. Every program runs with both
-- binaries in both modes, interleaved; minima of user and system time and the peak resident size count. Times are ratios to stock's better
-- mode, memory to stock's smaller one.
local here = arg[0]:match("^(.*/)") or "./"
local binaries, runs, scale, only = {}, 3, 1, nil
local i = 1
while arg[i] do
  if arg[i] == "--runs" or arg[i] == "--scale" or arg[i] == "--only" then
    if arg[i] == "--runs" then runs = tonumber(arg[i + 1]) end
    if arg[i] == "--scale" then scale = tonumber(arg[i + 1]) end
    if arg[i] == "--only" then only = "," .. arg[i + 1] .. "," end
    i = i + 1
  else
    binaries[#binaries + 1] = arg[i]
  end
  i = i + 1
end
assert(#binaries == 2, "usage: run.lua [--runs N] [--scale X] [--only NAME,...] STOCK RILLE")

local programs = {"binary_trees", "live_heap", "strings", "closures", "weak_cache", "ephemerons", "finalizers", "coroutines", "large_table", "json"}
local modes = {"incremental", "generational"}
local figures, output = os.tmpname(), os.tmpname()

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function measure(binary, mode, program)
  local command = string.format("env LUA_INIT= /usr/bin/time -o '%s' -f '%%U %%S %%M' '%s' '%sstart.lua' %s %s %s >'%s'", figures, binary, here,
                                mode, scale, program, output)
  assert(os.execute(command), program .. " fails with " .. binary)
  local user, system, memory = read(figures):match("([%d.]+) ([%d.]+) (%d+)%s*$")
  return user + system, tonumber(memory), read(output)
end

local function best(results, field)
  return math.min(results[1][field], results[2][field])
end

local products = {time = 1, memory = 1}
local count = 0
print("| program | stock s | incremental | generational | stock MB | incremental | generational |\n| --- | --- | --- | --- | --- | --- | --- |")
for _, program in ipairs(programs) do
  if not only or only:find("," .. program .. ",", 1, true) then
    local results, expected = {{}, {}}, nil
    for _ = 1, runs do
      for b, binary in ipairs(binaries) do
        for m, mode in ipairs(modes) do
          local time, memory, text = measure(binary, mode, program)
          expected = expected or text
          assert(text == expected, program .. ": different results")
          local result = results[b][m] or {time = math.huge, memory = math.huge}
          results[b][m] = {time = math.min(result.time, time), memory = math.min(result.memory, memory)}
        end
      end
    end
    local time, memory = best(results[1], "time"), best(results[1], "memory")
    print(string.format("| %s | %.2f | %.2f | %.2f | %.1f | %.2f | %.2f |", program, time, results[2][1].time / time, results[2][2].time / time,
                        memory / 1024, results[2][1].memory / memory, results[2][2].memory / memory))
    products.time, products.memory = products.time * best(results[2], "time") / time, products.memory * best(results[2], "memory") / memory
    count = count + 1
  end
end
print(string.format("geometric mean of the better mode: time %.2f, memory %.2f", products.time ^ (1 / count), products.memory ^ (1 / count)))
os.remove(figures)
os.remove(output)
