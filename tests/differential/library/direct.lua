-- Library functions that the interpreter enters directly, with arguments of every kind, right and wrong: what the direct
-- entry does and what it leaves to the function must together be stock's.
local Random = dofile("random.lua")
local random = Random.new(660000)

local values = {
  function() return nil end, function() return true end, function() return false end,
  function() return random:range(-12, 12) end, function() return random:range(-12, 12) end, function() return random:range(-3, 3) end,
  function() return random:pick {math.maxinteger, math.mininteger, 1 << 53, -1, 0, 255, 256} end,
  function() return random:range(-40, 40) / 4 end,
  function() return random:pick {0.0, -0.0, 1 / 0, -1 / 0, 2.0 ^ 63, -2.0 ^ 63, 1e15, 2.5, -2.5} end,
  function() return random:pick {"", "a", "text", "10", "0x1F", " 5 ", "1e1", "-3", "#", "#x", "3.0", "0x", "1e", "\0", ("long text "):rep(8)} end,
  function() return random:pick {"", "a", "text", "abcdefgh", ("long text "):rep(8)} end,
  function() return {random:range(1, 9), random:range(1, 9), random:range(1, 9)} end,
  function() return setmetatable({x = 1}, random:pick {{}, {__metatable = "locked"}, {__name = "Named"}, {__len = function() return 7 end},
    {__tostring = function() return "made text" end}}) end,
}

local names = {"type", "select", "rawget", "rawset", "rawlen", "rawequal", "assert", "setmetatable", "getmetatable", "tonumber",
  "tostring", "next", "math.floor", "math.ceil", "math.abs", "math.sqrt", "math.max", "math.min", "math.fmod", "math.tointeger",
  "math.type", "string.byte", "string.byte", "string.char", "string.sub", "string.sub", "string.len", "string.rep", "string.upper",
  "string.lower", "string.reverse", "table.unpack", "table.concat", "utf8.char", "utf8.len", "utf8.codepoint", "utf8.offset"}

local function find(name)
  local value = _G
  for part in name:gmatch("[^.]+") do value = value[part] end
  return value
end

local function show(value)
  if type(value) == "table" then return "table " .. tostring(math.type(rawget(value, 1) or 0)) .. " " .. tostring(getmetatable(value) ~= nil) end
  if type(value) == "string" then return (("%q"):format((value:gsub("0x%x+", "ADDRESS"))):gsub("\n", "n")) end
  return math.type(value) == "float" and ("%.17g"):format(value) or tostring(value)
end

for _ = 1, 60000 do
  local name = random:pick(names)
  local f, arguments = find(name), {}
  local count = random:pick {0, 1, 1, 1, 2, 2, 2, 3, 3, 4}
  for i = 1, count do arguments[i] = random:pick(values)() end
  local a, b, c, d = arguments[1], arguments[2], arguments[3], arguments[4]
  if name ~= "string.rep" or not (math.type(b) and b > 1000) then
    local texts = {name}
    for i = 1, count do texts[i + 1] = show(arguments[i]) end
    local results
    if count == 0 then results = table.pack(pcall(function() return f() end))
    elseif count == 1 then results = table.pack(pcall(function() return f(a) end))
    elseif count == 2 then results = table.pack(pcall(function() return f(a, b) end))
    elseif count == 3 then results = table.pack(pcall(function() local x, y, z = f(a, b, c) return x, y, z, (f(a, b, c)) end))
    else results = table.pack(pcall(function() return {f(a, b, c, d)}, select("#", f(a, b, c, d)) end)) end
    for i = 1, results.n do texts[#texts + 1] = show(results[i]) end
    print(table.concat(texts, " | "))
  end
end
print("ok")
