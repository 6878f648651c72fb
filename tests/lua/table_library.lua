-- The table library except sorting: every function, proxies with metamethods, borders of integers, errors (manual 6.6).
local check = dofile("support/check.lua")
local equal, fails, stock = check.equal, check.fails, check.stock
local MIN, MAX = math.mininteger, math.maxinteger
local unpack, concat = table.unpack, table.concat
-- The elements first..last (default: all) as text, "-" for nil.
local function text(t, first, last)
  local list = {}
  for i = first or 1, last or #t do list[#list + 1] = t[i] == nil and "-" or tostring(t[i]) end
  return concat(list, " ")
end
-- A table that is only reached through metamethods; `log` gets a line per access.
local function proxy(t, log)
  log = log or {}
  return setmetatable({}, {
    __index = function(_, k) log[#log + 1] = "get " .. tostring(k) return t[k] end,
    __newindex = function(_, k, v) log[#log + 1] = "set " .. tostring(k) t[k] = v end,
    __len = function() log[#log + 1] = "len" return #t end}), log
end

do -- concat
  equal(concat {}, "")
  equal(concat({}, "x"), "")
  equal(concat {"a"}, "a")
  equal(concat({"a"}, "x"), "a")
  equal(concat {"a", "b", "c"}, "abc")
  equal(concat({"a", "b", "c"}, ", "), "a, b, c")
  equal(concat({1, 2.5, -0.0, 1e100, MIN}, " "), "1 2.5 -0.0 1e+100 " .. MIN)
  equal(concat({1, 2, 3}, 0), "10203")
  equal(concat({"a", "b", "c"}, ",", 2), "b,c")
  equal(concat({"a", "b", "c"}, ",", 2, 2), "b")
  equal(concat({"a", "b", "c"}, ",", 3, 2), "")
  equal(concat({"a", "b", "c"}, ",", 1, 0), "")
  equal(concat({"a", "b", "c"}, nil, nil, 2), "ab")
  equal(concat({"a", "b", "c"}, ",", "2", 3.0), "b,c")
  equal(concat({[0] = "z", "a", [-1] = "y"}, ",", -1, 1), "y,z,a")
  equal(concat({[MAX] = "last"}, ",", MAX, MAX), "last")
  equal(concat({[MAX] = "last", [MAX - 1] = "before"}, ",", MAX - 1, MAX), "before,last")
  equal(concat({[MIN] = "first", [MIN + 1] = "second"}, "-", MIN, MIN + 1), "first-second")
  equal(concat({}, ",", MAX, MIN), "")
  equal(concat({"\0", "a\0b"}, "\0"), "\0\0a\0b")
  local long = {}
  for i = 1, 5000 do long[i] = ("%04d"):format(i) end
  equal(#concat(long, ", "), 5000 * 6 - 2)
  equal(concat(long, "", 4998), "499849995000")
  equal(#concat({("x"):rep(100000), ("y"):rep(100000)}, ("z"):rep(100000)), 300000)
  local p, log = proxy {"a", "b", "c"}
  equal(concat(p, "+"), "a+b+c")
  equal(concat(log, ","), "len,get 1,get 2,get 3")
  equal(concat(setmetatable({}, {__index = function(_, k) return k * 2 end, __len = function() return 4 end}), " "),
    "2 4 6 8")
  equal(concat(setmetatable({"a", "b"}, {__len = function() return "1" end})), "a")
end

do -- concat: errors. What is not a string or number is named by its place.
  local function at(type, index)
    return ("invalid value (%s) at index %s in table for 'concat'"):format(type, index)
  end
  fails(at("table", 1), concat, {{}})
  fails(at("boolean", 2), concat, {"a", true, "c"})
  fails(at("function", 3), concat, {"a", "b", print})
  fails(at("nil", 4), concat, {1, 2, 3}, ",", 1, 4)
  fails(at("nil", 0), concat, {1, 2, 3}, ",", 0)
  fails(at("nil", MAX), concat, {}, "x", MAX, MAX)
  fails(at("nil", MIN), concat, {}, "x", MIN, MAX)
  fails(at("nil", 1), concat, setmetatable({}, {__len = function() return 1 end}))
  fails(at("table", 1), concat, {setmetatable({}, {__tostring = function() return "x" end, __name = "N"})})
  fails("bad argument #1 to 'table.concat' (table expected, got no value)", concat)
  fails("bad argument #1 to 'table.concat' (table expected, got nil)", concat, nil)
  fails("bad argument #1 to 'table.concat' (table expected, got string)", concat, "abc")
  fails("bad argument #1 to 'table.concat' (table expected, got number)", concat, 3)
  fails("bad argument #2 to 'table.concat' (string expected, got table)", concat, {}, {})
  fails("bad argument #2 to 'table.concat' (string expected, got boolean)", concat, {}, true)
  fails("bad argument #3 to 'table.concat' (number expected, got string)", concat, {}, "", "x")
  fails("bad argument #3 to 'table.concat' (number has no integer representation)", concat, {}, "", 1.5)
  fails("bad argument #4 to 'table.concat' (number expected, got table)", concat, {}, "", 1, {})
  fails("object length is not an integer", concat, setmetatable({}, {__len = function() return "x" end}))
  fails("object length is not an integer", concat, setmetatable({}, {__len = function() return 1.5 end}))
  fails("object length is not an integer", concat, setmetatable({}, {__len = function() end}))
  fails("in len", concat, setmetatable({}, {__len = function() error("in len", 0) end}))
  fails("in get", concat, setmetatable({}, {__len = function() return 1 end, __index = function() error("in get",
    0) end}))
end

do -- insert
  local t = {}
  assert(select("#", table.insert(t, "a")) == 0)
  table.insert(t, "c")
  table.insert(t, 2, "b")
  table.insert(t, 1, "z")
  table.insert(t, #t + 1, "d")
  equal(text(t), "z a b c d")
  table.insert(t, "2", "two")
  table.insert(t, 3.0, "three")
  equal(text(t), "z two three a b c d")
  t = {}
  table.insert(t, 1, "first")
  equal(text(t), "first")
  t = {1, 2, 3}
  table.insert(t, nil)
  equal(#t, 3)
  table.insert(t, 2, nil)
  equal(text(t, 1, 4), "1 - 2 3")
  t = {}
  for i = 1, 300 do table.insert(t, 1, i) end
  for i = 1, 300 do equal(t[i], 301 - i) end
  t = {n = 0, [0] = "zero", "a"}
  table.insert(t, 1, "b")
  assert(t[0] == "zero" and t[1] == "b" and t[2] == "a" and t.n == 0)
  -- lengths given by __len
  t = setmetatable({}, {__len = function() return -3 end})
  table.insert(t, "x")
  equal(t[-2], "x")
  t = setmetatable({}, {__len = function() return MAX end})
  table.insert(t, "wrapped")
  equal(t[MIN], "wrapped")
  table.insert(t, MAX, "moved")
  assert(t[MAX] == "moved" and t[MIN] == "wrapped")
  t = setmetatable({}, {__len = function() return MIN end})
  table.insert(t, 7)
  equal(t[MIN + 1], 7)
  fails("wrong number of arguments to 'insert'", table.insert, {}, 1, 2, 3)
  fails("wrong number of arguments to 'insert'", table.insert, {}, nil, nil, nil)
  fails("wrong number of arguments to 'insert'", table.insert, {})
  fails("bad argument #2 to 'table.insert' (position out of bounds)", table.insert, {}, 0, "x")
  fails("bad argument #2 to 'table.insert' (position out of bounds)", table.insert, {}, 2, "x")
  fails("bad argument #2 to 'table.insert' (position out of bounds)", table.insert, {1, 2, 3}, 5, "x")
  fails("bad argument #2 to 'table.insert' (position out of bounds)", table.insert, {1, 2, 3}, -1, "x")
  fails("bad argument #2 to 'table.insert' (position out of bounds)", table.insert, {1, 2, 3}, MIN, "x")
  fails("bad argument #2 to 'table.insert' (position out of bounds)", table.insert, {1, 2, 3}, MAX, "x")
  fails("bad argument #2 to 'table.insert' (number has no integer representation)", table.insert, {}, 1.5, "x")
  fails("bad argument #2 to 'table.insert' (number expected, got string)", table.insert, {}, "a", "x")
  fails("bad argument #2 to 'table.insert' (number expected, got nil)", table.insert, {}, nil, "x")
  fails("bad argument #1 to 'table.insert' (table expected, got no value)", table.insert)
  fails("bad argument #1 to 'table.insert' (table expected, got nil)", table.insert, nil, 1)
  fails("bad argument #1 to 'table.insert' (table expected, got number)", table.insert, 1, 2)
  fails("object length is not an integer", table.insert, setmetatable({}, {__len = function() return {} end}), 1)
end

do -- remove
  local t = {"a", "b", "c", "d"}
  equal(table.remove(t), "d")
  equal(table.remove(t, 1), "a")
  equal(table.remove(t, 2), "c")
  equal(text(t), "b")
  equal(table.remove(t, 2), nil)
  equal(select("#", table.remove(t, 2)), 1)
  equal(table.remove(t, "1"), "b")
  equal(#t, 0)
  equal(table.remove(t), nil)
  equal(select("#", table.remove(t)), 1)
  equal(table.remove(t, 0), nil)
  equal(table.remove(t, 1), nil)
  equal(table.remove({}, #{}), nil)
  -- with a length of 0, places 0 and 1 are valid, and the value there goes
  t = {[0] = "zero"}
  equal(table.remove(t), "zero")
  equal(t[0], nil)
  t = {[0] = "zero", "one"}
  equal(table.remove(t), "one")
  equal(table.remove(t, 0), "zero")
  equal(next(t), nil)
  -- place #t + 1
  t = setmetatable({1, 2, 3, 4, 5}, {__len = function() return 3 end})
  equal(table.remove(t, 4), 4)
  equal(text(t, 1, 5), "1 2 3 - 5")
  equal(table.remove(t), 3)
  equal(text(t, 1, 5), "1 2 - - 5")
  t = {1, 2, 3, 4, 5}
  equal(table.remove(t, #t + 1), nil)
  equal(text(t), "1 2 3 4 5")
  for i = 1, 5 do equal(table.remove(t, 1), i) end
  equal(#t, 0)
  t = {}
  for i = 1, 300 do t[i] = i end
  for i = 300, 1, -1 do equal(table.remove(t), i) end
  -- lengths given by __len
  t = setmetatable({[-5] = "minus"}, {__len = function() return -5 end})
  equal(table.remove(t), "minus")
  equal(next(t), nil)
  t = setmetatable({[MAX] = "end", [MAX - 1] = "before"}, {__len = function() return MAX end})
  equal(table.remove(t, MAX - 1), "before")
  assert(t[MAX - 1] == "end" and t[MAX] == nil)
  t = setmetatable({[MAX] = "end"}, {__len = function() return MAX end})
  equal(table.remove(t), "end")
  equal(next(t), nil)
  -- 5.4.4 blames the first argument
  local out_of_bounds = ("bad argument #%d to 'table.remove' (position out of bounds)"):format(stock and 1 or 2)
  fails(out_of_bounds, table.remove, {}, 2)
  fails(out_of_bounds, table.remove, {}, -1)
  fails(out_of_bounds, table.remove, {1, 2, 3}, 0)
  fails(out_of_bounds, table.remove, {1, 2, 3}, 5)
  fails(out_of_bounds, table.remove, {1, 2, 3}, MIN)
  fails(out_of_bounds, table.remove, {1, 2, 3}, MAX)
  fails("bad argument #2 to 'table.remove' (number expected, got string)", table.remove, {}, "x")
  fails("bad argument #2 to 'table.remove' (number has no integer representation)", table.remove, {}, 0.5)
  fails("bad argument #1 to 'table.remove' (table expected, got no value)", table.remove)
  fails("bad argument #1 to 'table.remove' (table expected, got string)", table.remove, "abc", 1)
end

do -- insert and remove through metamethods
  local t = {"a", "b", "c"}
  local p, log = proxy(t)
  table.insert(p, 2, "x")
  equal(text(t), "a x b c")
  equal(concat(log, ","), "len,get 3,set 4,get 2,set 3,set 2")
  p, log = proxy(t)
  equal(table.remove(p, 1), "a")
  equal(text(t), "x b c")
  equal(concat(log, ","), "len,get 1,get 2,set 1,get 3,set 2,get 4,set 3,set 4")
  p, log = proxy(t)
  table.insert(p, "y")
  equal(concat(log, ","), "len,set 4")
  p, log = proxy(t)
  equal(table.remove(p), "y")
  equal(concat(log, ","), "len,get 4,set 4")
  p, log = proxy(t)
  equal(table.remove(p, 4), nil)
  equal(concat(log, ","), "len,get 4,set 4")
end

do -- what is no table is accepted with the metamethods that the function needs
  local userdata = io.stdout
  local meta = debug.getmetatable(userdata)
  fails("bad argument #1 to 'table.insert' (table expected, got FILE*)", table.insert, userdata, 1)
  local string_meta = debug.getmetatable("")
  local old_len, old_newindex, old_index = string_meta.__len, string_meta.__newindex, string_meta.__index
  string_meta.__len = function(s) return rawlen(s) end
  fails("bad argument #1 to 'table.insert' (table expected, got string)", table.insert, "abc", 1)
  string_meta.__index = function(s, k) return math.type(k) and s:byte(k) or string[k] end
  equal(concat("abc", ","), "97,98,99")
  equal(concat({unpack("abc")}, ","), "97,98,99")
  equal(text(table.move("abc", 1, 3, 1, {})), "97 98 99")
  local written = {}
  fails("bad argument #1 to 'table.remove' (table expected, got string)", table.remove, "abc")
  string_meta.__newindex = function(_, k, v) written[k] = v or "nil" end
  equal(table.remove("abc", 2), 98)
  equal(text(written, 1, 3), "- 99 nil")
  string_meta.__len, string_meta.__newindex, string_meta.__index = old_len, old_newindex, old_index
  assert(meta and ("x"):rep(2) == "xx")
  -- the fields are looked up raw, and any value counts
  debug.setmetatable(10, {__index = function(_, k) return k end, __len = function(n) return n end})
  equal(concat(5, " "), "1 2 3 4 5")
  fails("bad argument #1 to 'table.insert' (table expected, got number)", table.insert, 5, 1)
  debug.setmetatable(10, nil)
  fails("bad argument #1 to 'table.concat' (table expected, got number)", concat, 5)
  debug.setmetatable(10, setmetatable({}, {__index = {__index = print, __len = print}}))
  fails("bad argument #1 to 'table.concat' (table expected, got number)", concat, 5)
  debug.setmetatable(10, nil)
  debug.setmetatable(nil, {__index = function() return "n" end, __len = false})
  fails("attempt to call a boolean value", concat, nil)
  debug.setmetatable(nil, nil)
end

do -- move
  local t = {1, 2, 3, 4, 5}
  assert(table.move(t, 1, 3, 3) == t)
  equal(text(t), "1 2 1 2 3")
  t = {1, 2, 3, 4, 5}
  table.move(t, 3, 5, 1)
  equal(text(t), "3 4 5 4 5")
  t = {1, 2, 3, 4, 5}
  table.move(t, 1, 5, 1)
  equal(text(t), "1 2 3 4 5")
  table.move(t, 1, 5, 2)
  equal(text(t), "1 1 2 3 4 5")
  table.move(t, 2, 6, 1)
  equal(text(t), "1 2 3 4 5 5")
  table.move(t, 1, 3, 10)
  equal(text(t, 7, 12), "- - - 1 2 3")
  table.move(t, 1, 0, 100)
  equal(t[100], nil)
  t = {1, 2, 3}
  local other = {}
  assert(table.move(t, 1, 3, 1, other) == other)
  equal(text(other), "1 2 3")
  assert(table.move(t, 1, 3, 2, other) == other)
  equal(text(other), "1 1 2 3")
  assert(table.move(t, 2, 3, 1, nil) == t)
  equal(text(t), "2 3 3")
  t = {1, 2, 3}
  table.move(t, 1, 3, 2, t)
  equal(text(t), "1 1 2 3")
  t = {10, nil, 30}
  table.move(t, 1, 3, 2)
  equal(text(t, 1, 4), "10 10 - 30")
  t = table.move({1, 2, 3}, -1, 1, 5, {})
  equal(text(t, 5, 7), "- - 1")
  t = table.move({"a", "b"}, "1", 2.0, "3", {})
  equal(text(t, 1, 4), "- - a b")
  assert(table.move({1}, 1, 1, MAX, {})[MAX] == 1)
  assert(table.move({1}, 1, 1, MIN, {})[MIN] == 1)
  t = table.move({[MAX] = 1, [MAX - 1] = 2}, MAX - 1, MAX, MIN, {})
  assert(t[MIN] == 2 and t[MIN + 1] == 1)
  t = table.move({[MIN] = 1, [MIN + 1] = 2}, MIN, MIN + 1, MAX - 1, {})
  assert(t[MAX - 1] == 1 and t[MAX] == 2)
  t = {[MAX - 2] = 1, [MAX - 1] = 2, [MAX] = 3}
  table.move(t, MAX - 2, MAX, MAX - 2)
  assert(t[MAX] == 3 and t[MAX - 2] == 1)
  table.move(t, MAX - 2, MAX - 1, MAX - 1)
  assert(t[MAX - 1] == 1 and t[MAX] == 2)
  t = {}
  assert(table.move(t, 1, MIN, MAX) == t and table.move(t, MAX, MIN, 1) == t and next(t) == nil)
end

do -- move: the order of accesses, also in tables that are equal by __eq
  local t = {1, 2, 3}
  local p, log = proxy(t)
  table.move(p, 1, 3, 2)
  equal(concat(log, ","), "get 3,set 4,get 2,set 3,get 1,set 2")
  p, log = proxy(t)
  table.move(p, 2, 4, 1)
  equal(concat(log, ","), "get 2,set 1,get 3,set 2,get 4,set 3")
  p, log = proxy(t)
  table.move(p, 1, 3, 5)
  equal(concat(log, ","), "get 1,set 5,get 2,set 6,get 3,set 7")
  local function pair_of_proxies(same)
    local list, calls = {}, 0
    local meta = {__index = function(_, k) list[#list + 1] = "get " .. k return k end,
      __newindex = function(_, k) list[#list + 1] = "set " .. k end,
      __eq = function() calls = calls + 1 return same end}
    local a, b = setmetatable({}, meta), setmetatable({}, meta)
    table.move(a, 1, 2, 2, b)
    return concat(list, ",") .. " " .. calls
  end
  equal(pair_of_proxies(true), "get 2,set 3,get 1,set 2 1")
  equal(pair_of_proxies(false), "get 1,set 2,get 2,set 3 1")
  -- an error in the middle leaves what was done
  local target = setmetatable({}, {__newindex = function(self, k, v)
    if k == 3 then error("no third", 0) end
    rawset(self, k, v)
  end})
  fails("no third", table.move, {1, 2, 3, 4}, 1, 4, 1, target)
  equal(text(target, 1, 4), "1 2 - -")
  local limited = setmetatable({}, {__index = function(_, k) return "v" .. k end})
  equal(text(table.move(limited, MAX - 1, MAX, 1, {})), "v" .. MAX - 1 .. " v" .. MAX)
end

do -- move: errors
  fails("bad argument #3 to 'table.move' (too many elements to move)", table.move, {}, 0, MAX, 1)
  fails("bad argument #3 to 'table.move' (too many elements to move)", table.move, {}, -1, MAX, 1)
  fails("bad argument #3 to 'table.move' (too many elements to move)", table.move, {}, MIN, -1, 1)
  fails("bad argument #3 to 'table.move' (too many elements to move)", table.move, {}, MIN, MAX, 1)
  fails("bad argument #4 to 'table.move' (destination wrap around)", table.move, {}, 1, MAX, 2)
  fails("bad argument #4 to 'table.move' (destination wrap around)", table.move, {}, 1, MAX - 2, MAX)
  fails("bad argument #4 to 'table.move' (destination wrap around)", table.move, {}, 1, 2, MAX)
  fails("bad argument #4 to 'table.move' (destination wrap around)", table.move, {}, MIN, -2, 2)
  local stop = setmetatable({}, {__index = function(_, k) error("stopped at " .. k, 0) end})
  fails("stopped at 1", table.move, stop, 1, MAX, 1)
  fails("stopped at " .. MAX - 1, table.move, stop, 1, MAX - 1, 2)
  fails("stopped at " .. MIN, table.move, stop, MIN, -2, 0)
end

do -- move: types of arguments
  fails("bad argument #2 to 'table.move' (number expected, got no value)", table.move, {})
  fails("bad argument #3 to 'table.move' (number expected, got no value)", table.move, {}, 1)
  fails("bad argument #4 to 'table.move' (number expected, got no value)", table.move, {}, 1, 2)
  fails("bad argument #2 to 'table.move' (number has no integer representation)", table.move, {}, 1.5, 2, 3)
  fails("bad argument #1 to 'table.move' (table expected, got nil)", table.move, nil, 1, 2, 3)
  fails("bad argument #5 to 'table.move' (table expected, got number)", table.move, {}, 1, 2, 3, 4)
  fails("bad argument #5 to 'table.move' (table expected, got boolean)", table.move, {}, 1, 2, 3, false)
  fails("bad argument #1 to 'table.move' (table expected, got string)", table.move, "abc", 1, 2, 3)
end

do -- pack
  local t = table.pack()
  assert(t.n == 0 and #t == 0 and t[1] == nil)
  t = table.pack(nil)
  assert(t.n == 1 and t[1] == nil)
  t = table.pack(1, nil, 3, nil)
  assert(t.n == 4 and t[1] == 1 and t[3] == 3 and t[4] == nil)
  t = table.pack(unpack({}, 1, 250))
  equal(t.n, 250)
  t = table.pack("a", t)
  assert(t.n == 2 and t[1] == "a" and t[2].n == 250)
  equal(getmetatable(t), nil)
  equal(math.type(t.n), "integer")
end

do -- unpack
  equal(select("#", unpack {}), 0)
  equal(text {unpack {1, 2, 3}}, "1 2 3")
  equal(text {unpack({1, 2, 3}, 2)}, "2 3")
  equal(text {unpack({1, 2, 3}, 2, 2)}, "2")
  equal(text {unpack({1, 2, 3}, "2", 3.0)}, "2 3")
  equal(select("#", unpack({1, 2, 3}, 3, 2)), 0)
  equal(select("#", unpack({}, 1, 3)), 3)
  equal(select("#", unpack({}, -5, 5)), 11)
  equal(select("#", unpack({1, 2, 3}, nil, nil)), 3)
  equal(select("#", unpack({1, 2}, 1, 200)), 200)
  local a, b, c = unpack({[-1] = "x", [0] = "y", "z"}, -1)
  assert(a == "x" and b == "y" and c == "z")
  equal(unpack({[MAX] = "max"}, MAX, MAX), "max")
  equal(unpack({[MIN] = "min"}, MIN, MIN), "min")
  equal(select("#", unpack({}, MAX, MAX)), 1)
  equal(select("#", unpack({}, MAX, MIN)), 0)
  equal(select("#", unpack({}, MAX, 1)), 0)
  equal(select("#", unpack({}, MAX - 1, MAX)), 2)
  equal(select("#", unpack({}, MIN, MIN + 2)), 3)
  local many = {}
  for i = 1, 20000 do many[i] = i end
  equal(select("#", unpack(many)), 20000)
  equal(select(20000, unpack(many)), 20000)
  equal(select("#", unpack({}, 1, 100000)), 100000)
  fails("too many results to unpack", unpack, {}, 1, 1e7)
  fails("too many results to unpack", unpack, {}, 1, 2 ^ 31)
  fails("too many results to unpack", unpack, {}, 0, 2 ^ 31 - 1)
  fails("too many results to unpack", unpack, {}, 1, MAX)
  fails("too many results to unpack", unpack, {}, 0, MAX)
  fails("too many results to unpack", unpack, {}, MIN, MAX)
  fails("too many results to unpack", unpack, {}, MIN, 0)
  fails("too many results to unpack", unpack, {}, -1, MAX)
  fails("too many results to unpack", unpack, setmetatable({}, {__len = function() return MAX end}))
  -- unpack takes anything that can be indexed
  equal(select("#", unpack("abc", 1, 3)), 3)
  equal(unpack("abc", 1, 1), nil)
  equal(select("#", unpack("abc")), 3)
  local p, log = proxy {"a", "b"}
  equal(text {unpack(p)}, "a b")
  equal(concat(log, ","), "len,get 1,get 2")
  equal(select("#", unpack(setmetatable({}, {__len = function() return -1 end}))), 0)
  fails("attempt to get length of a nil value (local 'x')", function() local x; return #x end)
  fails("attempt to get length of a nil value", unpack)
  fails("attempt to get length of a number value", unpack, 5)
  fails("attempt to index a number value", unpack, 5, 1, 2)
  fails("bad argument #2 to 'table.unpack' (number expected, got string)", unpack, {}, "x")
  fails("bad argument #3 to 'table.unpack' (number expected, got boolean)", unpack, {}, 1, true)
  fails("bad argument #2 to 'table.unpack' (number has no integer representation)", unpack, {}, 1.5)
  fails("object length is not an integer", unpack, setmetatable({}, {__len = function() return "1.5" end}))
end

do -- the functions are called by metamethods and coroutines too; none of them lets a metamethod yield
  local yields = setmetatable({}, {__index = function() coroutine.yield() end, __len = function() return 1 end,
    __newindex = function() coroutine.yield() end})
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function() unpack(yields) end))
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function() concat(yields) end))
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function() table.insert(yields, 1) end))
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function() table.remove(yields) end))
  fails("attempt to yield across a C-call boundary", coroutine.wrap(function() table.move(yields, 1, 1, 1, {}) end))
  local adder = setmetatable({}, {__add = table.insert, __call = table.concat})
  local _ = adder + "x"
  equal(adder[1], "x")
  equal(adder("-"), "x")
end

print("ok")
