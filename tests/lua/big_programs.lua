-- Programs that need much: objects, nested calls, coroutines alive, source text, one table, one string.
local function equal(a, b)
  if a ~= b then error(("%s is not %s"):format(tostring(a), tostring(b)), 2) end
end

do -- ten million objects alive
  local list, functions = nil, {}
  for i = 1, 4000000 do list = {list} end
  for i = 1, 2000000 do functions[i] = function() return i end end -- (each with an upvalue: two objects)
  local strings = {}
  for i = 1, 2000000 do strings[i] = "s" .. i end
  local n = 0
  while list do list = list[1] n = n + 1 end
  equal(n, 4000000)
  for i = 1, 2000000, 9999 do equal(functions[i](), i) equal(strings[i], "s" .. i) end
end
collectgarbage()

do -- 150,000 nested Lua calls
  local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
  equal(depth(150000), 150000)
  -- and through methods, metamethods that are Lua functions, and variadic functions
  local object = {}
  function object:down(n, ...) if n == 0 then return select("#", ...) end return (self:down(n - 1, ...)) end
  equal(object:down(50000, 1, 2, 3), 3)
  equal(pcall(depth, 150000), true)
  -- mutual tail calls have no depth
  local even, odd
  function even(n) if n == 0 then return true end return odd(n - 1) end
  function odd(n) if n == 0 then return false end return even(n - 1) end
  equal(even(1000001), false)
end

do -- 190 nested C calls: through gsub, and through table.sort
  local function through_gsub(n)
    if n == 0 then return "end" end
    return (string.gsub("x", "x", function() return through_gsub(n - 1) end))
  end
  equal(through_gsub(185), "end")
  local good, message = pcall(through_gsub, 100000)
  equal(good, false)
  assert(message:find("C stack overflow", 1, true), message)
  local function through_sort(n)
    if n == 0 then return 0 end
    local inner
    table.sort({1, 2}, function(a, b) inner = inner or through_sort(n - 1) return a < b end)
    return inner + 1
  end
  equal(through_sort(185), 185)
  good, message = pcall(through_sort, 100000)
  equal(good, false)
  assert(message:find("C stack overflow", 1, true), message)
  -- afterwards the full depth is there again
  equal(through_gsub(185), "end")
end

do -- 100,000 coroutines alive
  local threads = {}
  for i = 1, 100000 do
    threads[i] = coroutine.wrap(function(a)
      local b = coroutine.yield(a + i)
      return b * 2
    end)
    equal(threads[i](1), i + 1)
  end
  local sum = 0
  for i = 1, 100000 do sum = sum + threads[i](i) end
  equal(sum, 100000 * 100001)
end
collectgarbage()

do -- coroutines inside one another
  local function nested(n)
    if n == 0 then return 0 end
    return 1 + coroutine.wrap(nested)(n - 1)
  end
  equal(nested(150), 150)
  local good, message = pcall(nested, 1000000)
  equal(good, false)
  assert(message:find("C stack overflow", 1, true) or message:find("stack overflow", 1, true), message)
end

do -- a source with 100,000 lines, and one with many functions, constants and nested tables
  local lines = {"local t = {}"}
  for i = 1, 100000 do lines[#lines + 1] = "t[" .. i .. "] = " .. i .. " * 2" end
  lines[#lines + 1] = "return t"
  local t = assert(load(table.concat(lines, "\n")))()
  equal(#t, 100000)
  equal(t[77777], 155554)
  lines = {"return {"}
  for i = 1, 70000 do lines[#lines + 1] = ("function(a) return a .. 'c%d', %d.5, %q end,"):format(i, i, "key" .. i) end
  lines[#lines + 1] = "}"
  local functions = assert(load(table.concat(lines, "\n")))()
  equal(#functions, 70000)
  local a, b, c = functions[69999]("x")
  equal(a .. b .. c, "xc6999969999.5key69999")
  lines = {"return {"}
  for i = 1, 70000 do lines[#lines + 1] = ("k%d = 'v%d', "):format(i, i) end
  lines[#lines + 1] = "}"
  local record = assert(load(table.concat(lines)))()
  equal(record.k1 .. record.k70000, "v1v70000")
  -- expressions as deep as the compiler goes (200 levels), and as long as one likes
  equal(assert(load("return " .. ("("):rep(180) .. "1" .. (")"):rep(180)))(), 1)
  assert(not load("return " .. ("("):rep(300) .. "1" .. (")"):rep(300)))
  equal(assert(load("return 0" .. (" + 1"):rep(50000)))(), 50000)
  equal(#assert(load("return ''" .. (" .. 'x'"):rep(150)))(), 150)
end

do -- one table with a million integer keys, strings, floats, and all removed again
  local t = {}
  for i = 1, 300000 do
    t[i] = i
    t["k" .. i] = i
    t[i + 0.5] = i
    t[-i] = i
  end
  local n = 0
  for k, v in pairs(t) do n = n + 1 end
  equal(n, 1200000)
  for k in pairs(t) do t[k] = nil end
  equal(next(t), nil)
  equal(#t, 0)
end

do -- long strings: built by concatenation, compared, used as keys
  local s = ("abcdefghij"):rep(1000000)
  equal(#s, 10000000)
  local u = s .. "x"
  local t = {[s] = 1, [u] = 2}
  equal(t[("abcdefghij"):rep(1000000)], 1)
  equal(t[s .. "x"], 2)
  equal(s < u, true)
  equal(u:sub(-3), "ijx")
  local parts = {}
  for i = 1, 200000 do parts[i] = i end
  local joined = table.concat(parts, ",")
  local count = 0
  for _ in joined:gmatch("%d+") do count = count + 1 end
  equal(count, 200000)
end

do -- many arguments, results and varargs
  local list = {}
  for i = 1, 200000 do list[i] = i end
  equal(select("#", table.unpack(list)), 200000)
  equal((select(200000, table.unpack(list))), 200000)
  local function sum(...) local s = 0 for _, v in ipairs {...} do s = s + v end return s end
  equal(sum(table.unpack(list, 1, 150000)), 150000 * 150001 // 2)
  equal(#string.char(table.unpack((function() local t = {} for i = 1, 100000 do t[i] = 65 end return t end)())), 100000)
  equal(math.max(table.unpack(list)), 200000)
  local good, message = pcall(table.unpack, {}, 1, 1e7)
  equal(good, false)
  equal(message, "too many results to unpack")
  good, message = pcall(function() return sum(table.unpack(list, 1, 200000), table.unpack(list, 1, 200000)) end)
  equal(good, true)
end

print "ok"
