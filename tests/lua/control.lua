-- Control structures: blocks, if, while, repeat, goto, numeric and generic for (manual 3.3.4, 3.3.5).
local MIN, MAX = math.mininteger, math.maxinteger

local function wrong(source, wanted)
  local chunk, message = load(source, "=t")
  if chunk then error(("found a chunk, wanted %s"):format(wanted), 2) end
  if message ~= wanted then error(("found '%s', wanted '%s'"):format(message, wanted), 2) end
end

local function fails(wanted, source, ...)
  local good, message = pcall(assert(load(source, "=t")), ...)
  if good or message ~= wanted then error(("found '%s', wanted '%s'"):format(message, wanted), 2) end
end

-- What a numeric loop runs through, at most `most` values.
local function values(from, to, step, most)
  local list = {}
  for i = from, to, step or 1 do
    list[#list + 1] = (math.type(i) == "float" and "%.3g" or "%d"):format(i)
    if #list >= (most or 20) then break end
  end
  return table.concat(list, " ")
end
local function loops(wanted, ...)
  local found = values(...)
  if found ~= wanted then error(("found '%s', wanted '%s'"):format(found, wanted), 2) end
end

do -- if
  local function kind(x)
    if x == nil then return "nil"
    elseif x == false then return "false"
    elseif x == 0 then return "zero"
    elseif x == "" then return "empty"
    elseif not x then return "never"
    else return "other" end
  end
  assert(kind(nil) == "nil" and kind(false) == "false" and kind(0) == "zero" and kind("") == "empty" and kind(1) == "other")
  if nil then error() end
  if false then error() elseif true then else error() end
  if 0 then else error() end
  local x = 5
  if x > 3 and x < 10 or error() then x = 1 end
  assert(x == 1)
  if not (x == 1) then error() end
  if (x == 2) == false then x = 2 end
  assert(x == 2)
  if x then local x = 3 assert(x == 3) end
  assert(x == 2)
  if true then end
end

do -- conditions of all shapes, as values and as jumps
  local T, F, N = true, false, nil
  local count = 0
  local function touch(v) count = count + 1 return v end
  assert((T and T) and not (T and F) and (F or T) and not (F or F))
  assert((touch(F) and touch(T)) == false and count == 1)
  assert((touch(T) or touch(F)) == true and count == 2)
  assert((N or F) == false and (F or N) == nil and (N and F) == nil and (F and N) == false)
  assert((1 and 2 or 3) == 2 and (N and 2 or 3) == 3 and (1 and N or 3) == 3 and (1 and (N or 4)) == 4)
  assert(not (not T and not F) == true and not not N == false)
  for a = 0, 1 do
    for b = 0, 1 do
      for c = 0, 1 do
        local x, y, z = a == 1, b == 1, c == 1
        local truth = (a * b + c > 0)
        assert((x and y or z) == truth)
        local r
        if x and y or z then r = true else r = false end
        assert(r == truth)
        r = false
        while x and y or z do r = true break end
        assert(r == truth)
        local n = 0
        repeat n = n + 1 until not (x and y or z) or n > 3
        assert(n == (truth and 4 or 1))
        if not (x and y) then r = 1 else r = 2 end
        assert(r == (a * b == 0 and 1 or 2))
        if (x or y) and (y or z) then r = 1 else r = 2 end
        assert(r == ((a + b) * (b + c) > 0 and 1 or 2))
        local v = x and (y and 1 or 2) or (z and 3 or 4)
        assert(v == (a == 1 and (b == 1 and 1 or 2) or (c == 1 and 3 or 4)))
        assert((a < b) == not (a >= b) and (a == b or a ~= b) and (a ~= b) == not (a == b))
      end
    end
  end
  local v = 1 < 2 and "less" or "more"
  assert(v == "less")
  v = 1 > 2 and "less" or 1 == 1
  assert(v == true)
  v = not 1
  assert(v == false)
  local e = 1 == 2
  assert(e == false)
  e = not (1 == 2)
  assert(e == true)
  e = nil == false
  assert(e == false)
end

do -- while and break
  local i = 0
  while i < 10 do
    i = i + 1
    if i == 5 then break end
  end
  assert(i == 5)
  while false do error() end
  while nil do error() end
  while true do
    while true do break end
    i = i + 1
    if i > 8 then break end
  end
  assert(i == 9)
  local n = 0
  while true do n = n + 1 do if n > 2 then break end end end
  assert(n == 3)
  while 1 do break end
  local f = load("while true do return 7 end")
  assert(f() == 7)
  for k = 1, 3 do for j = 1, 3 do if j == 2 then break end n = n + 1 end end
  assert(n == 6)
  wrong("break", "t:1: break outside loop at line 1")
  wrong("while true do end break", "t:1: break outside loop at line 1")
  wrong("while true do local f = function() break end end", "t:1: break outside loop at line 1")
  wrong("\nif x then\n break\n end\n", "t:5: break outside loop at line 3")
end

do -- repeat: the condition sees the block's locals
  local n = 0
  repeat
    local done = n >= 3
    n = n + 1
  until done
  assert(n == 4)
  local closures = {}
  repeat
    local k = n
    closures[#closures + 1] = function() return k end
    n = n - 1
  until k == 2
  assert(#closures == 3 and closures[1]() == 4 and closures[3]() == 2)
  repeat local x = 1 until x == 1
  local x = 10
  repeat local x = x - 9 until x == 1
  repeat break until false
  repeat
    local captured = 0
    local f = function() captured = captured + 1 return captured end
  until f() == 1
  repeat until true
  local count = 0
  repeat
    count = count + 1
    if count < 3 then goto continue end
    do break end
    ::continue::
  until false
  assert(count == 3)
end

do -- goto
  local i = 1
  ::top::
  i = i + 1
  if i < 10 then goto top end
  assert(i == 10)
  do goto skip; error() end
  ::skip::
  local log = {}
  for a = 1, 3 do
    for b = 1, 3 do
      if b == 2 then goto next_a end
      log[#log + 1] = a .. b
    end
    ::next_a::
  end
  assert(table.concat(log, " ") == "11 21 31")
  -- a label at the end of a block is behind the scope of its locals, void statements and all
  do
    goto last
    local unused
    ::last:: ; ; ::very_last::
  end
  for k = 1, 2 do
    if k then goto continue end
    local unused = k
    ::continue::
  end
  -- labels of one name in blocks side by side
  do ::same:: end
  do ::same:: end
  local function f() ::same:: return 1 end
  assert(f() == 1)
  -- out of nested blocks
  do do do goto out end end end
  error()
  ::out::
  -- a backward jump makes a fresh local: closures differ
  local closures = {}
  do
    local n = 0
    ::again::
    local fresh = n
    closures[#closures + 1] = function() fresh = fresh + 1 return fresh end
    n = n + 1
    if n < 3 then goto again end
  end
  assert(closures[1]() == 1 and closures[2]() == 2 and closures[3]() == 3 and closures[1]() == 2)
  -- a small machine
  local function machine(program)
    local at, acc = 1, 0
    ::fetch::
    local op = program:sub(at, at)
    at = at + 1
    if op == "+" then goto plus elseif op == "d" then goto double elseif op == "" then goto stop end
    goto fetch
    ::plus:: acc = acc + 1 goto fetch
    ::double:: do acc = acc * 2 end goto fetch
    ::stop:: return acc
  end
  assert(machine("+d+ d") == 6)
  -- label names are not variables
  local label = 4
  goto label
  ::label:: assert(label == 4)
end

do -- goto: what is not allowed
  wrong("goto x", "t:1: no visible label 'x' for <goto> at line 1")
  wrong("goto x; do ::x:: end", "t:1: no visible label 'x' for <goto> at line 1")
  wrong("do goto x end; local a; ::x:: a = 1", "t:1: <goto x> at line 1 jumps into the scope of local 'a'")
  wrong("goto x; local a; ::x:: print(a)", "t:1: <goto x> at line 1 jumps into the scope of local 'a'")
  wrong("\ngoto x\nlocal a, b\n::x::\nb = 1", "t:5: <goto x> at line 2 jumps into the scope of local 'a'")
  wrong("::x:: ::x::", "t:1: label 'x' already defined on line 1")
  wrong("::x::\ndo ::x:: end", "t:2: label 'x' already defined on line 1")
  wrong("local function f() goto x end ::x::", "t:1: no visible label 'x' for <goto> at line 1")
  wrong("::x:: local function f() goto x end", "t:1: no visible label 'x' for <goto> at line 1")
  wrong("repeat if x then goto cont end; local y; ::cont:: until y",
    "t:1: <goto cont> at line 1 jumps into the scope of local 'y'")
  wrong("goto = 1", "t:1: <name> expected near '='")
  wrong("goto", "t:1: <name> expected near <eof>")
  wrong("::x", "t:1: '::' expected near <eof>")
  wrong("::1::", "t:1: <name> expected near '1'")
  wrong("goto 1", "t:1: <name> expected near '1'")
  wrong("if true then goto l1 end; ::l2:: ", "t:1: no visible label 'l1' for <goto> at line 1")
  assert(load("do local a; ::x:: goto x end"))
  assert(load("goto x; ::x::"))
  assert(load("do goto x end local a ::x::"))
  assert(load("do ::x:: end ::x::") and load("do ::x:: end goto x ::x::"))
end

do -- numeric for: integers
  loops("1 2 3", 1, 3)
  loops("3 2 1", 3, 1, -1)
  loops("", 3, 1)
  loops("", 1, 3, -1)
  loops("1 3 5", 1, 6, 2)
  loops("5", 5, 5)
  loops("5", 5, 5, -1)
  loops("-2 -1 0", -2, 0)
  loops("1 2 3", 1, 3.9)
  loops("", 1, 0.9)
  loops("3 2", 3, 1.1, -1)
  loops("-3 -2", -3, -1.5)
  loops("1 2 3", 1, 1e300, 1, 3)
  loops("1 2 3", 1, math.huge, 1, 3)
  loops("", 1, -math.huge)
  loops("1 0 -1", 1, -math.huge, -1, 3)
  loops("", 1, math.huge, -1)
  loops("", 1, 0 / 0)
  loops("1 0 -1", 1, 0 / 0, -1, 3) -- neither above nor below zero: no limit downwards
  loops("1 2 3", 1, "3" + 0)
  -- the ends of the range
  local function count(from, to, step)
    local n, last = 0, nil
    for i = from, to, step do n = n + 1 last = i end
    return n, last
  end
  local function counted(n, last, ...)
    local found_n, found_last = count(...)
    if found_n ~= n or found_last ~= last then
      error(("found %s, %s"):format(found_n, found_last), 2)
    end
  end
  counted(3, MAX, MAX - 2, MAX, 1)
  counted(3, MIN, MIN + 2, MIN, -1)
  counted(2, MAX, MAX - 3, MAX, 3)
  counted(1, MAX, MAX, MAX, 1)
  counted(1, MIN, MIN, MIN, -1)
  counted(3, MAX - 1, MIN, MAX, MAX)
  counted(2, -1, MAX, MIN + 1, MIN)
  counted(1, 5, 5, MAX, MAX)
  counted(1, -5, -5, MIN, MIN)
  counted(10, MAX, MAX - 9, math.huge, 1)
  counted(10, MIN, MIN + 9, -math.huge, -1)
  counted(10, MAX, MAX - 9, 2.0 ^ 63, 1)
  counted(10, MIN, MIN + 9, -(2.0 ^ 63), -1)
  counted(0, nil, MIN, -(2.0 ^ 64), 1)
  counted(0, nil, MAX, 2.0 ^ 64, -1)
  counted(100000, 100000, 1, 100000, 1)
  counted(0, nil, 1, 0, 1)
  counted(1, 0, 0, 0, 1)
end

do -- numeric for: floats
  loops("1 2 3", 1.0, 3)
  loops("1 1.5 2", 1.0, 2, 0.5)
  loops("1 1.5 2", 1, 2, 0.5)
  loops("2 1.5 1", 2, 1, -0.5)
  loops("0 0.25 0.5 0.75 1", 0, 1, 0.25)
  loops("", 1.0, 0.5)
  loops("inf inf", math.huge, math.huge, 1, 2)
  loops("1 1", 1.0, 2, 1e-300, 2)
  -- a loop is skipped when its start is known to be behind its limit, which NaN never is; later rounds must be before it
  loops("1", 1.0, 0 / 0)
  loops("1", 1.0, 0 / 0, -1)
  local rounds = 0
  for i = 0 / 0, 1.0 do rounds = rounds + (i ~= i and 1 or 100) end
  assert(rounds == 1)
  loops("", 1.0, 2.0, 0 / 0)
  loops("1", 1.0, 2.0, math.huge)
  loops("9.01e+15 9.01e+15 9.01e+15", 2.0 ^ 53, math.huge, 1, 3)
  for i = 1, 2, 1.0 do assert(math.type(i) == "float") end
  for i = 1.0, 2 do assert(math.type(i) == "float") end
  for i = 1, 2.0 do assert(math.type(i) == "integer") end
  local n = 0
  for i = 0.1, 1, 0.1 do n = n + 1 end
  assert(n == 10 or n == 9)
end

do -- numeric for: errors, in the order they are checked
  fails("t:1: 'for' step is zero", "for i = 1, 10, 0 do end")
  fails("t:1: 'for' step is zero", "for i = 1.0, 10, 0 do end")
  fails("t:1: 'for' step is zero", "for i = 1, 10, 0.0 do end")
  fails("t:1: 'for' step is zero", "for i = 1, 10, -0.0 do end")
  fails("t:1: bad 'for' initial value (number expected, got nil)", "for i = nil, 10 do end")
  fails("t:1: bad 'for' initial value (number expected, got string)", "for i = 'x', 10 do end")
  fails("t:1: bad 'for' limit (number expected, got table)", "for i = 1, {} do end")
  fails("t:1: bad 'for' limit (number expected, got string)", "for i = 1, 'ten' do end")
  fails("t:1: bad 'for' limit (number expected, got nil)", "for i = 1, nil do end")
  fails("t:1: bad 'for' step (number expected, got boolean)", "for i = 1, 10, false do end")
  fails("t:1: bad 'for' step (number expected, got string)", "for i = 1, 10, 'x' do end")
  fails("t:1: bad 'for' limit (number expected, got table)", "for i = {}, {}, {} do end")
  fails("t:1: bad 'for' step (number expected, got table)", "for i = {}, 1, {} do end")
  fails("t:1: bad 'for' limit (number expected, got table)", "for i = 1.5, {}, 1 do end")
  fails("t:1: bad 'for' initial value (number expected, got function)", "for i = print, 1, 1 do end")
  fails("t:1: bad 'for' step (number expected, got thread)", "for i = 1.5, 2, coroutine.create(print) do end")
  -- numeric strings count as numbers, and make the loop one of floats unless it is only the limit
  loops("1 2 3", "1", 3)
  loops("1 2 3", 1, "3")
  loops("1 2 3", 1, "3.5", "1")
  loops("10 9", "0xa", " 9 ", "-1")
  wrong("for i = 1 do end", "t:1: ',' expected near 'do'")
  wrong("for i, j = 1, 2 do end", "t:1: 'in' expected near '='")
  wrong("for i = 1, 2, 3, 4 do end", "t:1: 'do' expected near ','")
  wrong("for 1 = 1, 2 do end", "t:1: <name> expected near '1'")
  wrong("for a.b = 1, 2 do end", "t:1: '=' or 'in' expected near '.'")
  wrong("for i = 1, 2 print(i) end", "t:1: 'do' expected near 'print'")
  wrong("\nfor i = 1, 2 do\n\n", "t:4: 'end' expected (to close 'for' at line 2) near <eof>")
end

do -- the loop variable is a copy; limits are evaluated once
  local seen = 0
  for i = 1, 5 do
    seen = seen + i
    i = i * 100
  end
  assert(seen == 15)
  local limit, step = 3, 1
  local n = 0
  for i = 1, limit, step do limit, step = 100, 50 n = n + 1 end
  assert(n == 3)
  local order = {}
  local function note(x) order[#order + 1] = x return x end
  for i = note(3), note(1), note(-1) do end
  assert(table.concat(order, " ") == "3 1 -1")
  local closures = {}
  for i = 1, 3 do closures[i] = function() i = i + 10 return i end end
  assert(closures[1]() == 11 and closures[1]() == 21 and closures[2]() == 12)
  local i = "outer"
  for i = i == "outer" and 1, 1 do assert(i == 1) end
  assert(i == "outer")
end

do -- generic for
  local function steps(state, control)
    if control < state then return control + 1, control * 2 end
  end
  local text = ""
  for a, b in steps, 3, 0 do text = text .. a .. ":" .. b .. " " end
  assert(text == "1:0 2:2 3:4 ")
  -- more and fewer variables than values
  for a, b, c in steps, 1, 0 do assert(a == 1 and b == 0 and c == nil) end
  for a in steps, 1, 0 do assert(a == 1) end
  -- false goes on, nil ends
  local given = {false, 0, "x"}
  local k = 0
  for v in function() k = k + 1 return given[k] end do
    assert(v == given[k])
  end
  assert(k == 4)
  -- the iterator gets state and control each time, even if the body changes the variable
  text = ""
  for a in function(s, c) text = text .. tostring(c) .. " " return c < 3 and c + 1 or nil end, "state", 0 do a = 100 end
  assert(text == "0 1 2 3 ")
  -- the explist is evaluated once and adjusted to four values
  local calls = 0
  local function prepare() calls = calls + 1 return next, {10, 20}, nil end
  local sum = 0
  for _, v in prepare() do sum = sum + v end
  assert(calls == 1 and sum == 30)
  for _ in (function() return nil end) do error() end
  -- callable object as iterator
  local callable = setmetatable({n = 0}, {__call = function(self, state, control)
    self.n = self.n + 1
    if self.n <= 3 then return self.n, state end
  end})
  text = ""
  for a, b in callable, "s" do text = text .. a .. b end
  assert(text == "1s2s3s")
  -- pairs, ipairs, next
  local t = {1, 2, nil, 4, x = 5}
  local count = 0
  for i in ipairs(t) do count = count + i end
  assert(count == 3)
  count = 0
  for _, v in pairs(t) do count = count + v end
  assert(count == 12)
  count = 0
  for _, v in next, t do count = count + v end
  assert(count == 12)
  -- fresh variables
  local closures = {}
  for i, v in ipairs {"a", "b"} do closures[i] = function() v = v .. i return v end end
  assert(closures[1]() == "a1" and closures[1]() == "a11" and closures[2]() == "b2")
  -- the fourth value is closed
  local closed = {}
  local function closing(name)
    return setmetatable({}, {__close = function(_, e) closed[#closed + 1] = name .. tostring(e) end})
  end
  for i in steps, 2, 0, closing "a" do assert(#closed == 0) end
  for i in steps, 2, 0, closing "b" do break end
  for i in steps, 2, 0, closing "c" do goto out end
  ::out::
  local function f() for i in steps, 2, 0, closing "d" do return i end end
  assert(f() == 1)
  pcall(function() for i in steps, 2, 0, closing "e" do error("x", 0) end end)
  for i in steps, 0, 0, closing "f" do error() end
  for i in steps, 2, 0, nil do end
  for i in steps, 2, 0, false do end
  assert(table.concat(closed, " ") == "anil bnil cnil dnil ex fnil", table.concat(closed, " "))
  fails("t:1: variable '(for state)' got a non-closable value", "for i in next, {}, nil, {} do end")
  fails("t:1: attempt to call a nil value (for iterator 'for iterator')", "for i in nil do end")
  fails("t:1: attempt to call a table value (for iterator 'for iterator')", "for i in {} do end")
  fails("t:1: attempt to call a number value (for iterator 'for iterator')", "for i in 5 do end")
  wrong("for i in do end", "t:1: unexpected symbol near 'do'")
  wrong("for in x do end", "t:1: <name> expected near 'in'")
  wrong("for a, in x do end", "t:1: <name> expected near 'in'")
  wrong("for a, b, c do end", "t:1: 'in' expected near 'do'")
end

do -- blocks and scopes
  local x = 1
  do
    local x = 2
    do local x = 3 assert(x == 3) end
    assert(x == 2)
  end
  assert(x == 1)
  do end
  do ; end
  do local a <const> = 1 end
  do return (function() if x == 1 then print "ok" end end)() end
end
