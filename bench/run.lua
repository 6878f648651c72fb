-- Compares interpreters on the programs of this folder:
--
--   rille bench/run.lua [OPTION...] BINARY...
--
-- A binary is a path or a name, with flags if need be ("luajit -joff"), and optionally a name to show ("new=build/release/rille"). The
-- first is the measure of the others. Runs are interleaved (every binary once, then again), so that a change of the machine's speed hits
-- all alike. Time is processor time, memory the peak resident size. All must print the same.
--
--   --runs N          runs of each program (5)
--   --best            the least time counts, not the median: for machines with much else to do
--   --scale X         part of the work of each program (1): 0.1 is quick
--   --filter PATTERN  only programs whose "group/name" has this Lua pattern
--   --limit SECONDS   a run that takes longer has failed (120)
--   --markdown FILE   writes the tables there too
--   --chart FILE      writes a bar chart (SVG)
--   --measure PATH    the helper made of support/measure.c (build/release/bench/measure)
--
-- It exits with 1 when a program failed or printed something else than the first binary's.
local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local chart = require "chart"
local command = require "support.command"
local grid = require "support.grid"
local programs = require "support.programs"
local statistics = require "support.statistics"

local EMPTY_RUNS <const> = 20 -- runs of an empty program that are done for each of the others

local USAGE <const> = "usage: run.lua [--runs N] [--best] [--scale X] [--filter PATTERN] [--limit SECONDS] [--markdown FILE] [--chart FILE] "
  .. "[--measure PATH] BINARY..."

local function read_options(arguments)
  local options = {runs = "5", scale = "1", limit = "120", measure = here .. "../build/release/bench/measure", binaries = {}}
  local takes_value = {runs = true, scale = true, filter = true, limit = true, markdown = true, chart = true, measure = true}
  local i = 1
  while arguments[i] do
    local name = arguments[i]:match("^%-%-(%a+)$")
    if name == "best" then
      options.best = true
    elseif name and takes_value[name] and arguments[i + 1] then
      options[name], i = arguments[i + 1], i + 1
    elseif arguments[i]:sub(1, 1) == "-" then
      error(USAGE, 0)
    else
      table.insert(options.binaries, arguments[i])
    end
    i = i + 1
  end
  for _, name in ipairs {"runs", "scale", "limit"} do options[name] = assert(tonumber(options[name]), USAGE) end
  if #options.binaries == 0 then error(USAGE, 0) end
  return options
end

