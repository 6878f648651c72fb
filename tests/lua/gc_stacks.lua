-- Stacks are marked in slices while the program runs, and those of threads that sleep once only: nothing that a stack holds may be lost.
local small = os.getenv("RILLE_SMALL_TESTS") ~= nil
local depth = small and 1500 or 6000

collectgarbage("incremental", 100, 8, 6)
local function step() collectgarbage("step", 1) end
-- To the end of a cycle.
local function finish()
  local count = 0
  repeat count = count + 1 until collectgarbage("step", 1)
  return count
end

-- Down and up again, with a portion of the collector's work at many levels; each frame has a table of its own.
local function deep(n, seed)
  local before = {n + seed}
  if n % 3 == 0 then step() end
  local below = n > 0 and deep(n - 1, seed) or 0
  if n % 5 == 0 then step() end
  local after = {before[1] + 1}
  assert(before[1] == n + seed and after[1] == n + seed + 1)
  return below + 1
end
for seed = 1, 3 do assert(deep(depth, seed) == depth + 1) end

-- Up and down in the middle, so that records are taken back and made anew while slices are under way.
local function swing(n, rounds)
  local box = {n}
  if n > 0 then
    swing(n - 1, rounds)
    if n % 500 == 0 then
      for i = 1, rounds do
        step()
        swing(40 * i, 0)
        step()
      end
    end
  end
  local again = {box}
  assert(again[1][1] == n)
end
swing(depth, 6)

-- Variables that closures share with frames that wait: written through the closure, read by the frame.
local setters = {}
local function shared(n)
  local value = {n}
  setters[n] = function(new) value = new end
  if n % 4 == 0 then step() end
  if n > 1 then
    shared(n - 1)
  else
    for i = 1, depth do
      setters[i]({-i})
      if i % 3 == 0 then step() end
      if i % 7 == 0 then setters[i] = false end
    end
  end
  if n % 4 == 0 then step() end
  assert(value[1] == -n)
end
shared(depth)
setters = nil

-- debug.setlocal into frames that wait.
local function patched(n, level)
  local value = {n}
  if n > 0 then
    patched(n - 1, level)
    assert(value[1] == (n % 10 == 0 and -n or n))
  else
    for i = 10, level, 10 do
      local name, old = debug.getlocal(i + 1, 3)
      assert(name == "value" and old[1] == i)
      debug.setlocal(i + 1, 3, {-i})
      step()
    end
  end
end
for part = 1, small and 8 or 40 do
  local reached = 0
  local function waiting(n)
    local value = {n}
    if n > 0 then
      waiting(n - 1)
    else
      finish()
      for _ = 1, finish() * part // 40 do step() end
      for level = 3, 1003, 100 do
        local name, old = debug.getlocal(level, 2)
        assert(name == "value")
        debug.setlocal(level, 2, {-old[1]})
      end
      finish()
    end
    if value[1] < 0 then reached = reached + 1 end
    assert(value[1] == n or value[1] == -n)
  end
  waiting(4000)
  assert(reached == 11)
end
patched(800, 800)

-- Coroutines that sleep, some of them deep; values go in and out, variables are written from outside.
local sleepers = {}
for i = 1, 60 do
  local held = {i}
  local function nest(n)
    local box = {n}
    if n > 0 then return nest(n - 1), box end
    while true do
      local got = coroutine.yield(held)
      held = {got[1] + held[1]}
    end
  end
  sleepers[i] = {thread = coroutine.create(nest), set = function(new) held = new end, depth = i % 20 == 0 and depth or i, sum = i}
  coroutine.resume(sleepers[i].thread, sleepers[i].depth)
end
collectgarbage("incremental", 100, 100, 8)
for round = 1, small and 20 or 100 do
  for i = round % 3 + 1, #sleepers, 3 do
    local sleeper = sleepers[i]
    if i % 2 == 0 then
      sleeper.sum = sleeper.sum + round
      local _, answer = coroutine.resume(sleeper.thread, {round})
      assert(answer[1] == sleeper.sum)
    else
      sleeper.set({round})
      sleeper.sum = round
    end
    if (i + round) % 7 == 0 then step() end
  end
  if round % 2 == 0 then finish() end
  if round % 10 == 0 then
    local thread = sleepers[round % #sleepers + 1].thread
    local name, value
    for n = 1, 20 do
      name, value = debug.getlocal(thread, 1, n)
      if name == nil then break end
      if name == "got" then debug.setlocal(thread, 1, n, {round}) end
    end
  end
end
for i, sleeper in ipairs(sleepers) do
  local _, answer = coroutine.resume(sleeper.thread, {0})
  assert(answer[1] == sleeper.sum, i)
end

-- The thread dies, its variable lives on in a closure that only the heap knows.
local survivors = {}
for i = 1, 300 do
  local thread = coroutine.create(function()
    local value = {i}
    survivors[i] = function() return value end
    coroutine.yield()
    value = {i + 1}
    coroutine.yield()
  end)
  coroutine.resume(thread)
  step()
  if i % 2 == 0 then coroutine.resume(thread) end
  thread = nil
  step()
end
collectgarbage()
for i, get in ipairs(survivors) do assert(get()[1] == (i % 2 == 0 and i + 1 or i)) end

-- Many values in one frame that waits.
local list = {}
for i = 1, small and 5000 or 60000 do list[i] = {i} end
local function hold(...)
  list = nil
  for _ = 1, 200 do step() end
  local sum = 0
  for i, box in ipairs({...}) do sum = sum + box[1] - i end
  return sum
end
assert(hold(table.unpack(list)) == 0)

-- The same in the generational mode: a thread that slept for long wakes up and gets young values.
collectgarbage("generational")
for round = 1, small and 10 or 60 do
  for i = 1, #sleepers do
    local _, answer = coroutine.resume(sleepers[i].thread, {1})
    sleepers[i].sum = sleepers[i].sum + 1
    assert(answer[1] == sleepers[i].sum)
    if (i + round) % 9 == 0 then collectgarbage("step") end
  end
end
assert(deep(depth // 4, 9) == depth // 4 + 1)
print("ok")
