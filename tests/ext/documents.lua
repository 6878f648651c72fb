-- Runs the blocks of Lua in docs/limits.md and docs/hotreload.md: each must print what its comments `--> text` say, in their order.
local root = os.getenv("RILLE_ROOT") or "../.."

local function expectations(block)
  local list = {}
  for text in block:gmatch("%-%->%s*([^\n]*)") do list[#list + 1] = text end
  return list
end

local function run(block, name)
  local printed = {}
  local environment = setmetatable({print = function(...)
    local values = table.pack(...)
    for i = 1, values.n do values[i] = tostring(values[i]) end
    printed[#printed + 1] = table.concat(values, " ")
  end}, {__index = _G})
  assert(load(block, "=" .. name, "t", environment))()
  local wanted = expectations(block)
  for i = 1, math.max(#wanted, #printed) do
    if wanted[i] ~= printed[i] then error(("%s: printed '%s', not '%s'"):format(name, printed[i], wanted[i])) end
  end
  return #wanted
end

for _, name in ipairs {"limits.md", "hotreload.md"} do
  local file <close> = assert(io.open(root .. "/docs/" .. name))
  local lines = 0
  for block in file:read("a"):gmatch("\n```lua\n(.-)\n```") do lines = lines + run(block, name) end
  assert(lines >= 4, name)
end
print "ok"