-- {name =, words = {path, flag...}, is_5_4 =}
local function read_binary(text)
  local name, call = text:match("^([%w_. %-]+)=(.*)$")
  call = call or text
  local words = {}
  for word in call:gmatch("%S+") do words[#words + 1] = word end
  local asked = table.move(words, 1, #words, 1, {})
  table.insert(asked, "-e")
  table.insert(asked, "print(_VERSION)")
  local version = command.output(asked)
  if not version then error("cannot run " .. call, 0) end
  return {name = name or call:gsub("^%S*/", ""), words = words, is_5_4 = version:find("Lua 5.4", 1, true) ~= nil}
end

local function read_binaries(texts)
  local result, names = {}, {}
  for i, text in ipairs(texts) do
    local binary = read_binary(text)
    if names[binary.name] then binary.name = text end -- two of one name: show the paths
    names[binary.name], result[i] = true, binary
  end
  return result
end

local function call_of(binary, program, scale)
  local words = table.move(binary.words, 1, #binary.words, 1, {})
  if program.path then
    words[#words + 1] = program.path
    words[#words + 1] = string.format("%.14g", scale)
  else
    words[#words + 1] = "-e"
    words[#words + 1] = ""
  end
  return words
end

-- For each binary {seconds =, memory =}, or {failure = text}, or false where the program is not for it.
local function compare(program, binaries, options, meter)
  local figures, expected, runs = {}, nil, program.path and 1 or EMPTY_RUNS
  for b, binary in ipairs(binaries) do figures[b] = (binary.is_5_4 or not program.needs_5_4) and {times = {}, memories = {}} end
  for _ = 1, options.runs do
    for b, binary in ipairs(binaries) do
      local figure = figures[b]
      if figure and not figure.failure then
        local list, output = meter:run(call_of(binary, program, options.scale), runs, options.limit)
        expected = expected or list and output
        if not list then
          figure.failure = output:gsub("%s+$", "")
        elseif output ~= expected then
          figure.failure = string.format("prints %q, not %q", output, expected)
        else
          for _, run in ipairs(list) do
            table.insert(figure.times, run.seconds)
            table.insert(figure.memories, run.memory)
          end
        end
      end
    end
  end
  for _, figure in ipairs(figures) do
    if figure and not figure.failure then
      figure.seconds = (options.best and statistics.least or statistics.median)(figure.times)
      figure.memory = statistics.median(figure.memories)
    end
  end
  return figures
end

-- The quotient of two figures' fields, false if one has none.
local function ratio(figure, base, field) return figure and base and figure[field] and base[field] and figure[field] / base[field] or false end

-- The geometric mean of binary `b`'s field over binary `base`'s, over the results of a group (nil: of all) that both have.
local function mean(results, b, base, field, group)
  local list = {}
  for _, result in ipairs(results) do
    local quotient = (not group or result.program.group == group) and ratio(result.figures[b], result.figures[base], field)
    if quotient then list[#list + 1] = quotient end
  end
  return statistics.geometric_mean(list) or false
end

local function shown(format, value) return value and string.format(format, value) or "" end

local function time_cell(format, figure, value) return figure and figure.failure and "fails" or shown(format, value) end

local function heading(binaries)
  local row = {"program", binaries[1].name .. " (s)"}
  for b = 2, #binaries do row[#row + 1] = binaries[b].name .. " (time)" end
  row[#row + 1] = binaries[1].name .. " (MB)"
  for b = 2, #binaries do row[#row + 1] = binaries[b].name .. " (memory)" end
  return row
end

local function program_row(result, binaries)
  local base = result.figures[1] or {}
  local row = {result.program.group .. "/" .. result.program.name, time_cell(result.program.path and "%.2f" or "%.4f", base, base.seconds)}
  for b = 2, #binaries do row[#row + 1] = time_cell("%.2f", result.figures[b], ratio(result.figures[b], base, "seconds")) end
  row[#row + 1] = shown("%.1f", base.memory and base.memory / 1024)
  for b = 2, #binaries do row[#row + 1] = shown("%.2f", ratio(result.figures[b], base, "memory")) end
  return row
end

local function mean_row(name, results, binaries, group)
  local row = {name, ""}
  for b = 2, #binaries do row[#row + 1] = shown("%.2f", mean(results, b, 1, "seconds", group)) end
  row[#row + 1] = ""
  for b = 2, #binaries do row[#row + 1] = shown("%.2f", mean(results, b, 1, "memory", group)) end
  return row
end

local function groups_of(results)
  local list, seen = {}, {}
  for _, result in ipairs(results) do
    local group = result.program.group
    if not seen[group] then seen[group], list[#list + 1] = true, group end
  end
  return list
end

local function program_table(results, binaries)
  local rows = {heading(binaries)}
  for _, result in ipairs(results) do rows[#rows + 1] = program_row(result, binaries) end
  for _, group in ipairs(groups_of(results)) do rows[#rows + 1] = mean_row("mean of " .. group, results, binaries, group) end
  rows[#rows + 1] = mean_row("geometric mean", results, binaries, nil)
  return rows
end

-- Every binary against every other, on the programs that both run.
local function pair_table(results, binaries)
  local rows = {{"time of, over that of"}}
  for _, binary in ipairs(binaries) do table.insert(rows[1], binary.name) end
  for a, binary in ipairs(binaries) do
    local row = {binary.name}
    for b = 1, #binaries do row[#row + 1] = a == b and "" or shown("%.2f", mean(results, a, b, "seconds", nil)) end
    rows[#rows + 1] = row
  end
  return rows
end

-- On which programs a binary is slower than the first, worst first.
local function slower_text(results, binaries, b)
  local list = {}
  for _, result in ipairs(results) do
    local quotient = ratio(result.figures[b], result.figures[1], "seconds")
    if quotient and quotient > 1 then list[#list + 1] = {quotient, result.program.name} end
  end
  table.sort(list, function(x, y) return x[1] > y[1] end)
  for i, entry in ipairs(list) do list[i] = string.format("%s %.2f", entry[2], entry[1]) end
  return string.format("%s is slower than %s on %s.", binaries[b].name, binaries[1].name, #list > 0 and table.concat(list, ", ") or "none")
end

local function summary(results, binaries, options)
  local lines = {}
  for b = 2, #binaries do lines[#lines + 1] = slower_text(results, binaries, b) .. "\n" end
  lines[#lines + 1] = string.format("Processor time (%s of %d interleaved runs) and peak resident memory as ratios to %s's; scale %g.\n",
    options.best and "least" or "median", options.runs, binaries[1].name, options.scale)
  return table.concat(lines, "\n")
end

local function draw(results, binaries, options)
  local series, fields = {}, {"seconds", "memory"}
  for b = 2, #binaries do series[b - 1] = binaries[b].name end
  local panels = {{title = "time, " .. binaries[1].name .. " = 1", groups = {}}, {title = "peak memory, " .. binaries[1].name .. " = 1", groups = {}}}
  for p, field in ipairs(fields) do
    local strong = {name = "geometric mean", is_strong = true, values = {}}
    for b = 2, #binaries do strong.values[b - 1] = mean(results, b, 1, field, nil) end
    panels[p].groups[1] = strong
    for _, result in ipairs(results) do
      local values = {}
      for b = 2, #binaries do values[b - 1] = ratio(result.figures[b], result.figures[1], field) end
      table.insert(panels[p].groups, {name = result.program.name, values = values})
    end
  end
  local subtitle = string.format("%s of %d interleaved runs; logarithmic, left is less", options.best and "Least" or "Median", options.runs)
  return chart.draw {title = "Benchmark programs", subtitle = subtitle, series = series, panels = panels}
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

-- What failed, on standard error; whether anything did.
local function tell_failures(results, binaries)
  local failed = false
  for _, result in ipairs(results) do
    for b, figure in ipairs(result.figures) do
      if figure and figure.failure then
        io.stderr:write(string.format("%s/%s with %s: %s\n", result.program.group, result.program.name, binaries[b].name, figure.failure))
        failed = true
      end
    end
  end
  return failed
end

local function main()
  local options = read_options(arg)
  local meter, binaries, results = command.meter(options.measure), read_binaries(options.binaries), {}
  for _, program in ipairs(programs.list(here, options.filter)) do
    io.stderr:write(program.name, " ")
    results[#results + 1] = {program = program, figures = compare(program, binaries, options, meter)}
  end
  io.stderr:write("\n")
  meter:close()
  if #results == 0 then error("no program has " .. options.filter, 0) end
  local rows, matrix, text = program_table(results, binaries), pair_table(results, binaries), summary(results, binaries, options)
  io.write(grid.text(rows), "\n", grid.text(matrix), "\n", text)
  if options.markdown then write(options.markdown, grid.markdown(rows) .. "\n" .. grid.markdown(matrix) .. "\n" .. text) end
  if options.chart then write(options.chart, draw(results, binaries, options)) end
  return not tell_failures(results, binaries)
end

local fine, result = pcall(main)
if not fine then io.stderr:write(tostring(result), "\n") end
os.exit(fine and result)
