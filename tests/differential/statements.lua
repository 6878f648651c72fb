-- Random statements. A statement is a node: {head = line, body = nodes, tail = line}, or with `middle` and `second` where there
-- are two bodies, or a line alone as {head = line}. Nodes can be taken out one by one, which is how a failing program is made small.
--
-- Programs end: each loop and function body begins with tick(), which counts down and raises an error at zero. Strings stay short:
-- what is assigned goes through cut().
local Statements = {}
Statements.__index = Statements

function Statements.new(random, expressions)
  return setmetatable({random = random, e = expressions, counter = 0, depth = 0, functions = 0}, Statements)
end

local function line(text) return {head = text} end

function Statements:fresh(prefix)
  self.counter = self.counter + 1
  return prefix .. self.counter
end

function Statements:declare(name, kind, is_constant)
  table.insert(self.e.scope, {name = name, kind = kind, is_constant = is_constant})
end

-- The nodes that `make` returns, in a scope of their own.
function Statements:scoped(make)
  local scope = self.e.scope
  local mark = #scope
  local result = make()
  for i = #scope, mark + 1, -1 do scope[i] = nil end
  return result
end

-- A body of a few statements in its own scope. `declares` introduces names first; `first` are nodes to begin with.
function Statements:block(count, declares, first)
  return self:scoped(function()
    self.depth = self.depth + 1
    local nodes = {}
    for _, node in ipairs(first or {}) do
      node.fixed = true -- without it the program might not end
      nodes[#nodes + 1] = node
    end
    if declares then declares() end
    for _ = 1, count do nodes[#nodes + 1] = self:statement() end
    self.depth = self.depth - 1
    return nodes
  end)
end

function Statements:assignable(kind)
  local names = {}
  for _, variable in ipairs(self.e.scope) do
    if variable.kind == kind and not variable.is_constant then names[#names + 1] = variable.name end
  end
  if #names > 0 then return self.random:pick(names) end
end

-- One of `choices` that end in an error: mostly in places where the error is caught.
function Statements:daring(choices)
  if self.random:chance(self.is_caught and 60 or 6) then return self.random:pick(choices) end
end

-- Makes a body whose errors are caught around it.
function Statements:caught(make)
  local outer = self.is_caught
  self.is_caught = true
  local result = make()
  self.is_caught = outer
  return result
end

-- A line that shows the values of a list of expressions, outside of protected bodies often protected itself.
function Statements:shown(list)
  if not self.is_caught and self.random:chance(70) then
    local dots = self.e.is_vararg and "..." or ""
    return line("p(pcall(function(" .. dots .. ") return " .. list .. " end" .. (dots ~= "" and ", ..." or "") .. "))")
  end
  return line("p(" .. list .. ")")
end

-- A value for a variable of that kind. An int must stay an int: int expressions give integers, or raise an error.
function Statements:value(kind)
  local e, d = self.e, self.random:range(1, 3)
  if kind == "any" then return "cut(" .. e:any(d) .. ")" end
  if kind == "str" then return "cut(" .. e:str(d) .. ")" end
  return e[kind](e, d)
end

local KINDS <const> = {"int", "num", "str", "seq", "map", "any", "int", "num", "str", "any"}

local MAKERS <const> = {}

function MAKERS.declare(s)
  local kind = s.random:pick(KINDS)
  local constant = s.random:chance(15)
  local name = s:fresh("v")
  local text = "local " .. name .. (constant and " <const>" or "") .. " = " .. s:value(kind)
  s:declare(name, kind, constant)
  return line(text)
end

function MAKERS.declare_many(s)
  local names, values, kinds = {}, {}, {}
  for i = 1, s.random:range(2, 4) do
    kinds[i] = s.random:pick {"int", "num", "str"}
    values[i] = s:value(kinds[i])
    names[i] = s:fresh("v")
  end
  if s.random:chance(40) then -- fewer values than names, or a call that gives the rest
    kinds[#kinds] = "any"
    values[#values] = s.random:chance(50) and s.e:list(1) or nil
  end
  for i, name in ipairs(names) do s:declare(name, kinds[i]) end
  return line("local " .. table.concat(names, ", ") .. " = " .. table.concat(values, ", "))
end

function MAKERS.assign(s)
  local kind = s.random:pick {"int", "num", "str", "any", "num"}
  local name = s:assignable(kind)
  if not name then return MAKERS.declare(s) end
  return line(name .. " = " .. s:value(kind))
end

function MAKERS.assign_many(s)
  local kind = s.random:pick {"num", "str", "any"}
  local a, b = s:assignable(kind), s:assignable(kind)
  local map = s.e:variable("map")
  if not a then return MAKERS.declare_many(s) end
  if map and s.random:chance(40) then
    return line(a .. ", " .. map .. "[" .. s.e:word() .. "] = " .. s:value(kind) .. ", " .. a)
  end
  return line(a .. ", " .. b .. " = " .. b .. ", " .. s:value(kind))
end

function MAKERS.global(s)
  local name = s.random:pick {"ga", "gb", "gc"}
  if s.random:chance(50) then return line(name .. " = cut(" .. s.e:any(2) .. ")") end
  return line("p(" .. name .. ")")
end

function MAKERS.show(s)
  local parts = {}
  for i = 1, s.random:range(1, 3) do parts[i] = s.e:any(3) end
  if s.random:chance(40) then parts[#parts + 1] = s.e:list(2) end
  return s:shown(table.concat(parts, ", "))
end

function MAKERS.show_list(s) return s:shown(s.e:list(2)) end

MAKERS["if"] = function(s)
  local node = {head = "if " .. s.e:bool(2) .. " then", body = s:block(s.random:range(1, 3)), tail = "end"}
  if s.random:chance(50) then
    node.middle = s.random:chance(40) and "elseif " .. s.e:any(2) .. " then" or "else"
    node.second = s:block(s.random:range(1, 2))
  end
  return node
end

MAKERS["while"] = function(s)
  local counter = s:fresh("w")
  local first = {line("tick()"), line(counter .. " = " .. counter .. " + 1")}
  local body = s:block(s.random:range(1, 3), nil, first)
  if s.random:chance(30) then body[#body + 1] = line("if " .. s.e:bool(1) .. " then break end") end
  return {head = "local " .. counter .. " = 0 while " .. counter .. " < " .. s.random:range(1, 5) .. " and " ..
    s.random:pick {"true", s.e:bool(1)} .. " do", body = body, tail = "end"}
end

MAKERS["repeat"] = function(s)
  local counter, inner = s:fresh("w"), s:fresh("r")
  local first = {line("tick() " .. counter .. " = " .. counter .. " + 1 local " .. inner .. " = " .. counter)}
  local body = s:block(s.random:range(1, 2), function() s:declare(inner, "int", true) end, first)
  if s.random:chance(30) then body[#body + 1] = line("local keep = function() return " .. inner .. " end p(keep())") end
  return {head = "local " .. counter .. " = 0 repeat", body = body, tail = "until " .. inner .. " >= " .. s.random:range(1, 4)}
end

local RANGES <const> = {
  "1, 3", "1, 5, 2", "3, 1, -1", "1, 0", "0, 1, 0.25", "1.0, 3", "-2, 2", "math.maxinteger - 1, math.maxinteger",
  "math.mininteger, math.mininteger + 2", "math.mininteger + 1, math.mininteger, -1", "1, math.huge, 1 << 61", "1, 3.7", "3, 1.2, -1",
  "1, -math.huge", "math.maxinteger - 3, math.huge, 2", "0.1, 0.5, 0.1", "1, 0/0", "math.mininteger, math.maxinteger, math.maxinteger",
  "3, 1, 1 << 63", "-0.0, 1", "1, 2^53, 2^52", "-1, -3, -1.0", "math.huge, 1, -math.huge",
}
local BAD_RANGES <const> = {"1, 2, 0", "1.5, 3, 0", "'1', 2", "1, '2'", "1, 2, {}", "nil, 1", "1, nil", "1, 2, 0.0"}

MAKERS["for"] = function(s)
  local name = s:fresh("i")
  local range = s.random:chance(75) and s.random:pick(RANGES) or s:daring(BAD_RANGES) or s.e:num(1) .. ", " .. s.e:num(1) .. s.random:pick {"", ", 3", ", -7"}
  local body = s:block(s.random:range(1, 3), function() s:declare(name, "num", true) end, {line("tick() p(" .. name .. ")")})
  if s.random:chance(15) then body[#body + 1] = line("if " .. s.e:bool(1) .. " then break end") end
  if s.random:chance(15) then
    table.insert(body, 2, line("if " .. s.e:bool(1) .. " then goto continue end do"))
    body[#body + 1] = line("end ::continue::")
  end
  return {head = "for " .. name .. " = " .. range .. " do", body = body, tail = "end"}
end

function MAKERS.for_in(s)
  local key, value = s:fresh("k"), s:fresh("x")
  local seq, map = s.e:variable("seq") or "{5, 6}", s.e:variable("map") or "{a = 1}"
  local source = s.random:pick {
    "ipairs(" .. seq .. ")", "sorted(" .. map .. ")", "string.gmatch(" .. s.e:str(1) .. ", " .. s.random:pick {'"%a+"', '"(%w)(%w)"', '"()"'} .. ")",
    "count_to, 3, 0", "coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end)",
    "count_to, 2, 0, closer('loop')", s:daring {"5", "nil", "{}", "'abc'"} or "ipairs({})", "utf8.codes('a€b')", "next, {10, 20}",
    "pairs(setmetatable({}, {__pairs = function(t) return count_to, 2, 0 end}))",
  }
  local body = s:block(s.random:range(1, 2), function()
    s:declare(key, "any", true)
    s:declare(value, "any", true)
  end, {line("tick() p(" .. key .. ", " .. value .. ")")})
  -- 5.4.4 breaks out of a loop without closing its value when the body has a captured local
  if not source:find("closer", 1, true) and s.random:chance(20) then
    body[#body + 1] = line("if " .. s.e:bool(1) .. " then break end")
  end
  return {head = "for " .. key .. ", " .. value .. " in " .. source .. " do", body = body, tail = "end"}
end

MAKERS["goto"] = function(s)
  local label, counter = s:fresh("l"), s:fresh("g")
  local body = s:block(s.random:range(1, 2), nil, {line("::" .. label .. ":: tick() " .. counter .. " = " .. counter .. " + 1")})
  local inner = {head = "do", body = body, tail = "end"}
  return {head = "do local " .. counter .. " = 0 local kept = {}", body = {
    line("::" .. label .. "_again::"), {fixed = true, head = "tick() local fresh = " .. counter .. " kept[#kept + 1] = function() fresh = fresh + 1 return fresh end"}, inner,
    line("if " .. counter .. " < " .. s.random:range(1, 3) .. " then goto " .. label .. "_again end"),
    line("for i, f in ipairs(kept) do p(i, f(), f()) end"),
  }, tail = "end"}
end

MAKERS["do"] = function(s) return {head = "do", body = s:block(s.random:range(1, 4)), tail = "end"} end

-- A function of some parameters; its body may use the variables around it as upvalues.
MAKERS["function"] = function(s)
  local name = s:fresh("f")
  local parameters, is_vararg = {}, s.random:chance(35)
  for i = 1, s.random:range(0, 3) do parameters[i] = s:fresh("a") end
  local list = table.concat(parameters, ", ")
  if is_vararg then list = list .. (list ~= "" and ", " or "") .. "..." end
  local outer = s.e.is_vararg
  s.e.is_vararg = is_vararg
  local body = s:block(s.random:range(1, 3), function()
    for _, parameter in ipairs(parameters) do s:declare(parameter, "any") end
    if s.random:chance(25) then s:declare(name, "fun", true) end -- recursion, until the fuel is used up
  end, {line("tick()")})
  body[#body + 1] = s:scoped(function()
    for _, parameter in ipairs(parameters) do s:declare(parameter, "any") end
    return line(s.random:pick {"return " .. s.e:any(2), "return " .. s.e:any(1) .. ", " .. s.e:any(1), "return " .. s.e:call(1),
      is_vararg and "return ..." or "return", is_vararg and "return select('#', ...), ..." or "return nil, 1"})
  end)
  s.e.is_vararg = outer
  s:declare(name, "fun", true)
  return {head = s.random:pick {"local function " .. name .. "(", "local " .. name .. " " .. name .. " = function("} .. list .. ")", body = body,
    tail = "end"}
end

function MAKERS.closures(s)
  local name = s:fresh("c")
  local variable = s:assignable("num")
  if not variable then return MAKERS["function"](s) end
  s:declare(name, "fun", true)
  return line("local function " .. name .. "(n) tick() " .. variable .. " = " .. s.e:num(1) .. " return " .. variable .. ", n end p(" .. name .. "(1))")
end

function MAKERS.sequence(s)
  local name = s.e:variable("seq")
  if not name then
    name = s:fresh("v")
    local text = "local " .. name .. " = " .. s.e:seq(1)
    s:declare(name, "seq")
    return line(text)
  end
  return line(s.random:pick {
    name .. "[#" .. name .. " + 1] = nn(" .. s:value("any") .. ")", name .. "[#" .. name .. "] = nil",
    "table.insert(" .. name .. ", nn(" .. s:value("any") .. "))", "table.insert(" .. name .. ", 1, " .. s.e:num(1) .. ")",
    "p(table.remove(" .. name .. "))", "p(table.remove(" .. name .. ", 1))", "p(#" .. name .. ", " .. name .. ")",
    "p(table.unpack(" .. name .. "))", "p(table.concat(strings(" .. name .. "), " .. s.e:word() .. "))",
    "p(select(-1, 0, table.unpack(" .. name .. ")))", "p(pcall(table.insert, " .. name .. ", " .. s.e:int(1) .. ", 1))",
    "if #" .. name .. " > 0 then " .. name .. "[1] = nn(" .. s:value("any") .. ") end",
    "for i = 1, " .. s.random:range(1, 40) .. " do " .. name .. "[#" .. name .. " + 1] = i end",
    "while #" .. name .. " > " .. s.random:range(0, 6) .. " do table.remove(" .. name .. ") end p(#" .. name .. ")",
  })
end

function MAKERS.sort(s)
  return line("do local t = " .. s.e:numbers() .. " table.sort(t" .. s.random:pick {"", ", function(a, b) return a > b end"} .. ") p(#t, table.concat(t, ' ')) end")
end

function MAKERS.mapping(s)
  local name = s.e:variable("map")
  if not name then
    name = s:fresh("v")
    local text = "local " .. name .. " = " .. s.e:map(2)
    s:declare(name, "map")
    return line(text)
  end
  local key = s.e:key(1)
  return line(s.random:pick {
    name .. "[" .. key .. "] = " .. s:value("any"), name .. "[" .. key .. "] = nil", "p(" .. name .. "[" .. key .. "])", "p(" .. name .. ")",
    name .. "." .. s.random:pick {"a", "b", "c"} .. " = " .. s:value("any"), "p(rawget(" .. name .. ", " .. key .. "))",
    "for i = 1, " .. s.random:range(1, 30) .. " do " .. name .. "['k' .. i % 9] = i end", "p(next(" .. name .. ") ~= nil)",
    "for k in sorted(" .. name .. ") do " .. name .. "[k] = nil end p(next(" .. name .. "))",
    name .. "[" .. s.random:range(1, 20) .. "] = " .. s:value("int"), name .. "[" .. s.random:pick {"0/0", "nil", "2^53", "1.0", "-0.0"} .. "] = 1",
    "rawset(" .. name .. ", " .. key .. ", " .. s.e:scalar(1) .. ")",
  })
end

local EVENTS <const> = {"add", "sub", "mul", "div", "mod", "pow", "idiv", "unm", "band", "bor", "bxor", "bnot", "shl", "shr", "concat", "len",
  "eq", "lt", "le", "call", "tostring", "index", "newindex", "name"}

-- An object whose metatable has random events; each says that it was called.
function MAKERS.object(s)
  local name, fields = s:fresh("o"), {}
  for _, event in ipairs(EVENTS) do
    if event == "tostring" or s.random:chance(45) then -- without __tostring an address would be shown
      local result = s.random:pick {"1", "2.5", "'r'", "nil", "false", "x", s.e:num(1)}
      if event == "tostring" then result = s.random:chance(90) and "'object'" or "{}" end
      if event == "name" then
        fields[#fields + 1] = "__name = 'Thing'"
      elseif event == "index" and s.random:chance(50) then
        fields[#fields + 1] = "__index = {b = 'inherited', m = function(self, x) return x end}"
      elseif event == "newindex" and s.random:chance(50) then
        fields[#fields + 1] = "__newindex = function(t, k, v) p('set', k, v) rawset(t, k, v) end"
      else
        fields[#fields + 1] = "__" .. event .. " = function(self, x) tick() p('" .. event .. "', kind(self), kind(x)) return " .. result .. " end"
      end
    end
  end
  local text = "local " .. name .. " = setmetatable({a = 1}, {" .. table.concat(fields, ", ") .. "})"
  s:declare(name, "obj", true)
  return line(text)
end

function MAKERS.use_object(s)
  if not s.e:variable("obj") then return MAKERS.object(s) end
  local name = s.e:variable("obj")
  if not s.is_caught and s.random:chance(80) then return s:shown(s.e:object_use(1) .. ", " .. s.e:object_use(1)) end
  return line(s.random:pick {"p(" .. s.e:object_use(1) .. ")", "p(pcall(function() return " .. s.e:object_use(1) .. " end))",
    name .. ".b = " .. s.e:scalar(1), name .. ".a = " .. name .. ".a", "if " .. s.e:object_use(1) .. " then p('true') end",
    "local a, b = " .. s.e:object_use(0) .. ", " .. s.e:object_use(0) .. " p(a, b)"})
end

-- Yields anywhere: across pcall, in loops, in metamethods; the values that go both ways are shown.
function MAKERS.coroutine(s)
  local name = s:fresh("co")
  local sent = {}
  for i = 1, s.random:range(1, 4) do sent[i] = s.e:scalar(1) end
  local outer = s.e.is_vararg
  s.e.is_vararg = true
  local body = s:caught(function() return s:block(s.random:range(1, 3), nil, {line("p('start', ...)")}) end)
  s.e.is_vararg = outer
  local yields = {
    "p('got', coroutine.yield(" .. s.e:any(1) .. "))", "p(pcall(function() p(coroutine.yield('in pcall')) error('after yield', 0) end))",
    "for i = 1, 3 do tick() p(coroutine.yield(i)) end", "p(select('#', coroutine.yield()))", "p(coroutine.isyieldable(), coroutine.status(coroutine.running()))",
    "p(setmetatable({}, {__add = function(a, b) return coroutine.yield('in add') end}) + 1)",
    "p(setmetatable({}, {__index = function(t, k) return coroutine.yield('in index ' .. k) end}).key)",
    "p(setmetatable({}, {__lt = function() return coroutine.yield('in lt') end}) < {})", "for k in function(_, c) return coroutine.yield('iterate') end do tick() p(k) break end",
    "table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end)", "do local c <close> = closer('in coroutine') coroutine.yield('closing') end",
    "p(xpcall(function() coroutine.yield('x') local z = nil + 1 end, function(m) return 'handled ' .. tostring(m) end))",
    "p(coroutine.wrap(function(...) p(...) coroutine.yield(1) return 2 end)('inner'))", "error(" .. s.e:scalar(1) .. ")",
    "p(setmetatable({}, {__concat = function(a, b) return coroutine.yield('in concat') end}) .. 'x' .. 'y')",
  }
  for _ = 1, s.random:range(1, 4) do table.insert(body, s.random:range(2, #body + 1), line(s.random:pick(yields))) end
  local uses = {}
  for i, value in ipairs(sent) do uses[i] = line("p(coroutine.resume(" .. name .. ", " .. value .. "))") end
  uses[#uses + 1] = line(s.random:pick {"p(coroutine.status(" .. name .. "))", "p(coroutine.close(" .. name .. "))",
    "while coroutine.status(" .. name .. ") == 'suspended' do tick() p(coroutine.resume(" .. name .. ")) end"})
  return {head = "local " .. name .. " = coroutine.create(function(...)", body = body, tail = "end)", after = uses}
end

function MAKERS.try(s)
  local outer = s.e.is_vararg
  s.e.is_vararg = true
  local body = s:caught(function() return s:block(s.random:range(1, 4)) end)
  s.e.is_vararg = outer
  if s.random:chance(60) then body[#body + 1] = line("p(" .. s.e:wrong() .. ")") end
  if s.random:chance(25) then
    return {head = "p(xpcall(function(...)", body = body, tail = "end, function(m) return 'handler: ' .. show(m) end, " .. s.e:scalar(0) .. "))"}
  end
  return {head = "p(pcall(function(...)", body = body, tail = "end, " .. s.e:scalar(0) .. "))"}
end

function MAKERS.wrong(s)
  local target = s.random:pick {"p(", "local _ = (", "p('x', "}
  return line("p(pcall(function() " .. target .. s.e:wrong() .. ") end))")
end

function MAKERS.close(s)
  local name = s:fresh("z")
  local body = s:caught(function() return s:block(s.random:range(1, 2)) end)
  table.insert(body, 1, line("local " .. name .. " <close> = " .. s.random:weighted {{8, "closer('" .. name .. "')"}, {1, "nil"}, {1, "{}"},
    {1, "setmetatable({}, {__close = function(_, m) error('in close of " .. name .. " after ' .. show(m), 0) end})"}}))
  local last = s.random:pick {"p('end')", "error('leaving', 0)", "p(" .. s.e:wrong() .. ")"}
  body[#body + 1] = line(last)
  return {head = "p(pcall(function(...)", body = body, tail = "return " .. s.e:any(1) .. " end, " .. s.e:scalar(0) .. "))"}
end

local WEIGHTS <const> = {
  {8, "declare"}, {3, "declare_many"}, {7, "assign"}, {3, "assign_many"}, {2, "global"}, {10, "show"}, {6, "show_list"}, {5, "sequence"}, {5, "mapping"},
  {3, "object"}, {6, "use_object"}, {4, "wrong"}, {2, "sort"}, {2, "closures"},
}
local NESTED <const> = {{4, "if"}, {2, "while"}, {2, "repeat"}, {4, "for"}, {3, "for_in"}, {1, "goto"}, {2, "do"}, {5, "function"}, {4, "coroutine"}, {5, "try"}, {3, "close"}}

function Statements:statement()
  local nested_chance = self.depth == 0 and 45 or self.depth == 1 and 30 or self.depth == 2 and 15 or 0
  local name = self.random:weighted(self.random:chance(nested_chance) and NESTED or WEIGHTS)
  return MAKERS[name](self)
end

return Statements
