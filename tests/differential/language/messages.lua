-- What run-time errors say of the values they blame: operands of every kind (locals, upvalues, globals, fields, methods, elements, constants,
-- parameters, results) in every operation, in functions of every shape.   messages.lua [SEED [COUNT]]
local Random = dofile("random.lua")
local random = Random.new(tonumber(arg[1]) or 82)
local COUNT <const> = tonumber(arg[2]) or 5000

local VALUES <const> = {"nil", "true", "1", "1.5", "'x'", "'1.5'", "{}", "type", "thing", "2^70", "coroutine.create(print)"}

-- Expressions in a function with: parameter p, local l, constant c, upvalue u, upvalue table ut, tables t (local) and gt (global).
local OPERANDS <const> = {
  "p", "l", "u", "g", "t.field", "t.table.field", "ut.field", "ut.table.field", "gt.field", "gt.table.field", "t[1]", "t[k]", "t['a b']", "t[uk]", "t[1.5]", "t[true]",
  "t:method()", "(t.field)", "c", "'literal'", "nil", "true", "{}", "5", "1.5", "f()", "f", "(f())", "...", "_ENV.g", "string", "string.format", "t.field.more", "not p", "-1",
  "l2", "ut[k]", "gt[1]", "missing", "missing2", "t.table", "(p or l)", "(p and l)", "#t", "t.table[1]", "us", "(us)", "_ENV",
}
local OPERATORS <const> = {"+", "-", "*", "/", "//", "%", "^", "..", "&", "|", "~", "<<", ">>", "<", "<=", ">", ">=", "=="}

local function operand() return random:pick(OPERANDS) end

local FORMS <const> = {
  function() return "return " .. operand() .. " " .. random:pick(OPERATORS) .. " " .. operand() end,
  function() return "return " .. operand() .. " " .. random:pick(OPERATORS) .. " " .. operand() .. " " .. random:pick(OPERATORS) .. " " .. operand() end,
  function() return "local x = " .. operand() .. " return x " .. random:pick(OPERATORS) .. " " .. operand() end,
  function() return "return " .. random:pick {"-", "~", "#", "not "} .. operand() end,
  function() return "return (" .. operand() .. ")" .. random:pick {"()", ".name", "[1]", ":name()", "[k]", ".name.more", "['a b']", "[nil]", "[t.field]", "(1, 2)", "'s'", "{}", "[u]"} end,
  function() return "local _ = " .. random:pick {"t.field", "gt.field", "ut.field", "t.table.field", "g", "u", "l", "t.method", "string.nothing", "t[k]"} .. random:pick {"()", ".a.b", "[1][2]", ":m()", ".x()"} end,
  function() return random:pick {"t", "gt", "ut", "u", "g", "l", "p", "t.field", "t.table", "missing", "c"} .. random:pick {".x", "[1]", "[nil]", "[0 / 0]", "[k]", ".x.y", "['a b']"} .. " = " .. operand() end,
  function() return "if " .. operand() .. " " .. random:pick {"<", "<=", ">", ">="} .. " " .. operand() .. " then return 1 end" end,
  function() return "for i = " .. operand() .. ", " .. operand() .. random:pick {"", ", " .. operand()} .. " do break end" end,
  function() return "for k in " .. operand() .. " do break end" end,
  function() return "for k, v in " .. random:pick {"pairs", "ipairs"} .. "(" .. operand() .. ") do break end" end,
  function() return "local x <close> = " .. operand() end,
  function() return "return t:method(" .. operand() .. " + " .. operand() .. ")" end,
  function() return "return (function() return " .. random:pick {"p", "l", "u", "t.field", "c", "ut.field"} .. " " .. random:pick(OPERATORS) .. " nil end)()" end,
  function() return "return (function() return " .. random:pick {"p", "l", "u", "t.field", "c", "ut.field", "t"} .. random:pick {"()", ".x.y", ":m()", "[1][1]"} .. " end)()" end,
  function() return "return string." .. random:pick {"rep", "format", "sub", "byte", "find", "upper", "len", "char", "gsub"} .. "(" .. operand() .. ", " .. operand() .. ")" end,
  function() return "return table." .. random:pick {"insert", "concat", "unpack", "remove", "sort"} .. "(" .. operand() .. ", " .. operand() .. ")" end,
  function() return "return math." .. random:pick {"floor", "max", "abs", "tointeger", "fmod", "ult"} .. "(" .. operand() .. ", " .. operand() .. ")" end,
  function() return "return ('x'):" .. random:pick {"rep", "format", "sub", "byte", "find", "nothing"} .. "(" .. operand() .. ")" end,
  function() return "t.table.deep = {inner = " .. operand() .. "} return t.table.deep.inner.x.y" end,
  function() return "local a, b = " .. operand() .. ", " .. operand() .. " return a" .. random:pick(OPERATORS) .. "b" end,
  function() return "local a <const> = " .. random:pick {"5", "'s'", "nil", "1.5"} .. " return a" .. random:pick {"()", ".x", " + {}", " .. {}", " < {}", ":m()"} end,
  function() return "return " .. random:pick {"select", "setmetatable", "rawget", "rawlen", "tonumber", "ipairs", "getmetatable", "error", "assert"} .. "(" .. operand() .. ")" end,
}

local function value() return random:pick(VALUES) end

for number = 1, COUNT do
  local body = random:pick(FORMS)()
  local text = ("local u, uk, us, ut = %s, 'key', %s, {field = %s, table = {}, key = %s}\n"):format(value(), value(), value(), value()) ..
    ("g, gt = %s, {field = %s, table = {}}\nlocal c <const> = %s\n"):format(value(), value(), random:pick {"7", "'text'", "nil", "true", "2.5"}) ..
    "local function f() return u end\n" ..
    "local function run(p, ...)\n  local k, l, l2 = 'key', ...\n" ..
    ("  local t = {%s, field = %s, table = {}, key = %s, method = function(self, x) return x end, ['a b'] = %s}\n"):format(value(), value(), value(), value()) ..
    "  " .. body .. "\nend\n" ..
    ("return run(%s, %s)\n"):format(value(), value())
  local env = setmetatable({thing = setmetatable({}, {__name = "Thing"})}, {__index = _G})
  local chunk, message = load(text, "=code", "t", env)
  if not chunk then
    print(number, body, message)
  else
    -- (5.4.4 blames the first argument of table.remove)
  local ok, result = pcall(chunk)
    print(number, body, ok, (tostring(result):gsub("0x%x+", "ADDRESS"):gsub("(bad argument )#[12]( to .remove. %(position)", "%1#2%2")))
  end
end
print("ok")
