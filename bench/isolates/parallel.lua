-- Speed-up of two jobs that split well: n queens and counting words in files, by one isolate and by several.
--   rille bench/isolates/parallel.lua [isolates] [runs]
local isolate <const> = require "rille.isolate"
local channel <const> = require "rille.channel"

local workers <const> = tonumber(arg[1] or isolate.processors())
local runs <const> = tonumber(arg[2] or 3)

-- Solutions with the first queen in the given column.
local function queens(size, first)
  local columns, up, down, count = {}, {}, {}, 0
  local function place(row)
    if row > size then
      count = count + 1
      return
    end
    for column = 1, size do
      if not (columns[column] or up[row + column] or down[row - column + size]) then
        columns[column], up[row + column], down[row - column + size] = true, true, true
        place(row + 1)
        columns[column], up[row + column], down[row - column + size] = false, false, false
      end
    end
  end
  columns[first], up[1 + first], down[1 - first + size] = true, true, true
  place(2)
  return count
end

local function count_words(name)
  local counts, total = {}, 0
  for line in io.lines(name) do
    for word in line:gmatch("%a+") do
      word = word:lower()
      counts[word] = (counts[word] or 0) + 1
      total = total + 1
    end
  end
  local distinct = 0
  for _ in pairs(counts) do distinct = distinct + 1 end
  return total, distinct
end

-- Each worker takes the next job as soon as it has done one.
local function work(f, jobs, results)
  for job, more in jobs:messages() do results:send(job, f(job, more)) end
end

-- Calls f(job[1], job[2]) for each job in so many isolates; returns the sum of first results, and the time.
local function run(f, jobs, count)
  local queue <const>, results <const> = channel.new(#jobs), channel.new(#jobs)
  local start <const> = isolate.clock()
  for i = 1, count do isolate.spawn({func = work, name = "worker " .. i}, f, queue, results) end
  for _, job in ipairs(jobs) do queue:send(job[1], job[2]) end
  queue:close()
  local sum = 0
  for _ = 1, #jobs do
    local _, result = results:receive()
    sum = sum + result
  end
  return sum, isolate.clock() - start
end

local SIZE <const> = 13
local queen_jobs <const> = {}
for first = 1, SIZE do queen_jobs[first] = {SIZE, first} end

local words <const> = {"collector", "arena", "register", "machine", "table", "string", "the", "a", "of", "isolate", "channel"}
local names, word_jobs <const> = {}, {}
local state = 42
for i = 1, 16 do
  names[i] = os.tmpname()
  local file <close> = assert(io.open(names[i], "w"))
  for _ = 1, 12000 do
    local line = {}
    for j = 1, 12 do
      state = (state * 1103515245 + 12345) % 2147483648
      line[j] = words[state // 65536 % #words + 1] .. string.char(97 + state // 256 % 26)
    end
    file:write(table.concat(line, " "), "\n")
  end
  word_jobs[i] = {names[i]}
end

print(("| job | one isolate (s) | %d isolates (s) | speed-up |"):format(workers))
print("|---|---:|---:|---:|")
for _, case in ipairs {{"n queens, n = " .. SIZE, queens, queen_jobs}, {"words in 16 files", count_words, word_jobs}} do
  local one, several = math.huge, math.huge
  for _ = 1, runs do -- in turn; the best counts, for others use the machine too
    local sum1, time1 = run(case[2], case[3], 1)
    local sum2, time2 = run(case[2], case[3], workers)
    assert(sum1 == sum2)
    one, several = math.min(one, time1), math.min(several, time2)
  end
  print(("| %s | %.3f | %.3f | %.2f |"):format(case[1], one, several, one / several))
end
for _, name in ipairs(names) do os.remove(name) end
