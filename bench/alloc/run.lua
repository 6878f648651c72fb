-- Compares allocators: glibc's is the measure, the others come in by LD_PRELOAD, as many of them as are installed.
--
--   rille bench/alloc/run.lua [OPTION...]
--
-- Runs are interleaved (every allocator once, then again), so that a change of the machine's speed hits all alike. Time is processor time,
-- user and system, of the program and its children: the least of the runs, since whatever disturbs only adds. Memory is the peak resident
-- size, the median of the runs. All must print the same.
--
--   --build DIR              where it was built (build/release)
--   --runs N                 runs of each program (5)
--   --scale X                part of the work of the own programs (1)
--   --only NAME,...          only these programs
--   --allocators NAME,...    only these beside glibc's: rille, mimalloc, jemalloc, tcmalloc
--   --markdown FILE          writes the table there too
--   --chart FILE             writes a bar chart (SVG)
--   --resident               says what stays resident behind a peak, instead
--
-- It exits with 1 when a program fails with our allocator, or prints something else.
local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. here .. "../?.lua;" .. package.path
local chart = require "chart"
local command = require "support.command"
local grid = require "support.grid"
local programs = require "programs"
local statistics = require "support.statistics"

local SLOWER <const> = 1.03 -- than glibc: said below the table
local LIMIT <const> = 300 -- seconds for one run

local function read_options(arguments)
  local options = {build = here .. "../../build/release", runs = "5", scale = "1"}
  local takes_value = {build = true, runs = true, scale = true, only = true, allocators = true, markdown = true, chart = true}
  local i = 1
  while arguments[i] do
    local name = arguments[i]:match("^%-%-(%a+)$")
    if name == "resident" then
      options.resident = true
    elseif name and takes_value[name] and arguments[i + 1] then
      options[name], i = arguments[i + 1], i + 1
    else
      error("see the head of bench/alloc/run.lua for the options; not one: " .. arguments[i], 0)
    end
    i = i + 1
  end
  options.runs = assert(math.tointeger(tonumber(options.runs)), "--runs wants an integer")
  return options
end

local options = read_options(arg)

local function is_wanted(list, name) return not list or ("," .. list .. ","):find("," .. name .. ",", 1, true) ~= nil end

local function line_of(words) return (command.output(words) or ""):match("^(.-)\n*$") end

-- ---- who takes part ----

-- A library's path as the loader's cache knows it.
local function library(soname)
  return (command.output {"/sbin/ldconfig", "-p"} or ""):match("[^\n]*" .. soname:gsub("%p", "%%%0") .. "[^\n]*=> ([^\n]+)")
end

