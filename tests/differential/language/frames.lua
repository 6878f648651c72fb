-- Chains of calls of every kind, with a traceback, the names of functions or an error at their end.   frames.lua [SEED [COUNT]]
local Random = dofile("random.lua")
local random = Random.new(tonumber(arg[1]) or 84)
local COUNT <const> = tonumber(arg[2]) or 1000

-- (Nothing here calls from a __close: 5.4.4 loses results when its stack moves meanwhile.)
-- How a link calls the next one (NEXT); each on its own line, in a function of its own.
local LINKS <const> = {
  "local r = NEXT() return r", "return NEXT()", "return (NEXT())", "local f = NEXT local r = f() return r", "g_next = NEXT local r = g_next() return r",
  "local t = {field = NEXT} local r = t.field() return r", "local t = {m = NEXT} local r = t:m() return r", "local t = {NEXT} local r = t[1]() return r",
  "local t = {m = NEXT} return t:m()", "local ok, r = pcall(NEXT) if not ok then error(r, 0) end return r", "return select(2, pcall(NEXT))",
  "local ok, r = xpcall(NEXT, function(m) return m end) return r", "local r = coroutine.wrap(NEXT)() return r", "return select(2, coroutine.resume(coroutine.create(NEXT)))",
  "return (string.gsub('x', 'x', function() local r = NEXT() return r end))", "local r table.sort({1, 2}, function() r = r or NEXT() return false end) return r",
  "return setmetatable({}, {__index = function() local r = NEXT() return r end}).key", "return setmetatable({}, {__index = NEXT}).key",
  "return setmetatable({}, {__add = NEXT}) + 1", "return 1 .. setmetatable({}, {__concat = NEXT})", "return #setmetatable({}, {__len = NEXT})", "return -setmetatable({}, {__unm = NEXT})",
  "local r setmetatable({}, {__newindex = function() r = NEXT() end}).x = 1 return r", "return setmetatable({}, {__call = NEXT})()", "local o = setmetatable({}, {__call = NEXT}) local r = o() return r",
  "for r in NEXT do return r end", "local r for _ in function() r = NEXT() end do end return r",
  "local r = setmetatable({}, {__eq = NEXT}) == setmetatable({}, {}) return tostring(r)", "local r if setmetatable({}, {__lt = function() r = NEXT() end}) < 1 then end return r",
  "return tostring(setmetatable({}, {__tostring = function() local r = NEXT() return tostring(r) end}))", "local r for _ in pairs(setmetatable({}, {__pairs = function() r = NEXT() return next, {} end})) do end return r",
  "return load('local f = ... local r = f() return r', '=loaded')(NEXT)", "return load('return (...)()', '=loaded')(NEXT)", "local function inner(...) local r = NEXT() return r end return (inner(1, 2, 3))",
  "return (function(...) local r = NEXT() return r end)(1)", "package.loaded.link = {call = NEXT} local r = package.loaded.link.call() return r", "local r = assert(NEXT)() return r",
}
local ENDS <const> = {
  "return debug.traceback('trace')", "return debug.traceback('trace', 2)", "return debug.traceback(nil, 0)", "error('bottom')", "error('bottom', 2)", "error('bottom', 3)", "local x = nil + 1", "local t = {} return t.a.b",
  "string.rep()", "('x'):rep({})", "local list = {} for level = 0, 12 do local i = debug.getinfo(level, 'nSlt') if not i then break end list[#list + 1] = table.concat({i.what, i.namewhat, tostring(i.name), i.currentline, tostring(i.istailcall)}, ',') end return table.concat(list, ' ')",
  "local list = {} for level = 0, 30 do local i = debug.getinfo(level, 'f') if not i then break end list[#list + 1] = tostring(i.func == print) end return #list",
  "table.sort({1, 'x'})", "undefined_function()", "local a <const> = 1 return a.b.c", "coroutine.yield('yielded')", "return setmetatable({}, {__index = function(t, k) error('in index ' .. k) end}).x",
}

for number = 1, COUNT do
  local lines, previous = {}, "bottom"
  local global = random:chance(30)
  lines[1] = ("%sfunction bottom()\n %s\nend"):format(global and "" or "local ", random:pick(ENDS))
  for i = 1, random:range(1, 7) do
    local name = "link" .. i
    lines[#lines + 1] = ("%sfunction %s(...)\n %s\nend"):format(random:chance(20) and "" or "local ", name, (random:pick(LINKS):gsub("NEXT", previous)))
    previous = name
  end
  lines[#lines + 1] = "return " .. previous .. "()"
  local text = table.concat(lines, "\n")
  local env = setmetatable({}, {__index = _G})
  local thread = coroutine.create(assert(load(text, "=chain", "t", env)))
  local ok, result = coroutine.resume(thread)
  -- (strings of a loaded chunk's own length or addresses do not occur; what a host calls its functions does)
  print(number, ok, (tostring(result):gsub("0x%x+", "ADDRESS")))
  if not ok then print(debug.traceback(thread)) end
end
print("ok")
