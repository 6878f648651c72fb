-- Random programs aimed at what an implementation remembers between two runs of the same instruction: inline caches, shapes of tables, "this
-- metatable has no such event", direct entries of library functions. The interface is that of generate.lua; `lua caches.lua SEED` prints one.
--
-- A program has objects of many shapes, classes and metatables, and *sites*: small functions with one or a few instructions that look
-- something up. Loops run the sites over the objects, so that each is used with one shape, a few, or many; between and inside the loops
-- *changes* make what was remembered wrong. Every call is protected and its results are shown, so error texts are compared as well.
--
-- Kept defined: bodies of loops over `pairs` and `next` do the same in every order; tables that are measured have no holes; objects never get
-- a positive integer key but 1; no table is weak in its values; metamethods and loops over functions that can be replaced
-- tick(), so that programs end.
local here = (arg and arg[0] or ""):match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local Random = require("random")
local text_of = require("program_text")

local Caches = {}
Caches.__index = Caches

local FIELDS <const> = {"a", "b", "c", "d", "m", "n"}
local SCALARS <const> = {"1", "2", "-7", "2.5", "0", "true", "false", "nil", "'a'", "'text'", "100", "1e300", "'10'", "math.maxinteger", "0.0"}
local EVENTS <const> = {"add", "sub", "mul", "div", "mod", "idiv", "pow", "unm", "band", "bor", "bxor", "shl", "shr", "bnot", "concat", "len", "eq", "lt", "le", "call"}
-- Library functions, what is asked of them, and the functions that may take their place.
local LIBRARY <const> = {
  {"string.byte", "(s, i)", "string.len"}, {"string.sub", "(s, i, i + 1)", "string.byte"}, {"string.len", "(s)", "string.upper"}, {"string.char", "(i + 64)", "math.floor"},
  {"string.upper", "(s)", "string.lower"}, {"math.floor", "(i + 0.5)", "math.ceil"}, {"math.ceil", "(i - 0.5)", "math.abs"}, {"math.abs", "(-i)", "math.floor"}, {"math.sqrt", "(i * i)", "math.floor"},
  {"math.max", "(i, 3, 2.5)", "math.min"}, {"math.min", "(i, 3)", "math.max"}, {"math.type", "(i)", "type"}, {"type", "(o)", "math.type"}, {"select", "('#', o, i)", "rawequal"},
  {"select", "(i, 1, 2, 3)", "math.max"}, {"select", "(-1, s, i)", "type"}, {"rawget", "(t, i)", "rawequal"}, {"rawequal", "(o, t)", "rawlen"}, {"rawlen", "(t)", "type"}, {"tonumber", "(i)", "type"},
  {"tostring", "(i)", "type"}, {"next", "({i})", "type"}, {"ipairs", "({})", "type"}, {"table.unpack", "(t, 1, 2)", "select"}, {"getmetatable", "(s)", "type"}, {"rawset", "({}, 1, 2)", "type"},
  {"pcall", "(type, i)", "select"}, {"assert", "(i, s)", "type"}, {"table.concat", "({s, i})", "select"}, {"math.tointeger", "(i + 0.0)", "math.floor"}, {"string.rep", "(s, 2)", "string.sub"},
}
local STRING_METHODS <const> = {"byte", "sub", "upper", "len", "rep", "find", "m"}

local function line(text) return {head = text} end

function Caches.new(random)
  return setmetatable({random = random, counter = 0, objects = {}, classes = {}, metatables = {}, sites = {}, sequences = {}}, Caches)
end

function Caches:fresh(prefix)
  self.counter = self.counter + 1
  return prefix .. self.counter
end

function Caches:field() return self.random:pick(FIELDS) end
function Caches:object() return self.random:pick(self.objects) end
function Caches:class() return self.random:pick(self.classes) end
function Caches:metatable() return self.random:pick(self.random:chance(60) and self.metatables or self.classes) end
function Caches:any_table() return self.random:chance(60) and self:object() or self:metatable() end

function Caches:method()
  local field = self:field()
  return self.random:pick {
    "function(self, ...) tick() return '" .. field .. self.random:range(1, 99) .. "', ... end", "function() tick() return " .. self.random:range(1, 99) .. " end",
    "function(self, x) tick() return kind(self), x end", "function(self, x) tick() return rawget(self, '" .. field .. "'), x end", "type", "rawlen", "helper",
    "function(self) tick() self." .. field .. " = " .. self.random:pick(SCALARS) .. " return self." .. self:field() .. " end", "select", "rawequal",
  }
