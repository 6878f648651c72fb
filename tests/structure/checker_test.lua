-- The floors checker must find each kind of fault: a small house with one of each is built and checked.
local root = ...
local house = os.tmpname()
os.remove(house)

local function write(path, text)
  os.execute("mkdir -p '" .. house .. "/" .. path:match("(.*)/") .. "'")
  local file <close> = assert(io.open(house .. "/" .. path, "w"))
  file:write(text)
end

local function check()
  local interpreter = arg[-1]
  local pipe = assert(io.popen("'" .. interpreter .. "' '" .. root .. "/tools/check_floors.lua' '" .. house .. "'"))
  local output = pipe:read("a")
  return pipe:close() == true, output
end

write("include/lua.h", "#include \"luaconf.h\"\n")
write("src/value/value.h", "#include \"lua.h\"\n#include \"base/bits.h\"\n")
write("src/base/bits.h", "int bits;\n")
write("src/object/table_layout.h", "int layout;\n")
write("src/object/table.c", "#include \"object/table_layout.h\"\n#include <string.h>\n")
local good, output = check()
assert(good, output)

local long = "static void f(void) {\n" .. ("  g();\n"):rep(95) .. "}\n"
local faults = {
  {"src/object/a.c", "#include \"gc/collect.h\"\n", "src/object/a.c:1: include \"gc/collect.h\" points upward from object"},
  {"src/vm/a.c", "\n#include \"compile/compile.h\"\n", "src/vm/a.c:2: include \"compile/compile.h\" points sideways from vm"},
  {"src/compile/a.c", "#include \"vm/call.h\"\n", "points sideways from compile"},
  {"src/gc/a.c", "#include \"mark.h\"\n", "does not name its floor"},
  {"src/gc/b.c", "#include \"attic/mark.h\"\n", "there is no floor attic"},
  {"src/stdlib/a.c", "#include \"object/table.h\"\n", "stdlib includes public headers only"},
  {"src/gc/c.c", "#include \"object/table_layout.h\"\n", "is reached past its room"},
  {"src/attic/a.c", "int a;\n", "lies on no floor"},
  {"include/lauxlib.h", "#include \"value/value.h\"\n", "a public header includes"},
  {"src/gc/d.c", "// " .. ("x"):rep(120) .. "\n", "longer than 120 columns"},
  {"src/gc/e.c", long, "f has 97 lines"},
  {"src/gc/f.c", ("int a;\n"):rep(1001), "more than 1000 lines"},
}
for _, case in ipairs(faults) do
  write(case[1], case[2])
  local passed, text = check()
  assert(not passed, "no fault found for " .. case[3])
  assert(text:find(case[3], 1, true), "expected: " .. case[3] .. "\ngot: " .. text)
  os.remove(house .. "/" .. case[1])
  os.execute("rmdir '" .. house .. "/src/attic' 2>/dev/null")
end
os.execute("rm -rf '" .. house .. "'")
print("ok")
