-- Checks that the house stands as src/README.md draws it: `check_floors.lua ROOT [--lengths]`.
--
-- Every folder of src/ is a floor. Floors have heights; an include may name its own floor or one of smaller height, never a
-- greater one, and never another floor of equal height (compile and vm do not know each other). Each quoted include names
-- the floor, or is a public header. Upper floors that are made from the public interface include nothing else. A header whose
-- name ends in _internal.h or _layout.h is for its own floor. The lengths of functions and files are measured too.

local HEIGHTS <const> = {
  base = 1, value = 2, raise = 3, heap = 4, object = 5, gc = 6, bytecode = 7, direct = 7, compile = 8, vm = 8, state = 9, api = 10,
  auxlib = 11, stdlib = 12, ext = 13, cli = 14,
}
local PUBLIC_ONLY <const> = {auxlib = true, stdlib = true, cli = true}
local PUBLIC <const> = {
  ["lua.h"] = true, ["lauxlib.h"] = true, ["lualib.h"] = true, ["luaconf.h"] = true, ["rille.h"] = true,
  ["rille_arena.h"] = true, -- of malloc/, the ground floor
}
-- Narrow doors: what a floor made from the public interface may use beside it, and the files that may. Protected calls and
-- coroutines hand control to the running interpreter instead of recursing into it (docs/ARCHITECTURE.md, "One interpreter entry per C boundary").
-- Whatever loops for long takes part in the limits (docs/limits.md).
local DOORS <const> = {
  -- pure helpers without a state: everybody's
  ["base/bytes.h"] = true,
  ["base/number_format.h"] = true,
  ["base/utf8.h"] = true,
  ["base/arith.h"] = true,
  ["vm/transition.h"] = {["src/stdlib/base_protected.c"] = true, ["src/stdlib/coroutine_transfer.c"] = true},
  -- what a few functions ask beyond the public interface
  ["direct/library.h"] = {["src/stdlib/format.c"] = true, ["src/stdlib/string.c"] = true, ["src/stdlib/table.c"] = true,
    ["src/stdlib/sort.c"] = true, ["src/auxlib/convert.c"] = true},
  ["vm/callback.h"] = {["src/stdlib/sort.c"] = true},
  ["direct/sort.h"] = {["src/stdlib/sort.c"] = true},
  -- tables whose entries come when somebody wants one
  ["direct/library_table.h"] = {["src/stdlib/coroutine.c"] = true, ["src/stdlib/debug.c"] = true, ["src/stdlib/io_file.c"] = true,
    ["src/stdlib/io_library.c"] = true, ["src/stdlib/math.c"] = true, ["src/stdlib/os.c"] = true, ["src/stdlib/string.c"] = true,
    ["src/stdlib/table.c"] = true, ["src/stdlib/utf8.c"] = true},
  -- the lists of functions that the interpreter enters directly
  ["direct/direct.h"] = {["src/stdlib/base.c"] = true, ["src/stdlib/math.c"] = true, ["src/stdlib/string.c"] = true, ["src/stdlib/table.c"] = true},
  ["vm/work.h"] = {stdlib = true},
}
local EXCUSED_FROM_LENGTH <const> = {["src/vm/interp.c"] = true} -- the dispatch loop
local FILE_LIMIT <const> = 1000
local FUNCTION_LIMIT <const> = 90
local LINE_LIMIT <const> = 120

local root, wants_lengths = arg[1] or ".", arg[2] == "--lengths"
local faults = {}

