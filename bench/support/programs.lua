-- The programs of bench/: one file each, in a folder for each group. What they need stands in their first line.
local command = require "support.command"

local programs = {}

-- Groups in the order of the tables; `startup` also has the row `empty`, which no file stands for.
local GROUPS <const> = {"arrays", "objects", "strings", "calls", "tables", "cliffs", "startup"}

local function first_line(path)
  local file <close> = assert(io.open(path, "r"))
  return file:read("l") or ""
end

local function files(folder)
  local names = {}
  for name in (command.output {"ls", folder} or ""):gmatch("([%w_]+)%.lua\n") do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- A list of {name =, group =, path =, needs_5_4 =}; `path` is nil for an empty program given by `-e`. `filter` is a Lua pattern for
-- "group/name", or nil.
function programs.list(folder, filter)
  local result = {}
  local function add(program)
    if not filter or (program.group .. "/" .. program.name):find(filter) then result[#result + 1] = program end
  end
  for _, group in ipairs(GROUPS) do
    for _, name in ipairs(files(folder .. group)) do
      local path = folder .. group .. "/" .. name .. ".lua"
      add {name = name, group = group, path = path, needs_5_4 = first_line(path):find("^%-%- lua 5%.4 only") ~= nil}
    end
  end
  add {name = "empty", group = "startup", needs_5_4 = false}
  return result
end

return programs
