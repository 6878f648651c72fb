-- table.sort: orders, hostile inputs, order functions that are none, errors and yields, proxies (manual 6.6).
local check = dofile("support/check.lua")
local report, equal, fails = check.report, check.equal, check.fails
local sort, concat, unpack = table.sort, table.concat, table.unpack
local function sorted(t, less)
  sort(t, less)
  return concat(t, " ")
end
local function in_order(t, less, n)
  less = less or function(a, b) return a < b end
  for i = 2, n or #t do
    if less(t[i], t[i - 1]) then report(("element %d is before element %d"):format(i, i - 1), 2) end
  end
end
local function counted(t)
  local counts = {}
  for _, v in ipairs(t) do counts[v] = (counts[v] or 0) + 1 end
  return counts
end
-- Sorts and checks the order and that no element is lost or added.
local function sort_and_check(t, less)
  local before, n = counted(t), #t
  sort(t, less)
  equal(#t, n)
  in_order(t, less)
  local after = counted(t)
  for k, v in pairs(before) do equal(after[k], v) end
  for k in pairs(after) do assert(before[k]) end
end
-- A generator of its own, so that inputs are the same everywhere and every time.
local state = 12345
local function random(n)
  state = (state * 6364136223846793005 + 1442695040888963407)
  return (state >> 33) % n + 1
end
local function greater(a, b) return a > b end

do -- small ones, by the default order
  assert(select("#", sort {}) == 0)
  equal(sorted {}, "")
  equal(sorted {1}, "1")
  equal(sorted {2, 1}, "1 2")
  equal(sorted {1, 2}, "1 2")
  equal(sorted {3, 1, 2}, "1 2 3")
  equal(sorted {1, 1, 1}, "1 1 1")
  equal(sorted {5, 4, 3, 2, 1}, "1 2 3 4 5")
  equal(sorted {"b", "a", "c"}, "a b c")
  equal(sorted {"b", "B", "", "a", "ab", "A", "10", "9"}, " 10 9 A B a ab b")
  equal(sorted {"a\0b", "a", "a\0a", "a\0"}, "a a\0 a\0a a\0b")
  equal(sorted {3, 1.5, -2, 2.5, math.mininteger, math.maxinteger, -1 / 0, 1 / 0},
    ("-inf %d -2 1.5 2.5 3 %d inf"):format(math.mininteger, math.maxinteger))
  equal(sorted {math.maxinteger, 2.0 ^ 63, math.maxinteger - 1, 2.0 ^ 62},
    ("4.6116860184274e+18 %d %d 9.2233720368548e+18"):format(math.maxinteger - 1, math.maxinteger))
  equal(sorted({1, 3, 2}, greater), "3 2 1")
  equal(sorted({1, 3, 2}, nil), "1 2 3")
  local t = {3, 1, 2, n = "n", [0] = 9, [5] = 0}
  t[5] = nil
  sort(t)
  assert(t.n == "n" and t[0] == 9 and concat(t, " ") == "1 2 3")
end

do -- all permutations of up to 6 elements, also with equal ones
  local function permute(t, n, visit)
    if n == 0 then return visit(t) end
    for i = 1, n do
      t[i], t[n] = t[n], t[i]
      permute(t, n - 1, visit)
      t[i], t[n] = t[n], t[i]
    end
  end
  for _, elements in ipairs {{1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 4}, {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5, 6}, {1, 1, 2, 2, 3,
    3},
                             {1, 1, 1, 2, 2, 2}, {1, 2, 2, 2, 2, 3}} do
    local up = concat(elements, " ")
    local down = concat(table.move(elements, 1, #elements, 1, {}), " "):reverse()
    permute(elements, #elements, function(t)
      equal(sorted {unpack(t)}, up)
      equal(sorted({unpack(t)}, greater), down)
    end)
  end
end

do -- many sizes, many shapes
  local shapes = {
    up = function(i) return i end,
    down = function(i, n) return n - i end,
    equal = function() return 7 end,
    random = function(_, n) return random(n * 10) end,
    few = function() return random(3) end,
    two = function(i) return i % 2 end,
    organ_pipe = function(i, n) return i <= n // 2 and i or n - i end,
    valley = function(i, n) return math.abs(n // 2 - i) end,
    sawtooth = function(i) return i % 10 end,
    last_first = function(i, n) return i == n and 0 or i end,
    first_last = function(i, n) return i == 1 and n + 1 or i end,
    alternating = function(i, n) return i % 2 == 0 and i or n * 2 - i end,
    bits = function(i) return i ~ (i >> 1) end,
    floats = function(i) return i * 0.37 % 1 end,
    negative = function(i, n) return -random(n) + i % 5 end,
  }
  for _, n in ipairs {2, 3, 4, 5, 7, 10, 20, 33, 64, 99, 100, 101, 102, 127, 200, 500, 1000, 3000} do
    for _, shape in pairs(shapes) do
      local t, reversed = {}, {}
      for i = 1, n do
        t[i] = shape(i, n)
        reversed[n + 1 - i] = t[i]
      end
      sort_and_check(t)
      sort_and_check(reversed, greater)
    end
  end
end

do -- an input made while it is sorted, against quicksort (M. McIlroy, "A killer adversary for quicksort", 1999)
  local n = 2000
  local values, gas, solid, candidate, comparisons = {}, math.huge, 0, 0, 0
  local t = {}
  for i = 1, n do t[i], values[i] = i, gas end
  local function freeze(i)
    solid = solid + 1
    values[i] = solid
  end
  sort(t, function(a, b)
    comparisons = comparisons + 1
    if values[a] == gas and values[b] == gas then freeze(a == candidate and a or b) end
    if values[a] == gas then candidate = a elseif values[b] == gas then candidate = b end
    return values[a] < values[b]
  end)
  in_order(t, function(a, b) return values[a] < values[b] end)
  assert(comparisons < n * n / 2)
  -- the same values once more: the input is fixed now
  local killer, count = {}, 0
  for i = 1, n do killer[i] = values[i] end
  sort(killer, function(a, b)
    count = count + 1
    return a < b
  end)
  in_order(killer)
  assert(count < n * n / 2)
end

do -- large, and how many comparisons that takes
  local n = 50000
  for name, shape in pairs {random = function() return random(1 << 30) end, up = function(i) return i end,
                            down = function(i) return -i end, equal = function() return 1 end} do
    local t, comparisons = {}, 0
    for i = 1, n do t[i] = shape(i) end
    sort(t, function(a, b)
      comparisons = comparisons + 1
      return a < b
    end)
    in_order(t)
    if comparisons > 3 * n * 16 then error(name .. ": " .. comparisons .. " comparisons") end
  end
  local words = {}
  for i = 1, 5000 do words[i] = ("%x"):format(random(1 << 30)):rep(random(5)) end
  sort_and_check(words)
  sort_and_check(words, greater)
end

do -- order functions: any value is a truth value; missing results are false
  equal(sorted({3, 1, 2}, function(a, b) return a < b and 0 end), "1 2 3")
  equal(sorted({3, 1, 2}, function(a, b) if a < b then return "yes", false end end), "1 2 3")
  equal(sorted({1, 2, 3}, function() end), sorted({1, 2, 3}, function() return false end))
  equal(sorted({"b", "A", "c"}, function(a, b) return a:lower() < b:lower() end), "A b c")
  equal(sorted({2, 10, 1}, function(a, b) return tostring(a) < tostring(b) end), "1 10 2")
  equal(sorted({2, "10", 1}, function(a, b) return tonumber(a) < tonumber(b) end), "1 2 10")
  sort({3, 1, 2}, function(...) equal(select("#", ...), 2) return (...) < select(2, ...) end)
  local records = {}
  for i = 1, 200 do records[i] = {key = random(20), place = i} end
  sort(records, function(a, b)
    if a.key ~= b.key then return a.key < b.key end
    return a.place < b.place
  end)
  for i = 2, #records do
    local a, b = records[i - 1], records[i]
    assert(a.key < b.key or a.key == b.key and a.place < b.place)
  end
  -- not called with less than two elements
  sort({1}, error)
  sort({}, error)
  -- a C function
  equal(sorted({1, 3, 2}, math.ult), "1 2 3")
  equal(sorted({-1, 3, 2}, math.ult), "2 3 -1")
  -- sorting within an order function
  local inner = 0
  equal(sorted({3, 1, 2}, function(a, b)
    inner = inner + 1
    return concat {sorted {a, b}} == concat {a, " ", b} and a < b
  end), "1 2 3")
  assert(inner > 0)
end

do -- the sequence of comparisons is that of stock Lua
  local function trace(t)
    local list = {}
    sort(t, function(a, b)
      list[#list + 1] = a .. b
      return a < b
    end)
    return concat(list, " ")
  end
  equal(trace {2, 1}, "12")
  equal(trace {1, 2, 3}, "31 21 32")
  equal(trace {3, 2, 1}, "13 21 32")
  equal(trace {4, 3, 2, 1}, "14 31 43 23 33 32 21")
end

do -- stability is not promised, but equal elements stay together
  local t = {}
  for i = 1, 150 do t[i] = {i % 7, i} end
  sort(t, function(a, b) return a[1] < b[1] end)
  for i = 2, 150 do assert(t[i - 1][1] <= t[i][1]) end
end

do -- order functions that contradict themselves: an error or any order, but all elements stay
  local function survives(n, less)
    local t = {}
    for i = 1, n do t[i] = i end
    local good, message = pcall(sort, t, less)
    if not good then assert(message:find("invalid order function for sorting", 1, true), message) end
    equal(#t, n)
    if good then
      local seen = {}
      for i = 1, n do
        assert(not seen[t[i]])
        seen[t[i]] = true
      end
    end
    return good
  end
  for _, n in ipairs {2, 3, 4, 5, 10, 50, 99, 100, 101, 150, 500} do
    survives(n, function() return true end)
    survives(n, function() return false end)
    survives(n, function(a, b) return a <= b end)
    survives(n, function(a, b) return a ~= b end)
    survives(n, function() return random(2) == 1 end)
    survives(n, function(a, b) return (a - b) % 3 == 1 end)
    local flip = false
    survives(n, function() flip = not flip return flip end)
    local calls = 0
    survives(n, function(a, b) calls = calls + 1 return calls > n or a < b end)
  end
  assert(not survives(4, function() return true end))
  fails("invalid order function for sorting", sort, {1, 2, 3, 4}, function() return true end)
  fails("invalid order function for sorting", sort, {4, 3, 2, 1, 5, 6, 7}, function() return 1 end)
  local not_numbers = {}
  for i = 1, 200 do not_numbers[i] = i % 3 == 0 and 0 / 0 or i end
  local good, message = pcall(sort, not_numbers)
  assert(good or message:find("invalid order function for sorting", 1, true) or message:find("compare"))
  equal(#not_numbers, 200)
end

do -- errors
  fails("attempt to compare number with string", sort, {"a", 1})
  fails("attempt to compare string with number", sort, {1, "a"})
  fails("attempt to compare two table values", sort, {{}, {}})
  fails("attempt to compare two boolean values", sort, {true, false})
  fails("attempt to compare nil with number", sort, {1, nil, 3})
  fails("attempt to compare two nil values", sort, setmetatable({}, {__len = function() return 2 end}))
  fails("bad argument #1 to 'table.sort' (table expected, got no value)", sort)
  fails("bad argument #1 to 'table.sort' (table expected, got nil)", sort, nil)
  fails("bad argument #1 to 'table.sort' (table expected, got string)", sort, "abc")
  fails("bad argument #2 to 'table.sort' (function expected, got table)", sort, {1, 2}, {})
  fails("bad argument #2 to 'table.sort' (function expected, got boolean)", sort, {1, 2}, true)
  fails("bad argument #2 to 'table.sort' (function expected, got table)", sort, {1, 2},
    setmetatable({}, {__call = function() end}))
  -- with less than two elements nothing is looked at
  sort({1}, 42)
  sort({}, "x")
  local function of_length(n) return setmetatable({}, {__len = function() return n end}) end
  fails("bad argument #1 to 'table.sort' (array too big)", sort, of_length(math.maxinteger))
  fails("bad argument #1 to 'table.sort' (array too big)", sort, of_length(2 ^ 31))
  fails("bad argument #1 to 'table.sort' (array too big)", sort, of_length(2 ^ 31 - 1))
  fails("stop", sort, setmetatable({}, {__len = function() return 2 ^ 31 - 2 end, __index = function() error("stop",
    0) end}))
  sort(of_length(-1))
  sort(of_length(math.mininteger))
  sort(of_length(1))
  fails("object length is not an integer", sort, of_length("x"))
  -- an error in the order function ends the sorting; the elements are all there
  local t = {5, 3, 4, 1, 2}
  local calls = 0
  fails("enough", sort, t, function(a, b)
    calls = calls + 1
    if calls == 5 then error("enough", 0) end
    return a < b
  end)
  local marker = {}
  local good, value = pcall(sort, {1, 2}, function() error(marker) end)
  assert(not good and value == marker)
  -- the function is named in the error of a comparison
  good, value = pcall(function() sort {1, {}} end)
  assert(not good and value:find("attempt to compare table with number", 1, true) or
         value:find("attempt to compare number with table", 1, true))
end

do -- yields are refused
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function()
    sort({1, 2, 3}, function(a, b) coroutine.yield() return a < b end)
  end))
  local element = {__lt = function() coroutine.yield() return true end}
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function()
    sort {setmetatable({}, element), setmetatable({}, element)}
  end))
  -- but a coroutine may run inside
  equal(sorted({3, 1, 2}, coroutine.wrap(function(a, b)
    while true do a, b = coroutine.yield(a < b) end
  end)), "1 2 3")
  -- and the sort in a coroutine
  local co = coroutine.wrap(function(t)
    sort(t)
    coroutine.yield(concat(t))
    sort(t, greater)
    return concat(t)
  end)
  equal(co {2, 3, 1}, "123")
  equal(co(), "321")
end

do -- elements with metamethods
  local meta = {__lt = function(a, b) return a.v < b.v end, __le = error}
  local t = {}
  for i = 1, 100 do t[i] = setmetatable({v = random(50)}, meta) end
  sort(t)
  for i = 2, #t do assert(t[i - 1].v <= t[i].v) end
  -- numbers among them
  local mixed = {__lt = function(a, b)
    return (type(a) == "table" and a.v or a) < (type(b) == "table" and b.v or b)
  end}
  t = {}
  for i = 1, 60 do t[i] = setmetatable({v = random(50)}, mixed) end
  for i = 61, 61 do t[i] = 25 end
  sort(t)
  for i = 2, #t do
    local a, b = t[i - 1], t[i]
    assert((type(a) == "table" and a.v or a) <= (type(b) == "table" and b.v or b))
  end
end

do -- proxies: elements are read and written through the metamethods
  local data, reads, writes = {5, 2, 4, 1, 3}, 0, 0
  local p = setmetatable({}, {
    __len = function() return #data end,
    __index = function(_, k) reads = reads + 1 return data[k] end,
    __newindex = function(_, k, v) writes = writes + 1 data[k] = v end})
  sort(p)
  equal(concat(data, " "), "1 2 3 4 5")
  assert(reads > 0 and writes > 0 and next(p) == nil)
  sort(p, greater)
  equal(concat(data, " "), "5 4 3 2 1")
  fails("frozen", sort, setmetatable({}, {__len = function() return 2 end, __index = function(_, k) return -k end,
    __newindex = function() error("frozen", 0) end}))
  -- a part of a table, by __len
  local part = setmetatable({5, 4, 3, 2, 1}, {__len = function() return 3 end})
  sort(part)
  equal(concat({unpack(part, 1, 5)}, " "), "3 4 5 2 1")
end

do -- order functions that change the table
  local function scramble(n, change)
    local t = {}
    for i = 1, n do t[i] = n - i end
    local calls = 0
    local good, message = pcall(sort, t, function(a, b)
      calls = calls + 1
      if calls % 3 == 0 then change(t, calls) end
      return (a or 0) < (b or 0)
    end)
    assert(good or type(message) == "string")
  end
  for _, n in ipairs {3, 5, 20, 100, 150} do
    scramble(n, function(t) t[#t] = nil end)
    scramble(n, function(t) t[#t + 1] = 1 end)
    scramble(n, function(t) for k in pairs(t) do t[k] = nil end end)
    scramble(n, function(t) for i = 1, 2 * n do t[i] = i end end)
    scramble(n, function(t) t[random(n)] = random(n) end)
    scramble(n, function(t, calls) t["k" .. calls] = calls end)
    scramble(n, function(t) sort(t, greater) end)
    scramble(n, function(t) t[1] = nil collectgarbage("step") end)
    scramble(n, function(t) setmetatable(t, {__index = function() return 5 end, __newindex = function() end}) end)
  end
  fails("attempt to compare nil with number", function()
    local t = {4, 3, 2, 1}
    sort(t, function(a, b)
      for i = 1, 4 do t[i] = nil end
      return a < b
    end)
  end)
end

do -- collections in between do not lose elements
  local t = {}
  for i = 1, 300 do t[i] = {random(1000)} end
  sort(t, function(a, b)
    if random(20) == 1 then collectgarbage() end
    return a[1] < b[1]
  end)
  for i = 2, 300 do assert(t[i - 1][1] <= t[i][1]) end
  local strings = {}
  for i = 1, 300 do strings[i] = ("%05d"):format(random(99999)) end
  sort(strings, function(a, b)
    local x, y = a .. "", b .. ""
    if random(30) == 1 then collectgarbage() end
    return x < y
  end)
  in_order(strings)
end

do -- strings are compared by the locale
  local old = os.setlocale(nil, "collate")
  for _, locale in ipairs {"C", "C.UTF-8", "POSIX"} do
    if os.setlocale(locale, "collate") then
      equal(sorted {"b", "a", "B", "A", "é", "z"}, "A B a b z é")
      equal(sorted {"a\0b", "a\0B", "a"}, "a a\0B a\0b")
    end
  end
  os.setlocale(old, "collate")
end

do -- depth: many sorts inside each other
  local depth = 0
  local function nest(a, b)
    depth = depth + 1
    if depth < 50 then sort({1, 2}, nest) end
    return a < b
  end
  equal(sorted({2, 1}, nest), "1 2")
  fails("stack overflow", function()
    local function endless() sort({1, 2}, endless) end
    local good, message = pcall(endless)
    assert(not good)
    error(message:find("C stack overflow", 1, true) and "stack overflow" or message, 0)
  end)
end

print("ok")
