-- luacheck: its parser and its analysis over the project's own Lua files and over texts with known faults. The module lfs, a C
-- module that it wants for finding files, is not needed for that.
dofile("support/prelude.lua")
package.preload.lfs = function()
  return {attributes = function() end, dir = function() end, currentdir = function() return "." end, mkdir = function() end}
end
local luacheck = require("luacheck")
local format = require("luacheck.format")

local function check(name, source)
  local report = luacheck.check_strings({source}, {std = "lua54", max_line_length = false, max_cyclomatic_complexity = 40})
  print(name, report.warnings, report.errors, report.fatals)
  for _, event in ipairs(report[1]) do
    print(("  %d:%d %s %s"):format(event.line, event.column, event.code, luacheck.get_message(event)))
  end
end

check("unused", "local a, b = 1\nlocal function f(x, ...) local y; return ... end\nfor i = 1, 3 do end\nreturn b")
check("globals", "foo = 1\nbar()\nstring.baz = 2\nlocal t = {}; t.x.y = undefined\nprint(_VERSION, setfenv)")
check("flow", "local x; x = 1; x = 2\ndo return x end\nprint('never')")
check("flow 2", "while true do if f then break end end\nlocal a; if a then else end ::l:: goto l; print(1)")
check("shadow", "local a = 1; local a = 2; do local a = 3; print(a) end print(a)\nfunction g(a, a) end")
check("attributes", "local x <const> = 1; local f <close> = nil; x = 2")
check("syntax", "local x = = 3")
check("syntax 2", "if true then\nprint('x'\nend")
check("syntax 3", "goto nowhere")
check("syntax 4", "return 'abc\n'")
check("syntax 5", "local t = {[1] = 2, [1] = 3, a = 1, a = 2}; return t, 0x1p4, 1e, 5")
check("operators", "return 7 // 2 ~ 3 << 1 & 5 | ~2, not a == b, -x ^ 2, 1 .. 2 .. 3")
check("white space", "local a = 1 \n\t \nreturn a  ")
local deep = {}
for i = 1, 150 do deep[i] = "if x" .. i .. " then" end
check("complex", "local function f()\n" .. table.concat(deep, "\n") .. (" end"):rep(150) .. "\nend\nreturn f")

local pipe = assert(io.popen("find .. ../../bench ../../examples ../../tools -name '*.lua' | LC_ALL=C sort"))
local files, lines = 0, 0
for path in pipe:lines() do
  local file = assert(io.open(path))
  local source = file:read("a")
  file:close()
  if #source < 60000 and lines < 6000 then
    files = files + 1
    lines = lines + select(2, source:gsub("\n", ""))
    check(path, source:gsub("^#[^\n]*", ""))
  end
end
pipe:close()
print(files > 10, lines > 1000, files, lines)
print(format ~= nil)
print("ok")
