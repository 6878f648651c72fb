-- Compares interpreters on the programs of this folder: lua bench/run.lua [--runs N] [--only NAME,...] [--markdown FILE] BINARY...
-- Runs are interleaved (every binary once, then again), so that a change of the machine's speed hits all alike; the median counts. Times
-- are given in seconds for the first binary and as ratios to it for the others, memory as the peak resident size. All must print the same.
local here = arg[0]:match("^(.*/)") or "./"
local binaries, runs, only, markdown = {}, 5, nil, nil
do
  local i = 1
  while arg[i] do
    if arg[i] == "--runs" then
      runs, i = tonumber(arg[i + 1]), i + 1
    elseif arg[i] == "--only" then
      only, i = "," .. arg[i + 1] .. ",", i + 1
    elseif arg[i] == "--markdown" then
      markdown, i = arg[i + 1], i + 1
    else
      binaries[#binaries + 1] = arg[i]
    end
    i = i + 1
  end
end
assert(#binaries > 0, "usage: run.lua [--runs N] [--only NAME,...] [--markdown FILE] BINARY...")

local function programs()
  local names = {}
  local pipe <close> = assert(io.popen("ls '" .. here .. "'"))
  for file in pipe:lines() do
    local name = file:match("^(%w+)%.lua$")
    if name and name ~= "run" and (not only or only:find("," .. name .. ",", 1, true)) then names[#names + 1] = name end
  end
  return names
end

local figures, output = os.tmpname(), os.tmpname()

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- One run: seconds of processor time, peak memory in kB, what was printed.
local function measure(binary, name)
  local command = string.format("env LUA_INIT= /usr/bin/time -o '%s' -f '%%U %%S %%M' '%s' '%s%s.lua' >'%s'", figures, binary, here, name, output)
  assert(os.execute(command), name .. " fails with " .. binary)
  local user, system, memory = read(figures):match("([%d.]+) ([%d.]+) (%d+)%s*$")
  return tonumber(user) + tonumber(system), tonumber(memory), read(output)
end

local function median(list)
  table.sort(list)
  local middle = #list // 2
  if #list % 2 == 1 then return list[middle + 1] end
  return (list[middle] + list[middle + 1]) / 2
end

local function compare(name)
  local times, memories, expected = {}, {}, nil
  for b in ipairs(binaries) do times[b], memories[b] = {}, {} end
  for _ = 1, runs do
    for b, binary in ipairs(binaries) do
      local seconds, memory, text = measure(binary, name)
      expected = expected or text
      if text ~= expected then error(string.format("%s: %s prints %q, %s printed %q", name, binary, text, binaries[1], expected)) end
      table.insert(times[b], seconds)
      table.insert(memories[b], memory)
    end
  end
  for b in ipairs(binaries) do times[b], memories[b] = median(times[b]), median(memories[b]) end
  return times, memories
end

local rows = {}
local function row(cells) rows[#rows + 1] = cells end

local heading = {"program", binaries[1] .. " (s)"}
for b = 2, #binaries do heading[#heading + 1] = binaries[b] .. " (ratio)" end
for _, binary in ipairs(binaries) do heading[#heading + 1] = binary .. " (MB)" end
row(heading)

local logarithms, memory_logarithms, count = {}, {}, 0
for _, name in ipairs(programs()) do
  local times, memories = compare(name)
  local cells = {name, string.format("%.2f", times[1])}
  for b = 2, #binaries do
    local ratio = math.max(times[b], 0.005) / math.max(times[1], 0.005)
    logarithms[b] = (logarithms[b] or 0) + math.log(ratio)
    cells[#cells + 1] = string.format("%.2f", ratio)
  end
  for b = 1, #binaries do
    memory_logarithms[b] = (memory_logarithms[b] or 0) + math.log(memories[b] / memories[1])
    cells[#cells + 1] = string.format("%.1f", memories[b] / 1024)
  end
  count = count + 1
  row(cells)
  io.stderr:write(name, " ")
end
io.stderr:write("\n")
os.remove(figures)
os.remove(output)

local means = {"geometric mean", ""}
for b = 2, #binaries do means[#means + 1] = string.format("%.2f", math.exp(logarithms[b] / count)) end
for b = 1, #binaries do means[#means + 1] = string.format("x %.2f", math.exp(memory_logarithms[b] / count)) end
row(means)

local widths = {}
for _, cells in ipairs(rows) do
  for i, cell in ipairs(cells) do widths[i] = math.max(widths[i] or 0, #cell) end
end
for _, cells in ipairs(rows) do
  local parts = {}
  for i, cell in ipairs(cells) do parts[i] = i == 1 and cell .. (" "):rep(widths[i] - #cell) or (" "):rep(widths[i] - #cell) .. cell end
  print((table.concat(parts, "  ")))
end

if markdown then
  local file <close> = assert(io.open(markdown, "w"))
  for i, cells in ipairs(rows) do
    file:write("| ", table.concat(cells, " | "), " |\n")
    if i == 1 then file:write("|---|", ("---:|"):rep(#cells - 1), "\n") end
  end
  file:write(string.format("\nMedian of %d interleaved runs; processor time, peak resident memory.\n", runs))
end
