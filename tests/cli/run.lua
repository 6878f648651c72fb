-- The command against stock's: `run.lua RILLE ORACLE`. Every case is a line of shell in which `lua` is the one or the other; what
-- it prints (standard output and error apart), and how it exits, must be the same. What differs on purpose is named in `normal`.
local rille, oracle = arg[1], arg[2]

local CASES <const> = {
  -- no arguments, scripts, standard input
  "echo 'print(1 + 1)' | lua", "echo 'print(...)' | lua - a b", "lua - </dev/null", "lua -- script.lua", "lua script.lua", "lua script.lua a 'b c' ''",
  "lua ./script.lua -e x", "lua nosuch.lua", "lua folder", "lua broken.lua", "lua failing.lua", "lua -- nosuch.lua -x", "lua < script.lua",
  "lua arg.lua one two", "lua -e 'x = 1' arg.lua one", "lua -l mod -e 1 arg.lua", "lua - x y < arg.lua", "lua -- arg.lua", "lua -i arg.lua </dev/null",
  "lua shebang.lua", "lua bom.lua", "lua bom_shebang.lua", "lua chunk.luac", "lua empty.lua", "lua returns.lua", "lua varargs.lua 1 2 3",
  -- -e
  "lua -e 'print(1)'", "lua -eprint'(2)'", "lua -e 'print(1)' -e 'print(2)'", "lua -e 'x = 1' -e 'print(x)'", "lua -e", "lua -e ''", "lua -e 'x ='",
  "lua -e 'error(\"m\")'", "lua -e 'error(\"m\", 0)'", "lua -e 'error({})'", "lua -e 'error(nil)'", "lua -e 'error(5)'", "lua -e 'print(...)' a b",
  "lua -e 'error(setmetatable({}, {__tostring = function() return \"T\" end}))'", "lua -e 'local t <close> = setmetatable({}, {__close = function() print(1) end}) error(2)'",
  "lua -e 'print(1)' -e 'error(2)' -e 'print(3)'", "lua -e 'error(\"x\")' script.lua", "lua -e 'return 5'", "lua -e 'print(#arg, arg[0], arg[-1], arg[-2])'",
  "lua -e 'goto x'", "lua -e 'break'", "lua -e 'for'", "lua -e 'local function f() error(\"deep\") end local function g() f() end g()'",
  -- -l
  "lua -l mod -e 'print(mod.name)'", "lua -lmod -e 'print(mod.name)'", "lua -l g=mod -e 'print(g.name, mod)'", "lua -lg=mod -e 'print(g.name)'",
  "lua -l nosuch 2>&1 | head -3", "lua -l", "lua -l broken_module", "lua -l raising_module", "lua -l mod -l other -e 'print(other)'", "lua -l a.b -e 'print(_G[\"a.b\"])'",
  "lua -l x=a.b -e 'print(x)'", "lua -l mod-v2 -e 'print(mod)' 2>&1 | head -2", "lua -l =mod 2>&1 | head -2",
  -- -v -i -E -W and combinations, wrong options
  "lua -v", "lua -v -e 'print(1)'", "lua -v script.lua", "lua -v -v", "lua -E -e 'print(os.getenv(\"LUA_PATH\") ~= nil, package.path:find(\"custom\"))'",
  "lua -W -e 'warn(\"w\")'", "lua -W -e 'warn(\"a\", \"b\")' -e 'warn(\"@off\") warn(\"x\")'", "lua -e 'warn(\"off\")'", "lua -e 'warn(\"@on\") warn(\"on\")'",
  "lua -W -e 'setmetatable({}, {__gc = function() error(\"in gc\") end}) collectgarbage()'", "lua -W -e 'warn(\"@unknown\") warn(\"x\", \"@off\")'",
  "lua -x", "lua -ex", "lua --", "lua ---", "lua -h", "lua -vx", "lua -vi </dev/null", "lua -iv </dev/null", "lua -Ex", "lua -Wx", "lua -",
  "lua -i -e 'print(1)' </dev/null", "lua -E -v -W -e 'print(1)'", "lua -i nosuch.lua </dev/null", "lua -i failing.lua </dev/null", "lua -e 'x = 1' - < script.lua",
  -- LUA_INIT and paths
  "LUA_INIT='print(\"init\")' lua -e 'print(1)'", "LUA_INIT_5_4='print(54)' LUA_INIT='print(0)' lua -e 1", "LUA_INIT=@init.lua lua -e 'print(1)'",
  "LUA_INIT=@nosuch.lua lua -e 'print(1)'", "LUA_INIT='error(1)' lua -e 'print(1)'", "LUA_INIT='x =' lua -e 'print(1)'", "LUA_INIT='print(1)' lua -E -e 'print(2)'",
  "LUA_INIT='print(arg[0])' lua script.lua", "LUA_INIT='print(1)' lua -v", "LUA_INIT= lua -e 'print(3)'", "LUA_INIT='os.exit(3)' lua -e 'print(3)'",
  "LUA_PATH='x/?.lua' lua -e 'print(package.path)'", "LUA_PATH_5_4='y/?.lua' LUA_PATH='x/?.lua' lua -e 'print(package.path)'",
  "LUA_PATH=';;' lua -e 'print(package.path:sub(1, 20))'", "LUA_PATH='a;;b' lua -e 'print(package.path:sub(1, 2), package.path:sub(-2))'", "LUA_PATH=';;b' lua -e 'print(package.path:sub(-2))'",
  "LUA_PATH='a;;' lua -e 'print(package.path:sub(1, 2))'", "LUA_PATH='a;;b;;c' lua -e 'print(package.path:sub(-5))'", "LUA_CPATH='z/?.so' lua -e 'print(package.cpath)'",
  "LUA_CPATH_5_4='q' LUA_CPATH='z' lua -e 'print(package.cpath)'", "LUA_PATH='' lua -e 'print(package.path)'", "LUA_PATH='x' lua -E -e 'print(package.path == \"x\")'",
  "LUA_PATH='folder/?.lua' lua -l inner -e 'print(inner)'",
  -- exit codes
  "lua -e 'os.exit(0)'", "lua -e 'os.exit(7)'", "lua -e 'os.exit(true)'", "lua -e 'os.exit(false)'", "lua -e 'os.exit(256 + 3)'", "lua -e 'os.exit(-1)'",
  "lua -e 'os.exit(true, true)'", "lua -e 'local t <close> = setmetatable({}, {__close = function() print(\"closed\") end}) os.exit(2, true)'",
  "lua -e 'setmetatable({}, {__gc = function() print(\"gc\") end}) os.exit(0, true)'", "lua -e 'setmetatable({}, {__gc = function() print(\"gc\") end}) os.exit(0)'",
  "lua -e 'setmetatable({}, {__gc = function() print(\"at the end\") end})'", "lua -e 'coroutine.wrap(function() os.exit(4, true) end)()'",
  "lua -e 'io.stdout:write(\"no newline\")'", "lua -e 'io.stdout:close() print(1)'", "lua -e 'io.stderr:write(\"e\\n\")'", "lua -e 'print(io.read(\"a\"))' </dev/null",
  "echo input | lua -e 'print(io.read())'", "printf '1 2' | lua -e 'print(io.read(\"n\", \"n\"))'",
  -- the prompt, from a pipe
  "echo '1 + 1' | lua -i", "echo '= 1 + 1' | lua -i", "printf 'x = 5\\nx\\nx, nil, \"s\"\\n' | lua -i", "printf 'for i = 1, 2 do\\nprint(i)\\nend\\n' | lua -i",
  "printf 'function f()\\nreturn 1\\nend f()\\nf()\\n' | lua -i", "printf 'x =\\n5\\nx' | lua -i", "printf 'error(\"oops\")\\nprint(2)\\n' | lua -i", "printf 'x x\\n3\\n' | lua -i",
  "printf 'local y = 1\\ny\\n' | lua -i", "printf '\"unfinished\\n1\\n' | lua -i", "printf '[[long\\nstring]]\\n' | lua -i", "printf 'return 1, 2\\n' | lua -i", "printf '\\n\\n1\\n' | lua -i",
  "printf 'print(_PROMPT)\\n_PROMPT = \"p \"\\n_PROMPT2 = \"q \"\\ndo\\nend\\n1\\n' | lua -i", "printf '_PROMPT = setmetatable({}, {__tostring = function() return \"t> \" end})\\n1\\n' | lua -i",
  "printf 'nil\\n{}==nil\\nprint()\\n' | lua -i", "printf 'x = = 1\\n' | lua -i", "printf 'coroutine.yield()\\n' | lua -i", "printf 'error()\\nerror({})\\nerror(nil)\\n' | lua -i",
  "printf 'print = nil\\n1\\nx = 2\\n' | lua -i", "printf 'f(\\n1)\\n' | lua -i", "printf '= 1,\\n2\\n' | lua -i", "printf 'os.exit(9)\\n' | lua -i", "printf 'arg[0]\\n' | lua -i script.lua",
  "printf '1 --comment\\n--[[ a\\nb ]] 2\\n' | lua -i", "printf 'local x <close> = 1\\n' | lua -i", "printf 'goto x\\n' | lua -i", "printf '(nil)()\\n(function() error(\"in f\") end)()\\n' | lua -i",
  -- signals
  "timeout --foreground -k 5 -s INT 0.3 lua -e 'while true do end'; echo code $?", "timeout --foreground -k 5 -s INT 0.3 lua -e 'print(pcall(function() while true do end end)) print(\"goes on\")'; echo code $?",
  "timeout --foreground -k 5 -s INT 0.3 lua -e 'local function f() return f() end f()'; echo code $?",
  "timeout --foreground -s TERM 0.3 lua -e 'while true do end'; echo code $?",
  -- long output, long lines, many arguments
  "lua -e 'for i = 1, 3000 do print(i) end' | tail -1", "lua -e 'print((\"x\"):rep(100000))' | wc -c", "lua args.lua $(seq 3000) | tail -1", "lua -e 'print(select(\"#\", ...))' $(seq 300)",
}

