-- Large tables are marked in slices while the program changes them: nothing that is stored may be lost, whatever moves meanwhile.
local function check(table, model, what)
  local count = 0
  for key, value in pairs(model) do
    local box = table[key]
    assert(box and box[1] == value, what)
    count = count + 1
  end
  local found = 0
  for _ in pairs(table) do found = found + 1 end
  assert(found == count, what)
end

-- Values are fresh tables that nothing else refers to; the model has their numbers.
local function torture(what, seed, change)
  math.randomseed(seed)
  local table, model, n = {}, {}, 0
  local function put(key)
    n = n + 1
    table[key], model[key] = {n}, n
  end
  local function drop(key) table[key], model[key] = nil, nil end
  for i = 1, 4500 do put(i) end
  for i = 1, 3000 do put("field " .. i) end
  for _ = 1, 6 do
    for _ = 1, 250 do
      change(table, model, put, drop)
      collectgarbage("step", 1)
    end
    check(table, model, what)
  end
  collectgarbage()
  check(table, model, what)
end

collectgarbage("incremental", 100, 8, 6)

torture("replacing", 1, function(_, _, put)
  put(math.random(4500))
  put("field " .. math.random(3000))
end)

torture("new and removed fields", 2, function(_, _, put, drop)
  drop("field " .. math.random(3000))
  put("field " .. math.random(3000))
  put("new " .. math.random(1000))
  put(math.random(1 << 20) + 0.5)
end)

torture("growing", 3, function(table, _, put)
  for _ = 1, 8 do put(#table + 1) end
end)

torture("elements move down and up", 4, function(list, model)
  for _ = 1, 3 do
    local position = math.random(#list - 1)
    table.remove(list, position)
    table.remove(model, position)
  end
  for _ = 1, 3 do
    local position = math.random(#list)
    model.count = (model.count or 1 << 30) + 1
    local number = model.count
    model.count = nil
    table.insert(list, position, {number})
    table.insert(model, position, number)
  end
end)

torture("swapping", 5, function(table, model)
  for _ = 1, 4 do
    local a, b = math.random(4500), math.random(4500)
    table[a], table[b] = table[b], table[a]
    model[a], model[b] = model[b], model[a]
  end
end)

torture("modes change", 6, function(_, _, put, drop)
  put(math.random(4500))
  drop("field " .. math.random(3000))
  if math.random(40) == 1 then
    collectgarbage("generational")
    put(math.random(4500))
    collectgarbage("incremental")
  end
end)

-- Sorting in place permutes what the slices have seen.
do
  local words = {}
  for i = 1, 20000 do words[i] = ("w%06d"):format(i * 7919 % 20000) end
  for _ = 1, 5 do
    for i = 1, 2000 do words[i * 7] = ("v%06d"):format(i) end
    collectgarbage("step", 1)
    table.sort(words)
    for _ = 1, 20 do collectgarbage("step", 1) end
  end
  collectgarbage()
  for i = 2, #words do assert(words[i - 1] <= words[i]) end
end

collectgarbage("incremental", 200, 100, 13)
print "ok"
