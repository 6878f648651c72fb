-- Runs a batch of programs: `lua harness.lua BATCH [BROKEN]`. Every program gets an environment of its own and a fuel limit; what it
-- prints is collected and written under its number. Addresses are never shown, nor is the order of `next`, nor the sign of NaN.
--
-- With a second argument one library function is replaced by a wrong one, to show that the tester finds differences.
local path, broken = arg[1], arg[2]
local FUEL <const> = 1500
local TEXT_LIMIT <const> = 120

local gsub, format, byte = string.gsub, string.format, string.byte -- (programs change the methods of strings)
local show

local function show_table(value, depth)
  if depth > 3 then return "{...}" end
  local parts = {}
  for key, item in next, value do
    parts[#parts + 1] = (type(key) == "table" and "{table}" or show(key, depth + 1)) .. "=" .. show(item, depth + 1)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

function show(value, depth)
  local kind = type(value)
  if kind == "number" then
    if value ~= value then return "nan" end
    if math.type(value) == "integer" then return format("%d", value) end
    return format("%s/%a", value, value)
  elseif kind == "string" then
    local printable = gsub(value, "[^\32-\126]", function(c) return format("\\%d", byte(c)) end)
    return "'" .. gsub(printable, "%-nan", "nan") .. "'"
  elseif kind == "table" then
    return show_table(value, depth or 1)
  elseif kind == "nil" or kind == "boolean" then
    return tostring(value)
  end
  return kind
end

-- What a program may change for all that come after it.
local STRINGS <const> = getmetatable("")
local STRING_METHODS <const> = {} -- filled below, when they are what they shall be

local function restore()
  for _, value in ipairs {1, true, print} do debug.setmetatable(value, nil) end
  debug.setmetatable(nil, nil)
  debug.setmetatable("", STRINGS)
  for key in next, STRINGS do STRINGS[key] = nil end
  STRINGS.__index = string
  for key in next, string do string[key] = nil end
  for key, value in next, STRING_METHODS do string[key] = value end
end

local function copy(source)
  local result = {}
  for key, value in pairs(source) do result[key] = value end
  return result
end

-- The environment of a program; its print goes to `output`.
local function environment(output)
  local fuel = FUEL
  local env = {}
  for _, name in ipairs {"assert", "collectgarbage", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen", "rawset",
    "select", "setmetatable", "tonumber", "tostring", "type", "xpcall", "print"} do
    env[name] = _G[name]
  end
  for _, name in ipairs {"string", "table", "math", "utf8", "coroutine"} do env[name] = copy(_G[name]) end
  function env.load(text, ...)
    local chunk, message = load(text, "=inner", "t", env)
    -- (the tester leaves out programs that are deeper in C than stock's compiler can go)
    if message and message:find("overflow", 1, true) then output[#output + 1] = message end
    return chunk, message
  end
  function env.tick()
    fuel = fuel - 1
    if fuel < 0 then error("out of fuel", 0) end
  end
  function env.cut(value)
    if type(value) == "string" and #value > TEXT_LIMIT then return value:sub(1, TEXT_LIMIT) end
    return value
  end
  function env.nn(value)
    if value == nil then return false end
    return value
  end
  function env.p(...)
    local parts = table.pack(...)
    for i = 1, parts.n do parts[i] = show(parts[i]) end
    output[#output + 1] = table.concat(parts, " ")
    env.tick()
  end
  env.show = show
  -- One level of a table, whatever its metatable says.
  function env.flat(value)
    if type(value) ~= "table" then return show(value) end
    local result = {}
    for key, item in next, value do
      if type(key) == "table" or type(key) == "function" then
        result[type(key)] = true
      else
        result[key] = type(item) == "table" and "{table}" or item
      end
    end
    return result
  end
  -- Metatables of other types than tables; `run` takes them away again.
  function env.lend_metatable(value, metatable)
    if type(value) == "string" and not metatable then metatable = STRINGS end
    debug.setmetatable(value, metatable)
  end
  function env.toggle_hook()
    if debug.gethook() then debug.sethook() else debug.sethook(function() end, "", 1 << 24) end
  end
  function env.kind(value) return type(value) == "table" and "table" or show(value) end
  function env.strings(list)
    local result = {}
    for i, value in ipairs(list) do result[i] = type(value) == "number" and value or show(value) end
    return result
  end
  function env.count_to(limit, i) if i < limit then return i + 1, -i end end
  function env.closer(name)
    return setmetatable({}, {__close = function(_, message) env.p("close " .. name, message) end})
  end
  function env.show_pack(format, ...)
    local packed = string.pack(format, ...)
    return packed, string.packsize and select("#", string.unpack(format, packed)), string.unpack(format, packed)
  end
  function env.sorted(map)
    local keys = {}
    for key in next, map do keys[#keys + 1] = key end
    table.sort(keys, function(a, b)
      if type(a) ~= type(b) then return type(a) < type(b) end
      if type(a) == "number" or type(a) == "string" then return a < b end
      return tostring(a) < tostring(b)
    end)
    local i = 0
    return function()
      i = i + 1
      if keys[i] ~= nil then return keys[i], map[keys[i]] end
    end
  end
  return env
end

local SABOTAGE <const> = {
  floor = function() local floor = math.floor math.floor = function(x) return floor(x) + (x == 3.5 and 1 or 0) + (x == 2.5 and 1 or 0) end end,
  format = function() local format = string.format string.format = function(f, ...) return (format(f, ...):gsub("^ +$", "")) end end,
  close = function() local close = coroutine.close coroutine.close = function(co) close(co) return true end end,
  -- as if something about a table were remembered too long
  stale = function()
    local set, seen = setmetatable, setmetatable({}, {__mode = "k"})
    _G.setmetatable = function(t, metatable)
      if seen[t] and metatable == nil then return t end
      local fine, message = pcall(set, t, metatable)
      if not fine then error((message:gsub("'%?'", "'setmetatable'")), 0) end
      seen[t] = true
      return t
    end
  end,
  text = function() local tostring_ = tostring _G.tostring = function(v) return (tostring_(v):gsub("^%-0%.0$", "0.0")) end end,
}
if broken then SABOTAGE[broken]() end
for key, value in pairs(string) do STRING_METHODS[key] = value end

local function run(number, text)
  local output = {}
  math.randomseed(42)
  local chunk, message = load(text, "=program", "t", environment(output))
  if not chunk then
    output[1] = "does not compile: " .. message
  else
    -- Every eighth program runs with a hook that never fires: the hooked dispatch must do the same.
    local thread = coroutine.create(chunk)
    if number % 8 == 0 then debug.sethook(thread, function() end, "", 1 << 24) end
    local result = table.pack(coroutine.resume(thread, "argument", 2))
    for i = 1, result.n do result[i] = show(result[i]) end
    output[#output + 1] = "end " .. table.concat(result, " ") .. " " .. coroutine.status(thread)
  end
  restore()
  io.write("=== ", number, "\n", table.concat(output, "\n"), "\n")
end

local file = assert(io.open(path, "rb"))
local batch = file:read("a")
file:close()
for number, text in batch:gmatch("%-%-%-%- program (%d+)\n(.-)%-%-%-%- end\n") do run(tonumber(number), text) end
