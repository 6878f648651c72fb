-- Random expressions. Variables have a kind that the generator keeps true: int, num (integer or float), str, seq (a table
-- without holes, so that its length is defined), map (any keys; never measured, walked in sorted order only), obj (a table
-- with metamethods), fun, any. Ill-typed expressions are made on purpose, by `wrong`.
local Expressions = {}
Expressions.__index = Expressions

local INTEGERS <const> = {
  "0", "1", "2", "3", "-1", "-2", "7", "10", "63", "64", "65", "100", "255", "256", "-128", "1000", "65536", "2147483647",
  "2147483648", "-2147483648", "4294967296", "9007199254740992", "9007199254740993", "-9007199254740993",
  "9223372036854775807", "math.maxinteger", "math.mininteger", "0x7fffffffffffffff", "0xffffffffffffffff", "0xff",
  "0x10000000000000001", "4611686018427387904", "-9223372036854775807",
}
local FLOATS <const> = {
  "0.0", "-0.0", "0.5", "1.0", "1.5", "2.0", "-1.0", "-2.5", "3.0", "1e15", "1e16", "123456.789", "1e100", "-1e100", "1e308",
  "2^53", "2.0^63", "-(2.0^63)", "2^-1074", "math.huge", "-math.huge", "math.pi", "0x1p-2", "0x.8", "9007199254740993.0",
  "9223372036854775808", "1e-10", "3.14159", "0.1", "100.0", "1e1", ".5e1",
}
local STRINGS <const> = {
  '""', '"a"', '"abc"', '"hello world"', '"10"', '" 7 "', '"0x10"', '"1e2"', '"-3"', '"nan"', '"1e"', '"0x"', '"12abc"',
  '"The quick brown fox"', '"a,b,,c"', '"x=1, y=22"', '"\\0nul\\0"', '"\\xff\\xfe"', '"\\u{48}\\u{20AC}"', '"line1\\nline2"',
  '"tab\\there"', '"%d"', '"(a(b)c)"', '"aAbB12_-"', '"9223372036854775808"', '"9223372036854775807"', '"0.1"', '" "',
  '[[long\nstring]]', '"z\\z   \n   z"', '"\\065\\10"', '"äö"', '("ab"):rep(25)', '"inf"', '"5."', '".5"', '"0x1p4"',
}
local PATTERNS <const> = {
  '"a"', '"."', '"%a+"', '"%d+"', '"%w*"', '"[aeiou]"', '"[^%s]+"', '"^%s*(.-)%s*$"', '"(%w+)=(%w+)"', '"%b()"', '"%f[%w]%w+"',
  '"()"', '"(a)(b)"', '"(.)%1"', '"l+"', '"o w"', '"%p"', '"[a-c]+"', '"[%a_][%w_]*"', '"x?"', '".-"', '"$"', '"^"', '"%S"',
  '"[^,]*"', '"%x%x"', '"%u%l*"', '"[%]]"', '"%%"', '"(()a())"', '"%c"', '"[%-%d]+"', '"%"', '"[a"', '"(a"', '"a)"', '"%b"', '"%f"',
}
local REPLACEMENTS <const> = {'"<%0>"', '"%1"', '""', '"%%"', '"%2%1"', '"x"', '"%9"', '"%"'}
local FORMATS <const> = {
  {"%d", "int"}, {"%5d", "int"}, {"%-5d|", "int"}, {"%05d", "int"}, {"%+d", "int"}, {"%x", "int"}, {"%#X", "int"}, {"%o", "int"},
  {"%c", "small"}, {"%i", "int"}, {"%f", "tame"}, {"%.3f", "tame"}, {"%10.2f", "tame"}, {"%e", "num"}, {"%.0e", "num"}, {"%g", "num"},
  {"%.14g", "num"}, {"%.17g", "num"}, {"%a", "num"}, {"%s", "str"}, {"%10s", "str"}, {"%-10s|", "str"}, {"%.3s", "str"},
  {"%q", "str"}, {"%q", "int"}, {"%q", "num"}, {"%%", nil}, {"%s", "scalar"}, {"%d", "num"}, {"%u", "int"}, {"%5", "int"},
}
local ARITHMETIC <const> = {"+", "-", "*", "+", "-", "*", "/", "//", "%", "^"}
local BITWISE <const> = {"&", "|", "~", "<<", ">>"}
local COMPARISON <const> = {"<", "<=", ">", ">=", "==", "~="}
local PACKS <const> = {
  {"b", "small"}, {"B", "small"}, {"<h", "small"}, {">H", "small"}, {"<i4", "small"}, {">i8", "int"}, {"j", "int"}, {"n", "num"},
  {"<d", "num"}, {"f", "small"}, {"z", "word"}, {"s1", "word"}, {">s2", "word"}, {"!4 i1 !4 i4", "small"}, {"i3", "small"},
  {"<i16", "int"}, {"c5", "word"}, {"x b", "small"}, {"b Xi4 i4", "small"}, {"i17", "int"}, {"i1", "int"}, {"y", "int"}, {"!3 i4", "int"},
}