end

function Caches:value()
  return self.random:weighted {{12, self.random:pick(SCALARS)}, {2, self:method()}, {2, "{" .. self:field() .. " = " .. self.random:range(1, 9) .. "}"},
    {#self.objects > 0 and 2 or 0, #self.objects > 0 and self:object() or "1"}}
end

-- A short function for an event of a metatable, or a table where that is allowed.
function Caches:event_value(event)
  if event == "index" then
    return self.random:pick {self:class(), self:class(), self:object(), "nil", "function(t, k) tick() return kind(t), k end", "function(t, k) tick() return k end",
      "function(t, k) tick() if k ~= 'm' then rawset(t, k, 'made') end return helper end", "rawget", "'string'", "{" .. self:field() .. " = " .. self:value() .. "}"}
  elseif event == "newindex" then
    return self.random:pick {"nil", "nil", self:class(), self:object(), "rawset", "function(t, k, v) tick() rawset(t, k, v) end", "function(t, k, v) tick() p('new', k) end",
      "function(t, k, v) tick() rawset(t, k .. '_', v) end", "{}"}
  elseif event == "call" then
    return self.random:pick {"nil", "function(self, ...) tick() return 'called', ... end", "helper", "type", "setmetatable({}, {__call = function(...) return select('#', ...) end})", self:method()}
  end
  return self.random:pick {"nil", "function(x, y) tick() return " .. self.random:pick(SCALARS) .. " end", "function(x, y) tick() return kind(x), kind(y) end", "rawequal", "function() tick() return helper end"}
end

-- ---- sites ----

-- Makers of functions of (o, v, q): an object, a value, another object.
local SITES <const> = {
  get = function(s) return "return o." .. s:field() end,
  get_two = function(s) return "return o." .. s:field() .. ", o." .. s:field() end,
  get_deep = function(s) return "return o." .. s:field() .. "." .. s:field() end,
  get_twice = function(s) local f = s:field() return "local x = o." .. f .. " v = q." .. s:field() .. " return x, o." .. f end,
  set = function(s) local f = s:field() return "o." .. f .. " = v return rawget(o, '" .. f .. "')" end,
  set_constant = function(s) return "o." .. s:field() .. " = " .. s.random:pick(SCALARS) .. " o." .. s:field() .. " = v" end,
  set_nil = function(s) local f = s:field() return "o." .. f .. " = nil return o." .. f end,
  delete_and_add = function(s) local f, g = s:field(), s:field() return "o." .. f .. " = nil o." .. g .. " = v o." .. f .. " = 'again' return o." .. f .. ", o." .. g end,
  increment = function(s) local f = s:field() return "o." .. f .. " = (o." .. f .. " or 0) + 1 return o." .. f end,
  copy = function(s) return "q." .. s:field() .. " = o." .. s:field() .. " return q." .. s:field() end,
  has = function(s) return "if o." .. s:field() .. " then return 'yes' end return 'no'" end,
  compare_field = function(s) return "return o." .. s:field() .. " == " .. s.random:pick(SCALARS) .. ", o." .. s:field() .. " ~= nil" end,
  order_field = function(s) return "return o." .. s:field() .. " < " .. s.random:pick {"3", "2.5", "'b'", "v"} end,
  method = function(s) return "return o:" .. s:field() .. "(v)" end,
  method_first = function(s) return "local x = o:" .. s:field() .. "(v, q) return x, 1" end,
  method_none = function(s) return "o:" .. s:field() .. "() return 'done'" end,
  method_deep = function(s) return "return o." .. s:field() .. ":" .. s:field() .. "(v)" end,
  field_call = function(s) return "return (o." .. s:field() .. "(o, v))" end,
  index_one = function() return "return o[1]" end,
  set_one = function() return "o[1] = v return rawget(o, 1), #o" end,
  index_key = function(s) return "local k = " .. s.random:pick {"'" .. s:field() .. "'", "v", "1", "1.0", "q", "'a' .. 'b'"} .. " return o[k]" end,
  set_key = function(s) return "local k = " .. s.random:pick {"'" .. s:field() .. "'", "true", "1", "1.0", "q"} .. " o[k] = v return o[k]" end,
  length = function() return "return #o" end,
  equal = function() return "return o == q, q ~= o, o == v" end,
  equal_branch = function() return "if o == q then return 'equal' elseif o ~= v then return 'different' end return 'same'" end,
  less = function() return "return o < q, q <= o" end,
  less_branch = function() return "if o < q then return 1 end if not (o >= v) then return 2 end return 3" end,
  arithmetic = function(s) local operator = s.random:pick {"+", "-", "*", "/", "%", "//", "^", "&", "|", "~", "<<", ">>"} return "return o " .. operator .. " " .. s.random:pick {"v", "2", "q", "1.5"} end,
  arithmetic_left = function(s) local operator = s.random:pick {"+", "-", "*", "/", "%", "//", "&", "|"} return "return " .. s.random:pick {"v", "2", "3.5"} .. " " .. operator .. " o" end,
  unary = function(s) return "return " .. s.random:pick {"-o", "~o", "not o"} end,
  -- (5.4.4 reads a stack that has moved when something is concatenated to what a metamethod gave)
  concat = function(s) return "return " .. s.random:pick {"o .. v", "v .. o", "o .. 'x' .. 1", "q .. o"} end,
  call = function() return "return o(v, q)" end,
  call_one = function() return "local x = o(v) return x" end,
  construct = function(s) return "local t = {" .. s:field() .. " = v, " .. s:field() .. " = 2} t." .. s:field() .. " = 3 return t, t." .. s:field() end,
  construct_class = function(s) return "local t = setmetatable({" .. s:field() .. " = v}, getmetatable(o)) t." .. s:field() .. " = 1 return t." .. s:field() .. ", t." .. s:field() end,
  upvalue = function(s) return "return u1." .. s:field() .. ", u2." .. s:field() end,
  set_upvalue = function(s) return "u1." .. s:field() .. " = v return u2." .. s:field() end,
  upvalue_method = function(s) return "return u1:" .. s:field() .. "(v)" end,
  global = function(s) return "return g1, " .. s.random:pick {"g2", "g3", "missing"} end,
  set_global = function(s) return s.random:pick {"g1", "g2", "g3"} .. " = v return g1" end,
  environment = function(s) return "local _ENV = o " .. s:field() .. " = v return " .. s:field() .. ", " .. s:field() end,
  vararg = function() return "local function f(...) return select('#', ...), (select(-1, ...)) end return f(o ~= nil, v, 1)" end,
  string_method = function(s) return "local x = " .. s.random:pick {"'abc'", "v"} .. " return x:" .. s.random:pick(STRING_METHODS) .. "(1)" end,
  iterate = function() return "local n, sum = 0, 0 for k, x in pairs(o) do n = n + 1 if math_type(x) == 'integer' and x < 1000 then sum = sum + x end end return n, sum" end,
  iterate_next = function() return "local n, k = 0, next(o) while k ~= nil do tick() n = n + 1 k = next(o, k) end return n" end,
  iterate_raise = function(s)
    return "for k, x in next, o do tick() if math_type(x) == 'integer' and x < 1000 then " .. s.random:pick {"o[k] = x + 1", "rawset(o, k, x + 1)", "o[k] = nil", "rawset(o, k, nil)", "o[k] = 'x'"} .. " end end return rawget(o, 'a')"
  end,
  iterate_list = function() return "local r = {} for i, x in ipairs(o) do tick() r[i] = kind(x) if i > 5 then break end end return #r, r[1]" end,
}
local SITE_NAMES <const> = {}
for name in pairs(SITES) do SITE_NAMES[#SITE_NAMES + 1] = name end
table.sort(SITE_NAMES)

-- A call of a library function, by its global name, through a local, as a method of a string, in a loop.
function Caches:library_site()
  local entry = self.random:pick(LIBRARY)
  local call = entry[1] .. entry[2]
  return "local s, i, t = 'word', math_type(v) == 'integer' and v % 4 or 1, {5, 6} " .. self.random:pick {"return " .. call, "return (" .. call .. ")", "local x = " .. call .. " return x, 1",
    "local x for i = 1, 3 do x = " .. call .. " end return x", "if " .. call .. " then return 'true' end return 'false'", "return s:byte(i), s:sub(1, i), " .. call, "return " .. call .. " == v",
    "return lf(i + 0.5), lt(v), " .. call, call .. " return lf(2.5)"}
end

function Caches:site()
  local name = self:fresh("f")
  local body = self.random:chance(22) and self:library_site() or SITES[self.random:pick(SITE_NAMES)](self)
  self.sites[#self.sites + 1] = name
  return line("local function " .. name .. "(o, v, q) " .. body .. " end")
end

-- ---- changes ----

local CHANGES <const> = {
  {8, function(s) return "p(try(setmetatable, " .. s:object() .. ", " .. s.random:pick {s:metatable(), s:metatable(), "nil", "{__index = " .. s:class() .. "}"} .. "))" end},
  {2, function(s) return "p(try(setmetatable, " .. s:class() .. ", " .. s.random:pick {s:class(), "nil", "{__index = " .. s:class() .. "}"} .. "))" end},
  {7, function(s) return s:metatable() .. ".__index = " .. s:event_value("index") end},
  {4, function(s) return s:metatable() .. ".__newindex = " .. s:event_value("newindex") end},
  {8, function(s) local event = s.random:pick(EVENTS) return s:metatable() .. ".__" .. event .. " = " .. s:event_value(event) end},
  {2, function(s) local event = s.random:pick {"index", "newindex", "call", "eq"} return "put(" .. s:metatable() .. ", '__' .. '" .. event .. "', " .. s:event_value(event) .. ")" end},
  {2, function(s) return "for _, e in each({'__eq', '__index', '__lt', '__call'}) do put(" .. s:metatable() .. ", e, nil) end" end},
  {1, function(s) local m = s:metatable() return "for k in follow, " .. m .. " do " .. m .. "[k] = nil end" end},
  {1, function(s) return s:metatable() .. ".__mode = " .. s.random:pick {"'k'", "nil"} end},
  {1, function(s) return s:metatable() .. ".__pairs = " .. s.random:pick {"nil", "function() tick() return count_to, 2, 0 end"} end},
  {6, function(s) return s:class() .. "." .. s:field() .. " = " .. s.random:pick {"nil", s:method(), s:value()} end},
  {2, function(s) return "put(" .. s:any_table() .. ", '" .. s:field() .. "', " .. s:value() .. ")" end},
  {5, function(s) return "put(" .. s:object() .. ", '" .. s:field() .. "', nil)" end},
  {4, function(s) return "p(try(function() " .. s:object() .. "." .. s:field() .. " = " .. s:value() .. " end))" end},
  {2, function(s) local o = s:object() return "for k in follow, " .. o .. " do " .. o .. "[k] = nil end put(" .. o .. ", '" .. s:field() .. "', 1)" end},
  {2, function(s) local o, n = s:object(), s.random:range(3, 70) return "for i = 1, " .. n .. " do put(" .. o .. ", 'k' .. i, i) end" end},
  {1, function(s) local o, n = s:object(), s.random:range(3, 70) return "for i = " .. n .. ", 1, -1 do put(" .. o .. ", 'k' .. i, nil) end" end},
  {1, function(s) local o = s:object() return "for _, k in each({'d', 'c', 'b', 'a'}) do put(" .. o .. ", k, " .. s.random:pick {"nil", "1", "k"} .. ") end" end},
  {2, function(s) return "u1 = " .. s:any_table() end},
  {1, function(s) return "u1, u2 = u2, u1" end},
  {2, function(s) return s.random:pick {"g1", "g2", "g3"} .. " = " .. s:value() end},
  {1, function(s) return "p(try(setmetatable, _ENV, " .. s.random:pick {"nil", "{__index = function(_, k) return 'global ' .. k end}", "{__index = " .. s:object() .. "}", "{__newindex = rawset}"} .. "))" end},
  {6, function(s) return s:replace_library() end},
  {2, function(s) return "lf = " .. s.random:pick {"math.floor", "math.ceil", "function(x) return x end", "type", "math.abs"} .. " lt = " .. s.random:pick {"type", "math.type", "rawlen", "helper"} end},
  {2, function(s) return "strings." .. s.random:pick(STRING_METHODS) .. " = " .. s.random:pick {"nil", "saved_strings.byte", "saved_strings.sub", "saved_strings.len", "function(x, i) return 'method', i end", "helper"} end},
  {2, function() return "for k, f in pairs(saved_strings) do strings[k] = f end" end},
  {2, function(s) return "lend_metatable(" .. s.random:pick {"1", "true", "nil", "helper"} .. ", " .. s.random:pick {"nil", "nil", s:metatable(), "{__index = strings}", "{__index = " .. s:class() .. "}"} .. ")" end},
  {1, function(s) return "lend_metatable('text', " .. s.random:pick {"nil", "nil", s:metatable(), s:metatable(), "{__index = strings}", "{__index = " .. s:class() .. "}"} .. ")" end},
  {3, function(s) return s.random:pick {"collectgarbage()", "collectgarbage('step')", "collectgarbage('step', 100)", "collectgarbage('generational')", "collectgarbage('incremental')", "collectgarbage() collectgarbage()"} end},
  {1, function() return "toggle_hook()" end},
}

-- Replaces a library function by another, a wrapper, a callable table, nothing; or puts it back.
function Caches:replace_library()
  local entry = self.random:pick(LIBRARY)
  local name = entry[1]
  local saved = "saved." .. name:gsub("%.", "_")
  return name .. " = " .. self.random:weighted {{3, saved}, {2, entry[3]}, {1, "nil"}, {1, "helper"}, {2, "function(...) return 'replaced', ... end"}, {2, "function(...) return " .. saved .. "(...) end"},
    {1, "setmetatable({}, {__call = function(_, ...) return " .. saved .. "(...) end})"}, {1, "coroutine.wrap(function(...) while true do coroutine.yield(...) end end)"}}
end

function Caches:change()
  return self.random:weighted(CHANGES)(self)
end

-- ---- statements ----

function Caches:argument() return self.random:weighted {{6, self.random:pick(SCALARS)}, {2, self:object()}, {1, "helper"}, {1, "'" .. self:field() .. "'"}} end

function Caches:site_call(receiver)
  return "p(try(" .. self.random:pick(self.sites) .. ", " .. receiver .. ", " .. self:argument() .. ", " .. self:object() .. "))"
end

local STATEMENTS <const> = {
  -- One site over many objects; a change on the way.
  {8, function(s)
    local body = {}
    for _ = 1, s.random:range(1, 3) do body[#body + 1] = line(s:site_call(s.random:chance(75) and "o" or s:object())) end
    if s.random:chance(70) then table.insert(body, s.random:range(1, #body + 1), line("if i == " .. s.random:range(1, 6) .. " then " .. s:change() .. " end")) end
    if s.random:chance(10) then body[#body + 1] = line(s:change()) end
    return {head = "for i = 1, " .. s.random:range(2, 9) .. " do tick() local o = all[(i * " .. s.random:pick {0, 1, 1, 2, 3} .. " + " .. s.random:range(0, 8) .. ") % #all + 1]", body = body, tail = "end"}
  end},
  {5, function(s) return line(s:change()) end},
  {5, function(s) return line(s:site_call(s:object())) end},
  -- The same instruction before and after a change.
  {6, function(s)
    local call = s:site_call(s:object())
    return {head = "do", body = {line(call), line(call), line(s:change()), line(call), line(s:change()), line(call)}, tail = "end"}
  end},
  -- A loop in a coroutine, changes between its turns.
  {3, function(s)
    local name, body, after = s:fresh("co"), {}, {}
    for _ = 1, s.random:range(1, 3) do body[#body + 1] = line(s:site_call(s.random:chance(60) and "o" or s:object())) end
    table.insert(body, s.random:range(1, #body + 1), line("coroutine.yield(i)"))
    for _ = 1, s.random:range(2, 5) do
      after[#after + 1] = line("p(coroutine.resume(" .. name .. "))")
      after[#after + 1] = line(s:change())
    end
    return {head = "local " .. name .. " = coroutine.create(function() for i = 1, 4 do tick() local o = all[i % #all + 1]", body = body, tail = "end end)", after = after}
  end},
  -- A new shape made step by step, its objects used at the same places.
  {3, function(s)
    local order = {}
    for i = 1, s.random:range(1, 4) do order[i] = "t." .. s:field() .. " = i" end
    return {head = "for i = 1, " .. s.random:range(2, 6) .. " do tick() local t = " .. s.random:pick {"{}", "{a = i}", "{b = 1, a = 2}", "setmetatable({}, " .. s:class() .. ")"} .. " " .. table.concat(order, " "), body = {
      line("if i == 2 then t." .. s:field() .. " = nil t." .. s:field() .. " = 5 end"), line(s:site_call("t")), line(s:site_call("t")), line("p(flat(t))")}, tail = "end"}
  end},
  -- Sequences that move between array and hash while loops run over them.
  {4, function(s) return s:sequence_loop() end},
  {3, function(s) return s:sparse_loop() end},
  {2, function(s) return line("p(flat(" .. s:any_table() .. "))") end},
  {7, function(s) return s:inheritance() end},
  -- Tables as iterators, and iterators replaced while the loop runs.
  {2, function(s)
    return {head = "p(try(function() local n = 0 for k, x in " .. s.random:pick {"ipairs(" .. s:object() .. ")", "pairs({5, 6, 7})", "next, {5, 6, 7}", "ipairs({5, 6, 7})", s:object() .. ", 1, 0", "math.floor, 2.5", "string.gmatch('a b c', '%a')",
      "setmetatable({}, {__call = function(_, l, i) if i < 3 then return i + 1 end end}), 3, 0"} .. " do tick() n = n + 1",
      body = {line(s.random:pick {"next = helper", "ipairs = type", s:change(), s:change()}), line("p(n)")}, tail = "if n > 4 then break end end return n end)) next, ipairs = saved.next, saved.ipairs"}
  end},
}

-- A change of a chain of classes: `x`, `y` and `z` are objects of C, which inherits from P, which inherits from Q; `store` is a store whose own
-- cache knows tables of other uses.
function Caches:inheritance_change(field)
  local class = self.random:pick {"C", "P", "P", "Q", "Q"}
  local method = self.random:weighted {{4, self:method()}, {1, "nil"}, {1, self.random:pick(SCALARS)}}
  return self.random:weighted {
    {4, "store(" .. class .. ", " .. method .. ")"}, {2, class .. "." .. field .. " = " .. method}, {2, "put(" .. class .. ", '" .. field .. "', " .. method .. ")"},
    {2, "local k = '" .. field .. "' " .. class .. "[k] = " .. method}, {2, "store(x, " .. method .. ")"}, {1, "store(y, nil)"}, {1, class .. "." .. self:field() .. " = 1"},
    {4, "set_metatable(" .. class .. ", " .. self.random:pick {"nil", "{__index = Q}", "{__index = {" .. field .. " = " .. method .. "}}", "Q", "{}", self:class()} .. ")"},
    {2, "set_metatable(" .. self.random:pick {"x", "y"} .. ", " .. self.random:pick {"nil", "P", "Q", "C", "{__index = C}"} .. ")"},
    {4, "if meta(" .. class .. ") then meta(" .. class .. ").__index = " .. self.random:pick {"Q", "nil", "{" .. field .. " = " .. method .. "}", "function(_, k) tick() return k end", "C"} .. " end"},
    {2, class .. ".__index = " .. self.random:pick {"nil", "P", "Q", "C", "function(_, k) tick() return k end"}},
    {1, "for k in follow, " .. class .. " do " .. class .. "[k] = nil end"}, {1, "for k = 1, 30 do put(" .. class .. ", 'k' .. k, k) end"}, {1, "collectgarbage()"}, {1, "collectgarbage('step')"},
    {1, self:change()},
  }
end

function Caches:inheritance()
  local field, body = self:field(), {}
  for _, class in ipairs {"Q", "P", "C"} do
    local fields = {}
    if class == "Q" or self.random:chance(30) then fields[1] = field .. " = " .. self:method() end
    if self.random:chance(40) then fields[#fields + 1] = self:field() .. " = 1" end
    body[#body + 1] = line("local " .. class .. " = {" .. table.concat(fields, ", ") .. "} " .. class .. ".__index = " .. class)
  end
  body[#body + 1] = line(self.random:pick {"set_metatable(C, P)", "set_metatable(C, {__index = P})"} .. " " .. self.random:pick {"set_metatable(P, Q)", "set_metatable(P, {__index = Q})"})
  local other = self:field()
  body[#body + 1] = line("local x, y, z = set_metatable({" .. other .. " = 1}, C), set_metatable({" .. other .. " = 2}, C), set_metatable({}, C)")
  body[#body + 1] = line("local function call(o, v) return o:" .. field .. "(v) end local function get(o) return o." .. field .. " end local function store(t, v) t." .. field .. " = v end")
  body[#body + 1] = line("store({}, 1) store({" .. field .. " = 2}, 3)" .. self.random:pick {"", " store({__index = 1, " .. field .. " = 2}, 3)", " store({" .. field .. " = 1, __index = 2}, 3)"})
  local turns = {line("p(try(call, " .. self.random:pick {"x", "i % 2 == 0 and x or y", "z"} .. ", i))"), line("p(try(" .. self.random:pick {"get", "call", "call"} .. ", " .. self.random:pick {"x", "y", "z"} .. "))")}
  for _ = 1, self.random:range(1, 4) do
    table.insert(turns, self.random:range(1, #turns + 1), line("if i == " .. self.random:range(2, 6) .. " then " .. self:inheritance_change(field) .. " end"))
  end
  body[#body + 1] = {head = "for i = 1, 7 do tick()", body = turns, tail = "end"}
  return {head = "p(try(function()", body = body, tail = "end))"}
end

function Caches:sequence_loop()
  local n = self.random:range(3, 40)
  local fill = self.random:pick {
    "for i = 1, " .. n .. " do t[i] = i end", "for i = " .. n .. ", 1, -1 do t[i] = i end", "for i = 1, " .. n .. " do t[#t + 1] = i end", "for i = 1, " .. n .. " do table.insert(t, i) end",
    "for i = 1, " .. n .. " do t[i + 0.0] = i end", "for i = 2, " .. n .. " do t[i] = i end t[1] = 1", "for i = 1, " .. n .. " do t['k' .. i] = i t[i] = i end for i = 1, " .. n .. " do t['k' .. i] = nil end",
  }
  local step = self.random:pick {
    "t[i] = x * 2", "t[i] = x + 0.5", "t[i] = 'x' .. i", "t[i] = {a = i}", "t[i] = i % 2 == 0", "t['k' .. i] = x", "t[#t] = nil", "if i < 20 then t[#t + 1] = i end", "t[-i] = x", "t[i * 1000] = nil", "t.name = i",
    "if i == 2 then for k = 1, 60 do t['h' .. k] = k end end", "if i == 2 then setmetatable(t, {__index = function(_, k) if k == " .. (n + 1) .. " then return 'more' end end}) end", "table.insert(t, 1, x) if i > 5 then break end",
    "table.remove(t)", "t[i] = t[1]", "rawset(t, i, -x)", "t[i] = 2^60",
  }
  local loop = self.random:pick {"for i, x in ipairs(t) do", "for i = 1, #t do local x = t[i] if not math_type(x) then x = 0 end", "for i, x in function(l, i) i = i + 1 if l[i] ~= nil then return i, l[i] end end, t, 0 do"}
  return {head = "p(try(function() local t = {" .. self.random:pick {"", "", "a = 1", "nil, nil"} .. "} " .. fill .. " " .. loop .. " tick() if not math_type(x) then x = 0 end", body = {line(step), line(self.random:chance(25) and self:change() or "g1 = x")},
    tail = "if i > 50 then break end end p(#t, flat(t)) return t[1], t[" .. n .. "], t[" .. (n + 1) .. "], #t end))"}
end

-- Tables with holes: never measured.
function Caches:sparse_loop()
  local key = self.random:pick {"i * 7 % 31", "-i", "i * 1000003", "i + 0.5", "i - 5", "1 << i", "tostring(i)", "i // 2", "i * 0.5", "-(1 << 62) + i", "(i % 2 == 0) and i or 'k' .. i"}
  local first, second = self.random:range(5, 40), self.random:range(1, 30)
  return {head = "p(try(function() local t = {} for i = 1, " .. first .. " do tick() t[" .. key .. "] = i end", body = {
    line("for i = 1, " .. second .. " do t[" .. key .. "] = nil end"), line("for i = 1, 8 do t[" .. self.random:pick {"i", "-i", "i * 3", "'s' .. i"} .. "] = i end"),
    line("for k, x in next, t do tick() " .. self.random:pick {"t[k] = x + 1", "t[k] = nil", "if x % 2 == 0 then t[k] = nil end", "rawset(t, k, 'x')", "collectgarbage('step') t[k] = nil", "t[k] = nil"} .. " end"),
    line(self:change())}, tail = "p(flat(t)) return t[1], t[-1], next(t) == nil end))"}
end

function Caches:statement() return self.random:weighted(STATEMENTS)(self) end

-- ---- the program ----

local PREAMBLE <const> = {
  "local function helper(...) return 'helper', select('#', ...) end", "local math_type, strings, saved_strings = math.type, getmetatable('').__index, {}",
  "local try, put, follow, each, meta, set_metatable = pcall, rawset, next, ipairs, getmetatable, setmetatable -- for the program itself: sites use the globals",
  "for k, f in pairs(strings) do saved_strings[k] = f end", "local lf, lt, u1, u2 = math.floor, type, {}, {}", "g1, g2, g3 = 1, 'two', nil",
}

function Caches:saved()
  local parts, seen = {}, {}
  for _, entry in ipairs(LIBRARY) do
    if not seen[entry[1]] then parts[#parts + 1] = entry[1]:gsub("%.", "_") .. " = " .. entry[1] end
    seen[entry[1]] = true
  end
  return "local saved = {" .. table.concat(parts, ", ") .. "}"
end

function Caches:make_class(parent)
  local name = self:fresh("K")
  local fields = {}
  for _ = 1, self.random:range(1, 5) do fields[#fields + 1] = self:field() .. " = " .. (self.random:chance(70) and self:method() or self.random:pick(SCALARS)) end
  local text = "local " .. name .. " = {" .. table.concat(fields, ", ") .. "} " .. name .. ".__index = " .. name
  if parent and self.random:chance(70) then
    text = text .. " setmetatable(" .. name .. ", " .. self.random:pick {parent, "{__index = " .. parent .. "}"} .. ")"
  end
  self.classes[#self.classes + 1] = name
  return line(text)
end

function Caches:make_metatable()
  local name, text = self:fresh("M"), {}
  self.metatables[#self.metatables + 1] = name
  for _, event in ipairs(EVENTS) do
    if self.random:chance(20) then text[#text + 1] = "__" .. event .. " = " .. self:event_value(event) end
  end
  if self.random:chance(50) then text[#text + 1] = "__index = " .. self:class() end
  return line("local " .. name .. " = {" .. table.concat(text, ", ") .. "}")
end

function Caches:make_object()
  local fields = {}
  for _ = 1, self.random:range(0, 4) do fields[#fields + 1] = self:field() .. " = " .. self:value() end
  local constructor = "{" .. table.concat(fields, ", ") .. (self.random:chance(20) and #fields > 0 and ", 5" or "") .. "}"
  local name = self:fresh("o")
  local text = "local " .. name .. " = " .. constructor
  if self.random:chance(55) then text = "local " .. name .. " = setmetatable(" .. constructor .. ", " .. self:metatable() .. ")" end
  if self.random:chance(15) then text = text .. " for i = 1, " .. self.random:range(5, 40) .. " do put(" .. name .. ", 'k' .. i, i) end" end
  self.objects[#self.objects + 1] = name
  return line(text)
end

local caches = {text = text_of}

function caches.program(seed)
  local random = Random.new(seed)
  local self = Caches.new(random)
  local nodes = {}
  local function add(node) nodes[#nodes + 1] = node end
  for _, text in ipairs(PREAMBLE) do add {head = text, fixed = true} end
  add {head = self:saved(), fixed = true}
  for i = 1, random:range(1, 3) do add(self:make_class(self.classes[i - 1])) end
  self.objects[1] = "u1"
  for _ = 1, random:range(1, 3) do add(self:make_metatable()) end
  for _ = 1, random:range(2, 6) do add(self:make_object()) end
  local all = table.move(self.objects, 1, #self.objects, 1, {})
  for _ = 1, random:range(0, 3) do all[#all + 1] = random:pick {"'text'", "5", "false", "helper", "2.5", self:class(), self:metatable()} end
  add {head = "local all = {" .. table.concat(all, ", ") .. "}", fixed = true}
  for _ = 1, random:range(3, 10) do add(self:site()) end
  for _ = 1, random:range(8, 26) do add(self:statement()) end
  for _, name in ipairs(self.objects) do add(line("p(flat(" .. name .. "))")) end
  return nodes
end

if arg and arg[0] and arg[0]:find("caches%.lua$") then io.write(text_of(caches.program(tonumber(arg[1]) or 1))) end

return caches
