-- Random lists through the table library: results, errors and what is left in the list must be stock's, also with
-- metatables, order functions that are none, and elements that are equal but can be told apart.
local Random = dofile("random.lua")
local random = Random.new(66)

local elements = {
  function() return random:range(-5, 20) end,
  function() return random:range(-100, 100) / 4 end,
  function() return random:pick {0.0, -0.0, 1, 1.0, 2, 2.0, 1 / 0, -1 / 0} end,
  function() return random:pick {0 / 0, 1.5, 2.5, 0.5} end,
  function() return random:pick {"", "a", "b", "ab", "a\0b", "A", "zebra crossing", "zebra", "a longer string that is not interned at all"} end,
  function() return ("%08x"):format(random:range(0, 1 << 30)) end,
  function() return random:bits() end,
  function() return random:pick {1, "a", true, 2.5} end,
}

local function random_list()
  local list, element = {}, random:pick(elements)
  local size = random:chance(10) and random:range(20, 300) or random:range(0, 12)
  for i = 1, size do list[i] = element() end
  if random:chance(5) then list[random:range(1, size + 1)] = random:pick(elements)() end
  return list
end

local function show(list, size)
  local texts = {}
  for i = 1, size or #list do texts[i] = tostring(list[i]) end
  return table.concat(texts, " ")
end

local function proxy(list)
  return setmetatable({}, {__index = list, __newindex = function(_, k, v) list[k] = v end, __len = function() return #list end})
end

local comparators = {nil, nil, nil, function(a, b) return a < b end, function(a, b) return a > b end,
  function(a, b) return a <= b end, function(a, b) return tostring(a) < tostring(b) end, function() return true end,
  function() return false end, function(a, b) return a // 1 < b // 1 end}

local function normal(good, message) -- positions and addresses apart
  if good then return good, message end
  -- 5.4.4 blames the first argument of `remove` for a wrong position; later versions, and we, the second
  return good, (tostring(message):gsub("^[^:]*:%d+: ", ""):gsub("#%d (to 'table.remove')", "%1"))
end

for _ = 1, 12000 do
  local list = random_list()
  local size = #list
  local target = random:chance(15) and proxy(list) or random:chance(10) and setmetatable(list, {}) or list
  local kind = random:range(1, 7)
  if kind == 1 then
    local index = random:range(1, 10)
    print("sort", index, show(list, size))
    print(normal(pcall(table.sort, target, comparators[index])))
  elseif kind == 2 then
    print("insert", normal(pcall(table.insert, target, random:range(-1, size + 3), "new")))
    print(normal(pcall(table.insert, target, "last")))
  elseif kind == 3 then
    print("remove", normal(pcall(table.remove, target, random:range(-1, size + 3))))
    print(normal(pcall(table.remove, target)))
  elseif kind == 4 then
    local separator = random:pick {nil, "", ",", ", and then some text that is rather long; ", 7}
    print("concat", normal(pcall(table.concat, target, separator)))
    print(normal(pcall(table.concat, target, separator, random:range(-2, 5), random:range(-2, size + 2))))
  elseif kind == 5 then
    local other = random_list()
    print("move", normal(pcall(function()
      return show(table.move(target, random:range(-1, 4), random:range(-2, size + 2), random:range(-1, size + 3)), size + 6)
    end)))
    print(normal(pcall(function()
      return show(table.move(target, random:range(1, 4), random:range(0, size), random:range(-1, 8), other), 20)
    end)))
  elseif kind == 6 then
    print("unpack", normal(pcall(function() return show(table.pack(table.unpack(target)), size) end)))
    print(normal(pcall(function() return show({table.unpack(target, random:range(-2, 3), random:range(-2, size + 3))}, 5) end)))
  else
    local packed = table.pack(table.unpack(list, 1, size))
    print("pack", packed.n, show(packed, size), select("#", table.unpack(packed, 1, packed.n)))
  end
  print(show(list, size + 4))
end
print("ok")
