-- Weak tables are looked at and cleared in portions while the program uses them: what is alive stays, what is dead is not seen any more.
local small = os.getenv("RILLE_SMALL_TESTS") ~= nil
local size = small and 600 or 6000
collectgarbage("incremental", 100, 40, 8)

local function step() collectgarbage("step", 1) end
local function finish()
  local count = 0
  repeat count = count + 1 until collectgarbage("step", 1)
  return count
end

-- Every entry whose key is held is there with its value, whatever happens meanwhile; after two whole cycles nothing else is.
local function cache(mode, seed)
  math.randomseed(seed)
  local weak, held, numbers, n = setmetatable({}, {__mode = mode}), {}, {}, 0
  local function put(place)
    n = n + 1
    local key = {n}
    weak[key] = mode == "k" and {n} or key
    held[place], numbers[place] = key, n
  end
  for i = 1, size do put(i) end
  local caught = {}
  for round = 1, small and 60 or 250 do
    for _ = 1, size // 100 do
      put(math.random(size))
      local place = math.random(size)
      local value = weak[held[place]]
      if mode == "k" then
        assert(value[1] == numbers[place])
        n = n + 1
        weak[held[place]], numbers[place] = {n}, n
      else
        assert(value == held[place])
      end
      if math.random(20) == 1 then
        weak[held[place]] = nil
        put(place)
      end
    end
    step()
    if round % 10 == 0 then
      local seen = 0
      for key, value in pairs(weak) do
        assert(type(key) == "table" and type(value) == "table")
        seen = seen + 1
        caught[seen] = key
      end
      assert(seen >= size)
      for i = seen + 1, #caught do caught[i] = nil end
    elseif round % 10 == 7 then
      for _, key in ipairs(caught) do assert(key[1] <= n and weak[key] ~= false) end
      caught = {}
    end
  end
  caught = nil
  finish()
  finish()
  local seen = 0
  for _ in pairs(weak) do seen = seen + 1 end
  assert(seen == size, seen)
  for i = 1, size do assert(weak[held[i]]) end
end
cache("k", 1)
cache("kv", 2)

-- Weak values with keys that are strong.
do
  local weak, held = setmetatable({}, {__mode = "v"}), {}
  for i = 1, size do
    held[i % 50] = {i}
    weak[i] = held[i % 50]
    weak["name " .. i] = held[i % 50]
    if i % 20 == 0 then step() end
  end
  finish()
  finish()
  local seen = 0
  for _, value in pairs(weak) do
    assert(value == held[value[1] % 50])
    seen = seen + 1
  end
  assert(seen == 100)
end

-- Chains of ephemerons, built and cut while a cycle goes on.
do
  local length_wanted = size // 5
  local chain, first = setmetatable({}, {__mode = "k"}), {}
  local key = first
  for i = 1, length_wanted do
    local next_key = {}
    chain[key] = {next_key, i}
    key = next_key
    chain[{}] = {key}
    if i % 10 == 0 then step() end
  end
  finish()
  finish()
  local length, entries = 0, 0
  key = first
  while chain[key] do
    length = length + 1
    assert(chain[key][2] == length)
    key = chain[key][1]
  end
  for _ in pairs(chain) do entries = entries + 1 end
  assert(length == length_wanted and entries == length_wanted)
end

collectgarbage("incremental", 100, 8, 6)
-- A table that stops being weak in the middle of a cycle keeps from then on what it has; at whatever moment that is.
for part = 0, small and 4 or 30 do
  for kind = 1, 3 do
    local modes = {__mode = part % 2 == 0 and "k" or "v"}
    local weak = setmetatable({}, modes)
    for i = 1, size do
      local box = {i}
      weak[box] = box
      if part % 2 == 1 then weak[box], weak[i] = nil, box end
    end
    finish()
    local length = finish()
    for _ = 1, length * part // 31 do step() end
    if kind == 1 then
      setmetatable(weak, nil)
    elseif kind == 2 then
      modes.__mode = nil
    else
      setmetatable(weak, {})
    end
    local before = 0
    for _ in pairs(weak) do before = before + 1 end
    finish()
    collectgarbage()
    local after = 0
    for _, box in pairs(weak) do
      assert(box[1] >= 1 and box[1] <= size)
      after = after + 1
    end
    assert(before == after, part)
  end
end

-- Objects with finalizers: called once each, in the reverse order of their registration, with what they refer to; gone from weak values then,
-- still keys of weak tables.
do
  local order, values, keys, expected = {}, setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "k"}), {}
  local class = {
    __gc = function(object)
      assert(object.payload[1] == object.id and values[object.id] == nil and keys[object] == object.id)
      order[#order + 1] = object.id
    end,
  }
  local kept = {}
  for i = 1, size do
    local object = setmetatable({id = i, payload = {i}}, class)
    values[i], keys[object] = object, i
    if i % 4 == 0 then kept[i] = object end
  end
  for _ = 1, 20 do step() end
  for i = 1, size do
    if kept[i] and i % 8 == 0 then kept[i] = nil end
    if i % 100 == 0 then step() end
  end
  finish()
  finish()
  finish()
  local seen = {}
  for _, id in ipairs(order) do
    assert(not seen[id] and not kept[id])
    seen[id] = true
  end
  local count = 0
  for i = 1, size do
    if kept[i] then
      assert(kept[i].payload[1] == i and values[i] == kept[i])
    else
      count = count + 1
    end
  end
  assert(#order == count)
  kept = nil
  finish()
  finish()
  assert(#order == size)
  for i = count + 2, size do assert(order[i] < order[i - 1]) end
end

-- An object that its finalizer makes reachable again, with a coroutine and a weak table that nobody else had.
do
  local saved
  local function make()
    local object = setmetatable({weak = setmetatable({}, {__mode = "v"}), names = {}}, {__gc = function(self) saved = self end})
    object.weak.dead, object.names.alive = {}, {"alive"}
    object.weak.alive = object.names.alive
    object.thread = coroutine.wrap(function()
      local box = {1}
      while true do
        coroutine.yield(box[1])
        box = {box[1] + 1}
      end
    end)
    object.thread()
  end
  make()
  repeat step() until saved
  finish()
  assert(saved.weak.dead == nil and saved.weak.alive[1] == "alive" and saved.thread() == 2)
end
print("ok")