local FILES <const> = {
  ["script.lua"] = "print('script', ...)\n", ["broken.lua"] = "local x = \n\n= 5\n", ["failing.lua"] = "local function f() error('failed') end\nf()\n",
  ["arg.lua"] = "for i = -10, 10 do if arg[i] then io.write(i, '=', arg[i], ' ') end end print(...)\n", ["shebang.lua"] = "#!/usr/bin/env lua\nprint('shebang', debug.getinfo(1, 'l').currentline)\n",
  ["bom.lua"] = "\239\187\191print('bom')\n", ["bom_shebang.lua"] = "\239\187\191#!x\nprint('both')\n", ["empty.lua"] = "", ["returns.lua"] = "return 5, nil\n", ["varargs.lua"] = "print(select('#', ...), ...)\n",
  ["args.lua"] = "print(#arg, select('#', ...), arg[#arg])\n", ["mod.lua"] = "print('loading', ...) return {name = 'mod'}\n", ["other.lua"] = "return true\n", ["broken_module.lua"] = "x = = 1\n",
  ["raising_module.lua"] = "error('cannot load')\n", ["init.lua"] = "print('from file', ...)\n", ["folder/inner.lua"] = "return 'inner ' .. ...\n", ["a/b.lua"] = "return 'a.b'\n",
}

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local directory = os.tmpname()
os.remove(directory)
assert(os.execute("mkdir -p " .. directory .. "/work/folder " .. directory .. "/work/a " .. directory .. "/rille " .. directory .. "/stock"))
for name, text in pairs(FILES) do write(directory .. "/work/" .. name, text) end
local function resolved(program)
  local pipe <close> = io.popen("readlink -f \"$(command -v " .. quoted(program) .. ")\"")
  return pipe:read()
