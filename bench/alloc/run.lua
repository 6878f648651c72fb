-- Compares allocators: rille bench/alloc/run.lua [--build DIR] [--runs N] [--scale X] [--only NAME,...] [--allocators NAME,...]
--                                                [--markdown FILE] [--svg FILE] [--resident]
-- glibc is the measure; the others come in by LD_PRELOAD, as many of them as are installed. Runs are interleaved (every allocator once,
-- then again), so that a change of the machine's speed hits all alike. Time is processor time, user and system, of the program and its
-- children: the least of the runs, since whatever disturbs only adds. Memory is the peak resident size, the median of the runs. All must
-- print the same. --resident shows what is left after a peak instead.
local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local programs, plot = require "programs", require "plot"

local options = {build = here .. "../../build/release", runs = "5", scale = "1"}
do
  local i = 1
  while arg[i] do
    local name = arg[i]:match("^%-%-(%a+)$")
    assert(name, "unknown argument " .. arg[i])
    if name == "resident" then
      options.resident = true
    else
      options[name], i = assert(arg[i + 1], "an argument is missing behind " .. arg[i]), i + 1
    end
    i = i + 1
  end
end

local function wanted(list, name) return not list or ("," .. list .. ","):find("," .. name .. ",", 1, true) end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function output_of(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read("a")
end

local function real_path(path) return output_of("realpath '" .. path .. "'"):match("^(.-)\n*$") end

-- ---- who takes part ----

-- A library's path as the loader's cache knows it.
local function library(soname)
  return output_of("/sbin/ldconfig -p"):match("[^\n]*" .. soname:gsub("%p", "%%%0") .. "[^\n]*=> ([^\n]+)")
end

local function find_allocators()
  local found = {{name = "glibc", preload = ""}}
  local function add(name, path)
    if path and read(path) and wanted(options.allocators, name) then found[#found + 1] = {name = name, preload = real_path(path)} end
  end
  add("rille", options.build .. "/librille_malloc.so")
  add("mimalloc", library "libmimalloc.so.2")
  add("jemalloc", library "libjemalloc.so.2")
  add("tcmalloc", library "libtcmalloc_minimal.so.4")
  return found
end

local allocators = find_allocators()
local scratch = output_of("mktemp -d"):match("^(.-)\n*$")
local places = {B = real_path(options.build) .. "/bench/alloc", R = real_path(here .. "real"), T = scratch, S = options.scale}
local measure, figures, output = places.B .. "/measure", scratch .. "/figures", scratch .. "/output"

local function expand(command) return (command:gsub("%$([BRTS])", places)) end

local function prepare()
  assert(read(measure), "build the target bench_alloc first: " .. measure .. " is missing")
  assert(os.execute(expand("'" .. arg[-1] .. "' '$R/large_c.lua' >'$T/large.c'")), "large.c cannot be made")
end

local function is_there(program)
  return wanted(options.only, program.name) and
    (not program.needs or os.execute(expand("command -v '" .. program.needs .. "' >/dev/null")))
end

-- ---- measuring ----

-- One run: seconds of processor time, peak kilobytes, what was printed.
local function run(program, allocator)
  local command
  if program.script then
    command = ("%s '%s' '%s' '%s'"):format(expand(program.script), measure, figures, allocator.preload)
  else
    local arena = allocator.name == "rille" and program.arena
    local preload = allocator.preload ~= "" and not arena and "'LD_PRELOAD=" .. allocator.preload .. "'" or ""
    command = ("'%s' '%s' %s %s"):format(measure, figures, preload, expand(arena or program.command))
  end
  if not os.execute(command .. " >'" .. output .. "'") then return nil end
  local user, system, _, memory = read(figures):match("(%d+) (%d+) (%d+) (%d+)")
  return (user + system) / 1e6, tonumber(memory), read(output)
end

local function median(list)
  table.sort(list)
  local middle = #list // 2
  if #list % 2 == 1 then return list[middle + 1] end
  return (list[middle] + list[middle + 1]) / 2
end

-- Least time and median memory of each allocator; nothing for one with which the program fails.
local function compare(program)
  local times, memories, expected, failed = {}, {}, nil, {}
  for a in ipairs(allocators) do times[a], memories[a] = {}, {} end
  for _ = 1, tonumber(options.runs) do
    for a, allocator in ipairs(allocators) do
      if not failed[a] then
        local seconds, memory, text = run(program, allocator)
        expected = expected or text
        if not seconds or text ~= expected then
          failed[a] = true
          io.stderr:write(("\n%s %s with %s\n"):format(program.name, seconds and "prints something else" or "fails", allocator.name))
        else
          table.insert(times[a], seconds)
          table.insert(memories[a], memory)
        end
      end
    end
  end
  assert(not failed[1], program.name .. " fails under glibc")
  for a in ipairs(allocators) do
    times[a] = not failed[a] and math.min(table.unpack(times[a])) or nil
    memories[a] = not failed[a] and median(memories[a]) or nil
  end
  local ours_failed = false
  for a in pairs(failed) do ours_failed = ours_failed or allocators[a].name == "rille" end
  return times, memories, ours_failed
end

-- ---- what it says ----

local function geometric_mean(results, field, a)
  local sum, count = 0, 0
  for _, result in ipairs(results) do
    if result[field][a] then sum, count = sum + math.log(result[field][a] / result[field][1]), count + 1 end
  end
  return count > 0 and math.exp(sum / count) or nil
end

local function ratios(result, field)
  local list = {}
  for a = 2, #allocators do list[a - 1] = result[field][a] and result[field][a] / result[field][1] or nil end
  return list
end

local function summary(label, results)
  local row = {label = label, strong = true, time = {}, memory = {}}
  for a = 2, #allocators do row.time[a - 1], row.memory[a - 1] = geometric_mean(results, "time", a), geometric_mean(results, "memory", a) end
  return row
end

-- Programs by group, each group with its mean, then the mean of all.
local function rows_of(results)
  local rows, group = {}, {}
  for i, result in ipairs(results) do
    rows[#rows + 1] = {label = result.name, glibc_time = result.time[1], glibc_memory = result.memory[1],
      time = ratios(result, "time"), memory = ratios(result, "memory")}
    group[#group + 1] = result
    if not results[i + 1] or results[i + 1].group ~= result.group then
      rows[#rows + 1] = summary("mean: " .. result.group, group)
      group = {}
    end
  end
  rows[#rows + 1] = summary("mean: all", results)
  return rows
end

local function markdown(rows, names)
  local lines = {}
  local heading, ruler = {"program", "glibc (s)"}, {"---", "---:"}
  local function column(text) heading[#heading + 1], ruler[#ruler + 1] = text, "---:" end
  for _, name in ipairs(names) do column(name) end
  column("glibc (MB)")
  for _, name in ipairs(names) do column(name) end
  local function line(cells) lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |" end
  line(heading)
  line(ruler)
  for _, row in ipairs(rows) do
    local cells = {row.strong and "**" .. row.label .. "**" or row.label, row.glibc_time and ("%.3f"):format(row.glibc_time) or ""}
    for a in ipairs(names) do cells[#cells + 1] = row.time[a] and ("%.2f"):format(row.time[a]) or "failed" end
    cells[#cells + 1] = row.glibc_memory and ("%.1f"):format(row.glibc_memory / 1024) or ""
    for a in ipairs(names) do cells[#cells + 1] = row.memory[a] and ("%.2f"):format(row.memory[a]) or "failed" end
    line(cells)
  end
  return table.concat(lines, "\n") .. "\n"
end

local function slower(results, names)
  local lines = {}
  for a, name in ipairs(names) do
    local list = {}
    for _, result in ipairs(results) do
      local ratio = result.time[a + 1] and result.time[a + 1] / result.time[1]
      if ratio and ratio > 1.03 then list[#list + 1] = ("%s %.2f"):format(result.name, ratio) end
    end
    lines[#lines + 1] = ("Slower than glibc by more than 3 %% with %s: %s."):format(name, #list > 0 and table.concat(list, ", ") or "none")
  end
  return table.concat(lines, "\n") .. "\n"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

-- What stays resident behind a peak: megabytes at the peak, after it, after malloc_trim.
local function show_resident()
  local lines = {"| allocator | at the peak (MB) | after steady work on little | after malloc_trim |", "|---|---:|---:|---:|"}
  for _, allocator in ipairs(allocators) do
    local text = output_of(("LD_PRELOAD='%s' '%s/peak_then_fall' --resident %s 2>&1 >/dev/null"):format(allocator.preload, places.B, options.scale))
    local peak, fallen, trimmed = text:match("(%d+) (%d+) (%d+)")
    lines[#lines + 1] = ("| %s | %.1f | %.1f | %.1f |"):format(allocator.name, peak / 1024, fallen / 1024, trimmed / 1024)
  end
  return table.concat(lines, "\n") .. "\n"
end

local function main()
  prepare()
  local text, failure = nil, false
  if options.resident then
    text = show_resident()
  else
    local results, names = {}, {}
    for a = 2, #allocators do names[a - 1] = allocators[a].name end
    for _, program in ipairs(programs) do
      if is_there(program) then
        local result = {name = program.name, group = program.group}
        local fails
        result.time, result.memory, fails = compare(program)
        failure = failure or fails -- that another allocator fails is its own affair
        results[#results + 1] = result
        io.stderr:write(program.name, " ")
      end
    end
    io.stderr:write("\n")
    local rows = rows_of(results)
    text = markdown(rows, names) .. "\n" .. slower(results, names) ..
      ("\nLeast of %s interleaved runs; processor time, peak resident memory; ratios to glibc.\n"):format(options.runs)
    if options.svg then write(options.svg, plot(rows, names)) end
  end
  io.write(text)
  if options.markdown then write(options.markdown, text) end
  return not failure
end

local good, result = xpcall(main, debug.traceback)
os.execute("rm -rf '" .. scratch .. "'")
if not good then io.stderr:write(result, "\n") end
os.exit(good and result)