local function fault(path, line, text, ...)
  faults[#faults + 1] = string.format("%s:%d: %s", path, line, text:format(...))
end

local function files_of(root_directory)
  local pipe <close> = assert(io.popen("cd '" .. root_directory .. "' && find src include -type f | sort"))
  local files = {}
  for path in pipe:lines() do
    if path:find("%.[ch]$") or path:find("%.def$") then files[#files + 1] = path end
  end
  return files
end

local function check_include(path, number, floor, target)
  if PUBLIC[target] then return end
  local target_floor, name = target:match("^([%w_]+)/([%w_]+%.[%w]+)$")
  if not target_floor then
    fault(path, number, "include \"%s\" does not name its floor", target)
  elseif not HEIGHTS[target_floor] then
    fault(path, number, "include \"%s\": there is no floor %s", target, target_floor)
  elseif target_floor ~= floor then
    if HEIGHTS[target_floor] >= HEIGHTS[floor] then
      fault(path, number, "include \"%s\" points %s from %s", target,
        HEIGHTS[target_floor] > HEIGHTS[floor] and "upward" or "sideways", floor)
    end
    local door = DOORS[target]
    if PUBLIC_ONLY[floor] and not (door == true or door and (door[path] or door[floor])) then
      fault(path, number, "%s includes public headers only, not \"%s\"", floor, target)
    end
    if name:find("_internal%.h$") or name:find("_layout%.h$") then
      fault(path, number, "\"%s\" is reached past its room", target)
    end
  end
end

-- A function's body begins at a line that ends in `{` after an unindented heading and ends at the first unindented `}`.
local function measure_functions(path, lines, functions)
  local start, heading
  for number, line in ipairs(lines) do
    if line:find("^[%a_][^=]*%(") and not line:find("^typedef") then heading = line:match("([%w_]+)%s*%(") end
    if not start and line:find("%)%s*{$") and heading and line:find("^[%a_ ]") then start = number end
    if start and line:find("^}") then
      functions[#functions + 1] = {path = path, name = heading, line = start, length = number - start + 1}
      start, heading = nil, nil
    end
  end
end

local function check_file(path, functions, file_lengths)
  local lines = {}
  for line in io.lines(root .. "/" .. path) do lines[#lines + 1] = line end
  file_lengths[#file_lengths + 1] = {path = path, length = #lines}
  if #lines > FILE_LIMIT then fault(path, #lines, "more than %d lines", FILE_LIMIT) end
  local floor = path:match("^src/([%w_]+)/[^/]+$")
  if path:find("^src/") and not HEIGHTS[floor or ""] then fault(path, 1, "lies on no floor") end
  for number, line in ipairs(lines) do
    local is_table_row = path:find("%.def$") and line:find("^%u+%(")
    if not is_table_row and (utf8.len(line) or #line) > LINE_LIMIT then fault(path, number, "longer than %d columns", LINE_LIMIT) end
    if line:find("\t", 1, true) then fault(path, number, "a tab") end
    local target = line:match('^%s*#%s*include%s+"([^"]+)"')
    if target and HEIGHTS[floor or ""] then check_include(path, number, floor, target) end
    if target and not floor and not PUBLIC[target] then fault(path, number, "a public header includes \"%s\"", target) end
  end
  if path:find("%.[ch]$") then measure_functions(path, lines, functions) end
end

local functions, file_lengths = {}, {}
local files = files_of(root)
for _, path in ipairs(files) do check_file(path, functions, file_lengths) end

table.sort(functions, function(a, b)
  if a.length ~= b.length then return a.length > b.length end
  return a.path .. a.name < b.path .. b.name
end)
for _, entry in ipairs(functions) do
  if entry.length > FUNCTION_LIMIT and not EXCUSED_FROM_LENGTH[entry.path] then
    fault(entry.path, entry.line, "%s has %d lines", entry.name, entry.length)
  end
end
table.sort(file_lengths, function(a, b) return a.length > b.length or a.length == b.length and a.path < b.path end)

local function quantile(q) return #functions > 0 and functions[math.max(1, #functions - math.floor(#functions * q))].length or 0 end

print(string.format("%d files, %d functions; function length: median %d, nine in ten within %d, longest %d", #files,
  #functions, quantile(0.5), quantile(0.9), functions[1] and functions[1].length or 0))
if wants_lengths then
  for i = 1, math.min(20, #functions) do
    print(string.format("%5d %s (%s:%d)", functions[i].length, functions[i].name, functions[i].path, functions[i].line))
  end
  for i = 1, math.min(20, #file_lengths) do print(string.format("%5d %s", file_lengths[i].length, file_lengths[i].path)) end
end
if #faults > 0 then
  print(table.concat(faults, "\n"))
  print(#faults .. " faults")
  os.exit(1)
end
if #files == 0 then
  print("no sources found")
  os.exit(1)
end
print("the floors stand")