function Expressions.new(random, scope) return setmetatable({random = random, scope = scope}, Expressions) end

-- A visible variable of that kind (or of one that is as good), or nil.
function Expressions:variable(kind)
  local candidates = {}
  for _, variable in ipairs(self.scope) do
    if variable.kind == kind or (kind == "num" and variable.kind == "int") or kind == "any" then
      candidates[#candidates + 1] = variable.name
    end
  end
  if #candidates > 0 then return self.random:pick(candidates) end
end

function Expressions:variable_or(kind, other)
  if self.random:chance(60) then
    local name = self:variable(kind)
    if name then return name end
  end
  return other(self)
end

function Expressions:small() return tostring(self.random:range(0, 120)) end

function Expressions:word() return '"' .. ("abcdefghij"):sub(self.random:range(1, 5), self.random:range(5, 9)) .. '"' end

function Expressions:tame() return self.random:pick {"0.5", "-1.25", "3", "1e10", "99.995", "2.5", "1/3", "-0.0"} end

local INT_FORMS <const> = {
  {6, function(e, d)
    return "(" .. e:int(d) .. " " .. e.random:pick {"+", "-", "*"} .. " " .. e:int(d) .. ")"
  end},
  {3, function(e, d) return "(" .. e:int(d) .. " " .. e.random:pick(BITWISE) .. " " .. e:int(d) .. ")" end},
  {2, function(e, d) return "(" .. e:int(d) .. " " .. e.random:pick {"//", "%"} .. " " .. e:int(d) .. ")" end},
  {2, function(e, d) return "(" .. e.random:pick {"- ", "~", "- - "} .. e:int(d) .. ")" end},
  {2, function(e, d) return "#" .. e:variable_or("str", function() return e:word() end) end},
  {2, function(e) return "#" .. e:variable_or("seq", function() return "{1, 2, 3}" end) end},
  {1, function(e, d) return "(" .. e:str(d) .. "):len()" end},
  {1, function(e, d) return "(string.byte(" .. e:str(d) .. ", " .. e.random:range(-3, 4) .. ") or -1)" end},
  {1, function(e, d) return "math." .. e.random:pick {"max", "min"} .. "(" .. e:int(d) .. ", " .. e:int(d) .. ")" end},
  {1, function(e, d) return "select('#', " .. e:any(d) .. ", " .. e:any(d) .. ")" end},
  {1, function(e, d) return "(" .. e:bool(d) .. " and " .. e:int(d) .. " or " .. e:int(d) .. ")" end},
  {1, function(e, d) return "(math.tointeger(" .. e:num(d) .. ") or " .. e:int(d) .. ")" end},
  {1, function(e, d) return "math.abs(" .. e:int(d) .. ")" end},
  {1, function(e, d) return "(" .. e:num(d) .. " // 1 | 0)" end},
}

function Expressions:int(depth)
  if depth <= 0 or self.random:chance(30) then
    return self:variable_or("int", function() return self.random:pick(INTEGERS) end)
  end
  return self.random:weighted(INT_FORMS)(self, depth - 1)
end

local NUM_FORMS <const> = {
  {8, function(e, d) return "(" .. e:num(d) .. " " .. e.random:pick(ARITHMETIC) .. " " .. e:num(d) .. ")" end},
  {4, function(e, d) return e:int(d) end},
  {2, function(e, d) return "(- " .. e:num(d) .. ")" end},
  {1, function(e, d) return "math." .. e.random:pick {"floor", "ceil", "sqrt", "abs", "sin", "exp"} .. "(" .. e:num(d) .. ")" end},
  {1, function(e, d) return "math.fmod(" .. e:num(d) .. ", " .. e:num(d) .. ")" end},
  {1, function(e, d) return "(tonumber(" .. e:str(d) .. ") or " .. e:num(d) .. ")" end},
  {1, function(e) return '("10" ' .. e.random:pick(ARITHMETIC) .. " " .. e.random:pick {'"2"', "3", "0.5", '" 0x10 "'} .. ")" end},
  {1, function(e) return e.random:pick {"math.random(10)", "math.random(-5, 5)", "math.random()", "math.random(1 << 40)"} end},
}

function Expressions:num(depth)
  if depth <= 0 or self.random:chance(25) then
    return self:variable_or("num", function()
      return self.random:chance(50) and self.random:pick(INTEGERS) or self.random:pick(FLOATS)
    end)
  end
  return self.random:weighted(NUM_FORMS)(self, depth - 1)
end

local function format_call(e, d)
  local parts, arguments = {}, {}
  for i = 1, e.random:range(1, 3) do
    local format = e.random:pick(FORMATS)
    if format[1] == "%5" and not e.random:chance(20) then format = {"%d", "small"} end
    parts[i] = format[1]
    if format[2] then arguments[#arguments + 1] = e[format[2]](e, d) end
  end
  local list = table.concat(arguments, ", ")
  return 'string.format("' .. table.concat(parts, " ") .. '"' .. (list ~= "" and ", " or "") .. list .. ")"
end

local function gsub_call(e, d)
  local replacement = e.random:weighted {
    {4, e.random:pick(REPLACEMENTS)},
    {2, 'function(a, b) return ' .. e.random:pick {"a:upper()", "b", "nil", "false", "(a or '') .. '!'", "#a", "{}"} .. " end"},
    {1, '{a = "1", hello = "bye", x = 2, y = false}'},
  }
  local limit = e.random:chance(30) and ", " .. e.random:range(-1, 3) or ""
  return "(string.gsub(" .. e:str(d) .. ", " .. e.random:pick(PATTERNS) .. ", " .. replacement .. limit .. "))"
end

local STR_FORMS <const> = {
  {6, function(e, d) return "(" .. e:str(d) .. " .. " .. e:str(d) .. ")" end},
  {3, function(e, d) return "(" .. e:str(d) .. " .. " .. e:num(d) .. ")" end},
  {1, function(e, d) return "(" .. e:num(d) .. " .. " .. e:str(d) .. " .. " .. e:num(d) .. " .. " .. e:str(d) .. ")" end},
  {2, function(e, d) return "tostring(" .. e:scalar(d) .. ")" end},
  {2, function(e, d) return "(" .. e:str(d) .. "):sub(" .. e.random:range(-5, 5) .. ", " .. e.random:range(-5, 8) .. ")" end},
  {2, function(e, d) return "(" .. e:str(d) .. "):" .. e.random:pick {"upper", "lower", "reverse"} .. "()" end},
  {2, function(e, d) return "cut(" .. e:str(d) .. "):rep(" .. e.random:range(-1, 4) .. e.random:pick {"", ', ","'} .. ")" end},
  {3, format_call},
  {3, gsub_call},
  {1, function(e, d) return "(string.match(" .. e:str(d) .. ", " .. e.random:pick(PATTERNS) .. ") or '-')" end},
  {1, function(e) return "string.char(" .. e:small() .. ", " .. e:small() .. ")" end},
  {1, function(e) return "utf8.char(" .. e:small() .. ", " .. e.random:pick {"0x20AC", "0x10FFFF", "228", "0x7fffffff"} .. ")" end},
  {1, function(e, d) return "type(" .. e:any(d) .. ")" end},
  {1, function(e, d) return "math.type(" .. e:num(d) .. ")" end},
  {1, function(e, d) return "(" .. e:bool(d) .. " and " .. e:str(d) .. " or " .. e:str(d) .. ")" end},
  {1, function(e) return "table.concat({1, 2.5, " .. e:word() .. "}, " .. e:word() .. ")" end},
}

function Expressions:str(depth)
  if depth <= 0 or self.random:chance(30) then
    return self:variable_or("str", function() return self.random:pick(STRINGS) end)
  end
  return self.random:weighted(STR_FORMS)(self, depth - 1)
end

local BOOL_FORMS <const> = {
  {5, function(e, d) return "(" .. e:num(d) .. " " .. e.random:pick(COMPARISON) .. " " .. e:num(d) .. ")" end},
  {3, function(e, d) return "(" .. e:str(d) .. " " .. e.random:pick(COMPARISON) .. " " .. e:str(d) .. ")" end},
  {2, function(e, d) return "(not " .. e:any(d) .. ")" end},
  {2, function(e, d) return "(" .. e:any(d) .. " " .. e.random:pick {"==", "~="} .. " " .. e:any(d) .. ")" end},
  {1, function(e, d) return "(" .. e:bool(d) .. " " .. e.random:pick {"and", "or"} .. " " .. e:bool(d) .. ")" end},
  {1, function(e, d) return "math.ult(" .. e:int(d) .. ", " .. e:int(d) .. ")" end},
  {1, function(e, d) return "rawequal(" .. e:any(d) .. ", " .. e:any(d) .. ")" end},
}

function Expressions:bool(depth)
  if depth <= 0 then return self.random:pick {"true", "false"} end
  return self.random:weighted(BOOL_FORMS)(self, depth - 1)
end

function Expressions:scalar(depth)
  local kind = self.random:pick {"int", "num", "str", "bool", "num"}
  if self.random:chance(5) then return "nil" end
  return self[kind](self, depth)
end

function Expressions:key(depth)
  return self.random:weighted {{4, self:word()}, {3, tostring(self.random:range(1, 9))}, {1, self:int(depth)}, {1, self:num(0)}, {1, "true"}}
end

function Expressions:seq(depth)
  local items = {}
  for i = 1, self.random:range(0, 7) do items[i] = self.random:pick {self:int(0), self:num(0), self:str(0)} end
  if depth > 0 and self.random:chance(20) then items[#items + 1] = "nn(" .. self:any(depth - 1) .. ")" end
  return "{" .. table.concat(items, ", ") .. "}"
end

-- A sequence that can be sorted: numbers only.
function Expressions:numbers()
  local items = {}
  for i = 1, self.random:range(0, 30) do items[i] = tostring(self.random:range(-50, 50)) .. self.random:pick {"", "", ".5"} end
  return "{" .. table.concat(items, ", ") .. "}"
end

function Expressions:map(depth)
  local items = {}
  for i = 1, self.random:range(0, 5) do
    local value = self:scalar(depth - 1)
    items[i] = self.random:weighted {
      {3, self.random:pick {"a", "b", "c", "name", "x"} .. " = " .. value},
      {2, "[" .. self:word() .. "] = " .. value},
      {1, "[" .. self.random:range(-3, 9) .. "] = " .. value},
      {1, value},
    }
  end
  return "{" .. table.concat(items, self.random:pick {", ", "; "}) .. "}"
end

local ANY_FORMS <const> = {
  {3, function(e, d) return e:int(d) end},
  {3, function(e, d) return e:num(d) end},
  {3, function(e, d) return e:str(d) end},
  {2, function(e, d) return e:bool(d) end},
  {1, function() return "nil" end},
  {2, function(e, d) return "(" .. e:variable_or("map", function() return e:map(d) end) .. ")[" .. e:word() .. "]" end},
  {2, function(e) return "(" .. e:variable_or("seq", function() return "{}" end) .. ")[" .. e.random:range(0, 8) .. "]" end},
  {2, function(e, d) return e:call(d) end},
  {1, function(e, d) return "(" .. e:any(d) .. " " .. e.random:pick {"and", "or"} .. " " .. e:any(d) .. ")" end},
  {1, function(e, d) return e:object_use(d) end},
  {1, function(e) return e.is_vararg and e.random:pick {"(...)", "(select('#', ...))", "(select(-1, 0, ...))"} or "nil" end},
}

function Expressions:any(depth)
  if depth <= 0 then return self.random:chance(50) and (self:variable("any") or "nil") or self:scalar(0) end
  return self.random:weighted(ANY_FORMS)(self, depth - 1)
end

-- A call of a function variable: functions take anything.
function Expressions:call(depth)
  local name = self:variable("fun")
  if not name then return "nil" end
  local arguments = {}
  for i = 1, self.random:range(0, 3) do arguments[i] = self:scalar(depth - 1) end
  return "(" .. name .. "(" .. table.concat(arguments, ", ") .. "))"
end

-- Operators on a value with metamethods; results are made printable.
function Expressions:object_use(depth)
  local object = self:variable("obj")
  if not object then return self:scalar(depth) end
  local operators = {"+", "-", "*", "/", "//", "%", "^", "..", "&", "|", "~", "<<", ">>", "==", "<", "<=", "~=", ">"}
  return self.random:weighted {
    {5, "(" .. object .. " " .. self.random:pick(operators) .. " " .. self.random:pick {self:num(0), self:str(0), object} .. ")"},
    {2, "(" .. self.random:pick {self:num(0), self:str(0)} .. " " .. self.random:pick(operators) .. " " .. object .. ")"},
    {1, "(-" .. object .. ")"}, {1, "(~" .. object .. ")"}, {1, "(#" .. object .. ")"},
    {2, object .. "." .. self.random:pick {"a", "b", "missing"}},
    {2, "(" .. object .. "(" .. self:scalar(0) .. "))"},
    {1, object .. ":" .. self.random:pick {"m", "nothing"} .. "(" .. self:scalar(0) .. ")"},
    {1, "tostring(" .. object .. ")"},
  }
end

-- Expressions that (mostly) raise an error, for its text.
local WRONG_FORMS <const> = {
  function(e) return (e:variable("any") or "nothing") .. ".field.deeper" end,
  function(e) return (e:variable("map") or "nothing") .. "." .. e.random:pick {"gone", "lost"} .. ".x" end,
  function(e) return "undefined_global" .. e.random:pick {".x", "()", ":m()", " + 1", " .. 'x'", "[1]"} end,
  function(e) return (e:variable("any") or "nothing") .. " + " .. e.random:pick {"{}", "nil", "true", "'x'", "print"} end,
  function(e) return (e:variable("any") or "nothing") .. " .. " .. e.random:pick {"{}", "nil", "true", "print"} end,
  function(e) return (e:variable("num") or "1") .. " < " .. e.random:pick {"'1'", "nil", "{}", "true"} end,
  function(e) return (e:variable("any") or "{}") .. " <= " .. (e:variable("any") or "nil") end,
  function(e) return "#" .. (e:variable("num") or "nothing") end,
  function(e) return "-" .. (e:variable("str") or "{}") end,
  function(e) return (e:variable("num") or "1.5") .. " | " .. e.random:pick {"1.5", "'a'", "'1.5'", "{}", "2^63", "nil"} end,
  function(e) return (e:variable("int") or "1") .. " " .. e.random:pick {"//", "%"} .. " 0" end,
  function(e) return (e:variable("num") or "nothing") .. e.random:pick {"()", ".x.y", ":m()", "[1][2]"} end,
  function(e) return (e:variable("map") or "({})") .. e.random:pick {".f()", ":m()", "['a b']()", "[1]()", "[nil].x", "()"} end,
  function(e) return "string." .. e.random:pick {"rep()", "rep('x', {})", "sub()", "char(256)", "char(-1)", "format('%d', 'x')", "format('%d', 1.5)",
      "format('%y', 1)", "format()", "byte({})", "rep('x', 1 << 62)", "format('%10')", "gsub('a', 'a', true)", "find('a')", "gmatch('x')",
      "format('%s')", "format('%q', {})", "upper()", "pack('i0', 1)", "unpack('i4', 'abc')", "format('%0100d', 1)", "format('%c', 'x')"} end,
  function(e) return "table." .. e.random:pick {"insert({}, 1, 2, 3)", "insert(nil, 1)", "insert({}, 5, 1)", "concat({{}})", "concat({1, nil, 3}, ',', 1, 3)",
      "remove({}, 5)", "unpack({}, 1, 1e8)", "sort({{}, {}})", "sort({1, 2, 3}, 5)", "move({}, 1, 2)", "insert({1})", "concat(1)", "unpack()"} end,
  function(e) return "math." .. e.random:pick {"floor('x')", "floor({})", "random(0, -1)", "random(1, 2, 3)", "tointeger()", "fmod(1, 0)", "max()", "abs()",
      "ult(1.5, 2)", "type()", "sqrt(nil)", "random(1.5)"} end,
  function(e) return e.random:pick {"setmetatable(1, {})", "setmetatable({}, 1)", "tonumber('z', 99)", "tonumber({}, 10)", "tonumber()", "select(0)", "select('x')",
      "ipairs()", "next({}, 'nope')", "rawset(1, 2, 3)", "rawlen(5)", "rawget()", "error()", "assert(false)", "assert(nil, 'because')", "assert()",
      "getmetatable()", "tostring()", "type()", "load(5)", "pcall()", "xpcall(print)", "error({code = 7})", "error('at level 2', 2)",
      "utf8.char(-1)", "utf8.codepoint('\\xff')", "utf8.len('abc', 9)", "utf8.offset('a\\x80', 1, 2)", "coroutine.resume(1)", "coroutine.wrap(1)",
      "coroutine.yield(1)", "setmetatable({}, {__index = function(t, k) return k .. nil end}).key", "collectgarbage('nope')",
      "('x'):bad()", "('x').y.z", "(1)()", "({})()", "(nil)[1]", "('x')[nil]()", "tonumber('10', 1)"} end,
}

function Expressions:wrong() return self.random:pick(WRONG_FORMS)(self) end

-- Calls whose results are interesting as a list.
local LIST_FORMS <const> = {
  function(e, d) return "string.find(" .. e:str(d) .. ", " .. e.random:pick(PATTERNS) .. e.random:pick {"", ", 2", ", -3", ", 1, true"} .. ")" end,
  function(e, d) return "string.gsub(" .. e:str(d) .. ", " .. e.random:pick(PATTERNS) .. ", " .. e.random:pick(REPLACEMENTS) .. ")" end,
  function(e, d) return "string.match(" .. e:str(d) .. ", " .. e.random:pick(PATTERNS) .. ")" end,
  function(e, d) return "string.byte(" .. e:str(d) .. ", 1, 5)" end,
  function(e) return "table.unpack(" .. (e:variable("seq") or "{1, 2}") .. ", " .. e.random:range(-1, 2) .. ", " .. e.random:range(0, 5) .. ")" end,
  function(e, d) return "select(" .. e.random:pick {"1", "2", "-1", "3"} .. ", " .. e:any(d) .. ", " .. e:any(d) .. ")" end,
  function(e, d) return "math.modf(" .. e:num(d) .. ")" end,
  function(e, d) return "tonumber(" .. e:str(d) .. ", " .. e.random:pick {"10", "16", "2", "36"} .. ")" end,
  function(e) local pack = e.random:pick(PACKS) return 'show_pack("' .. pack[1] .. '", ' .. e[pack[2]](e, 1) .. ")" end,
  function(e, d) return "utf8.len(" .. e:str(d) .. ")" end,
  function(e) return "utf8.codepoint(" .. e.random:pick {'"a€ö"', '"abc"', '"\\u{7FFFFFFF}"'} .. ", 1, -1" .. e.random:pick {"", ", true"} .. ")" end,
  function(e) return "utf8.offset(" .. e.random:pick {'"a€ö"', '"abc"'} .. ", " .. e.random:range(-3, 4) .. ")" end,
  function(e) return "table.unpack(table.move(" .. e:seq(0) .. ", " .. e.random:range(1, 3) .. ", " .. e.random:range(1, 4) .. ", 1, {}), 1, 4)" end,
  function(e, d) return "math.tointeger(" .. e:num(d) .. ")" end,
  function(e, d) return "table.pack(" .. e:any(d) .. ", " .. e:any(d) .. ")" end,
  function(e, d) return "load(" .. string.format("%q", "return " .. e:num(1):gsub("%f[%w_][vfo]%d+%f[^%w_]", "1")) .. ")" .. "()" end,
  function(e) return "load(" .. string.format("%q", e.random:pick {"x =", "return 1 +", "for i = 1 do end", "goto nowhere", "local x <const> = 1; x = 2",
      "break", "return 'unfinished", "x = }", "local function f() return end end", "::a:: ::a::", "return 0x", "return 1..2", "f(", "a.b:c = 1",
      "local x <what> = 1", "return '\\q'", "return '\\300'", "return \"\\u{110000000}\"", "--[[ unfinished", "return [==[ x ]=]", "if x then else elseif",
      "return ...", "x, y = 1", "for 1 = 2", "local t = {1, 2", "repeat until", "return 3 = 4", "goto l; local a; ::l:: print(a)", "and", "x = 5 y = 6 return x + y"}) .. ")" end,
}

function Expressions:list(depth) return self.random:pick(LIST_FORMS)(self, depth) end

return Expressions