end
assert(os.execute(("ln -s %s %s/rille/lua && ln -s %s %s/stock/lua"):format(quoted(resolved(rille)), directory, quoted(resolved(oracle)), directory)))

-- The version's line is each one's own; so are binary chunks.
local function normal(text)
  text = text:gsub("Rille %d[^\n]*\n", "VERSION\n"):gsub("Lua 5%.4%.%d+  Copyright[^\n]*\n", "VERSION\n")
  text = text:gsub("Alone on the command line:\n.*as a Chrome trace\n", "") -- our further options
  return (text:gsub("0x%x+", "ADDRESS"):gsub("/stock/lua", "/BIN/lua"):gsub("/rille/lua", "/BIN/lua"))
end

-- Stock's line editor repeats what it reads from a pipe; ours does not.
local function without_echo(text, case)
  local input = case:match("^printf '(.*)' | lua %-i") or case:match("^echo '(.*)' | lua %-i")
  if not input then return text end
  local from = 1
  for line in (input:gsub("\\n", "\n") .. (case:find("\\n' | lua", 1, true) and "" or "\n")):gmatch("(.-)\n") do
    local first, last = text:find("> " .. line .. "\n", from, true)
    if not first then first, last = text:find(line .. "\n", from, true) first = first and first - 2 end
    if first then
      text = text:sub(1, first + 1) .. text:sub(last + 1)
      from = first + 2
    end
  end
  return text
end

local function run(which, case)
  -- (a binary chunk is for the one that made it)
  os.execute(("cd %s/work && ../%s/lua -e 'io.open(\"chunk.luac\", \"wb\"):write(string.dump(load(\"print(1 + 1, ...)\")))'"):format(directory, which))
  local command = ("cd %s/work && env -i PATH=%s/%s:/usr/bin:/bin HOME=%s LC_ALL=C.UTF-8 sh -c %s >%s/out 2>%s/err; echo $? >%s/code"):format(directory, directory, which,
    directory, quoted(case), directory, directory, directory)
  os.execute(command)
  local output = read(directory .. "/out")
  if which == "stock" then output = without_echo(output, case) end
  return {normal(output), normal(read(directory .. "/err")), read(directory .. "/code")}
end

local failures = 0
for _, case in ipairs(CASES) do
  local ours, stocks = run("rille", case), run("stock", case)
  for i, what in ipairs {"output", "errors", "exit code"} do
    if ours[i] ~= stocks[i] then
      failures = failures + 1
      print(("%s: %s differs\n---- ours\n%s---- stock's\n%s----"):format(case, what, ours[i], stocks[i]))
    end
  end
end
os.execute("rm -r " .. directory)
print(#CASES .. " command lines, " .. failures .. " differences")
if failures > 0 then os.exit(1) end
print "ok"