local function find_allocators()
  local found = {{name = "glibc", preload = ""}}
  local function add(name, path)
    local real_path = path and line_of {"realpath", "-e", path}
    if real_path and real_path ~= "" and is_wanted(options.allocators, name) then found[#found + 1] = {name = name, preload = real_path} end
  end
  add("rille", options.build .. "/librille_malloc.so")
  add("mimalloc", library "libmimalloc.so.2")
  add("jemalloc", library "libjemalloc.so.2")
  add("tcmalloc", library "libtcmalloc_minimal.so.4")
  return found
end

local allocators = find_allocators()
local build = line_of {"realpath", options.build}
local measure = build .. "/bench/measure"
local scratch = line_of {"mktemp", "-d"}
local places = {B = build .. "/bench/alloc", R = line_of {"realpath", here .. "real"}, T = scratch, S = options.scale}

local function expanded(text) return (text:gsub("%$([BRTS])", places)) end

local function is_there(program)
  return is_wanted(options.only, program.name) and
    (not program.needs or command.output {"sh", "-c", "command -v '" .. expanded(program.needs) .. "'"} ~= nil)
end

local function make_large_c()
  local text = assert(command.output {arg[-1], places.R .. "/large_c.lua"}, "large_c.lua fails")
  local file <close> = assert(io.open(scratch .. "/large.c", "w"))
  file:write(text)
end

-- ---- measuring ----

local function words_of(program, allocator)
  local arena = allocator.name == "rille" and program.arena
  local words = table.move(program.variables or {}, 1, #(program.variables or {}), 2, {"env"})
  if not arena then words[#words + 1] = "LD_PRELOAD=" .. allocator.preload end
  for _, word in ipairs(arena or program.words) do words[#words + 1] = expanded(word) end
  return words
end

-- {seconds =, memory =} and what was printed; nil and a message when it fails.
local function run(program, allocator, meter)
  if program.script then
    local text = command.output {expanded(program.script), measure, allocator.preload}
    local processor, memory = (text or ""):match("^(%d+) %d+ (%d+)\n")
    if not processor then return nil, program.script .. " fails" end
    return {seconds = processor / 1e6, memory = tonumber(memory)}, ""
  end
  local list, output = meter:run(words_of(program, allocator), 1, LIMIT)
  return list and list[1], output
end

-- For each allocator {seconds =, memory =} or {failure = text}.
local function compare(program, meter)
  local figures, expected = {}, nil
  for a in ipairs(allocators) do figures[a] = {times = {}, memories = {}} end
  for _ = 1, options.runs do
    for a, allocator in ipairs(allocators) do
      local figure = figures[a]
      if not figure.failure then
        local one, output = run(program, allocator, meter)
        expected = expected or output
        if not one or output ~= expected then
          figure.failure = one and "prints something else" or output:gsub("%s+$", "")
        else
          table.insert(figure.times, one.seconds)
          table.insert(figure.memories, one.memory)
        end
      end
    end
  end
  for _, figure in ipairs(figures) do
    if not figure.failure then figure.seconds, figure.memory = statistics.least(figure.times), statistics.median(figure.memories) end
  end
  if figures[1].failure then error(program.name .. " fails under glibc: " .. figures[1].failure, 0) end
  return figures
end

-- ---- what it says ----

-- Ratios to glibc of one field, false where a program failed.
local function ratios(figures, field)
  local list = {}
  for a = 2, #allocators do list[a - 1] = figures[a][field] and figures[a][field] / figures[1][field] or false end
  return list
end

local function mean_row(name, rows)
  local row = {name = name, is_strong = true, time = {}, memory = {}}
  for a = 1, #allocators - 1 do
    for _, field in ipairs {"time", "memory"} do
      local values = {}
      for _, one in ipairs(rows) do values[#values + 1] = one[field][a] or nil end
      row[field][a] = statistics.geometric_mean(values) or false
    end
  end
  return row
end

-- Programs by group, each group with its mean, then the mean of all.
local function rows_of(results)
  local rows, group, all = {}, {}, {}
  for i, result in ipairs(results) do
    local row = {name = result.program.name, glibc = result.figures[1], time = ratios(result.figures, "seconds"),
      memory = ratios(result.figures, "memory")}
    rows[#rows + 1], group[#group + 1], all[#all + 1] = row, row, row
    local next_one = results[i + 1]
    if not next_one or next_one.program.group ~= result.program.group then
      rows[#rows + 1] = mean_row("mean, " .. result.program.group, group)
      group = {}
    end
  end
  rows[#rows + 1] = mean_row("mean, all", all)
  return rows
end

local function grid_of(rows)
  local heading = {"program", "glibc (s)"}
  for a = 2, #allocators do heading[#heading + 1] = allocators[a].name end
  heading[#heading + 1] = "glibc (MB)"
  for a = 2, #allocators do heading[#heading + 1] = allocators[a].name end
  local cells = {heading}
  for _, row in ipairs(rows) do
    local line = {row.is_strong and "**" .. row.name .. "**" or row.name, row.glibc and ("%.3f"):format(row.glibc.seconds) or ""}
    for _, ratio in ipairs(row.time) do line[#line + 1] = ratio and ("%.2f"):format(ratio) or "failed" end
    line[#line + 1] = row.glibc and ("%.1f"):format(row.glibc.memory / 1024) or ""
    for _, ratio in ipairs(row.memory) do line[#line + 1] = ratio and ("%.2f"):format(ratio) or "failed" end
    cells[#cells + 1] = line
  end
  return cells
end

local function notes(rows)
  local lines = {}
  for a = 2, #allocators do
    local list = {}
    for _, row in ipairs(rows) do
      local ratio = row.time[a - 1]
      if ratio and ratio > SLOWER and not row.is_strong then list[#list + 1] = ("%s %.2f"):format(row.name, ratio) end
    end
    lines[#lines + 1] = ("Slower than glibc by more than 3 %% with %s: %s."):format(allocators[a].name, #list > 0 and table.concat(list, ", ") or "none")
  end
  lines[#lines + 1] = ("\nTime: least of %d interleaved runs, processor time. Memory: median of the peaks, resident. Ratios to glibc."):format(options.runs)
  return table.concat(lines, "\n") .. "\n"
end

local function chart_of(rows)
  local series, time, memory = {}, {}, {}
  for a = 2, #allocators do series[a - 1] = allocators[a].name end
  for i, row in ipairs(rows) do
    time[i] = {name = row.name, values = row.time, is_strong = row.is_strong}
    memory[i] = {name = row.name, values = row.memory, is_strong = row.is_strong}
  end
  return chart.draw {title = "Allocators", subtitle = "Ratios to glibc: to the left is faster, or smaller.", series = series,
    panels = {{title = "time", groups = time}, {title = "peak memory", groups = memory}}}
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local function compare_all()
  local meter, results, is_good = command.meter(measure), {}, true
  make_large_c()
  for _, program in ipairs(programs) do
    if is_there(program) then
      local figures = compare(program, meter)
      results[#results + 1] = {program = program, figures = figures}
      io.stderr:write(program.name, " ")
      for a, figure in ipairs(figures) do
        if figure.failure then io.stderr:write("\n", allocators[a].name, ": ", program.name, ": ", figure.failure, "\n") end
        is_good = is_good and not (figure.failure and allocators[a].name == "rille")
      end
    end
  end
  meter:close()
  io.stderr:write("\n")
  local rows = rows_of(results)
  local cells, text = grid_of(rows), notes(rows)
  io.write(grid.text(cells), "\n", text)
  if options.markdown then write(options.markdown, grid.markdown(cells) .. "\n" .. text) end
  if options.chart then write(options.chart, chart_of(rows)) end
  return is_good
end

-- Megabytes at a peak, after steady work on little, after malloc_trim.
local function show_resident()
  local cells = {{"allocator", "at the peak (MB)", "after steady work on little", "after malloc_trim"}}
  for _, allocator in ipairs(allocators) do
    local text = command.output {"sh", "-c", ("LD_PRELOAD='%s' '%s/peak_then_fall' --resident %s 2>&1 >/dev/null"):format(allocator.preload,
      places.B, options.scale)}
    local row = {allocator.name}
    for kilobytes in (text or ""):gmatch("%d+") do row[#row + 1] = ("%.1f"):format(kilobytes / 1024) end
    cells[#cells + 1] = row
  end
  io.write(grid.text(cells))
  if options.markdown then write(options.markdown, grid.markdown(cells)) end
  return true
end

local succeeded, result = pcall(options.resident and show_resident or compare_all)
os.execute("rm -rf '" .. scratch .. "'")
if not succeeded then io.stderr:write("bench/alloc: ", tostring(result), "\n") end
os.exit(succeeded and result)
