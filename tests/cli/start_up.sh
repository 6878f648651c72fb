#!/bin/sh
# start_up.sh RILLE ORACLE UNDERLINKED_MODULE: the command loads libm when it is wanted (src/cli/mathematics.c), and nobody can tell.
set -eu
rille=$1 oracle=$2 module=$3

fail() {
  echo "start_up: $*" >&2
  exit 1
}

# Not before it is wanted; then it is there.
maps='local function loaded() for line in io.lines("/proc/self/maps") do if line:find("libm%.so") then return true end end end'
"$rille" -e "$maps assert(not loaded(), 'loaded at the start') print(math.sin(1), math.floor(2.5)) assert(loaded(), 'not loaded')" >/dev/null ||
  fail "libm is not loaded when it is wanted"
"$rille" -e "$maps print(math.floor(-2.5), math.ceil(2.5), math.sqrt(2), 7 // 2.5, math.tointeger(3.0)) assert(not loaded())" >/dev/null ||
  fail "libm is loaded for what needs none of it"

# What stock says, at the edges too; the bits count.
program='
local zero = 0.0
local values = {zero, -zero, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.5, 1 - 2^-53, 2^52 - 0.5, -(2^52 - 0.5), 2^52, 2^53 + 2, -2^63, 2^63, 1e300, -1e300,
  5e-324, -5e-324, 1/0, -1/0, 0/0, 3.14159, 100.25, -7.75}
local function show(name, ...)
  local ok, result = pcall(...)
  print(name, ok, ok and math.type(result), ok and (result ~= result and "nan" or string.format("%a", result)) or result)
end
for _, x in ipairs(values) do
  for _, name in ipairs{"acos", "asin", "atan", "ceil", "cos", "exp", "floor", "log", "sin", "sqrt", "tan", "abs", "modf", "cosh", "sinh", "tanh", "log10"} do
    if math[name] then show(name, math[name], x) end
  end
  show("log 2", math.log, x, 2) show("log 10", math.log, x, 10)
  for _, y in ipairs(values) do
    show("pow", function() return x ^ y end) show("mod", function() return x % y end) show("div", function() return x // y end)
    show("fmod", math.fmod, x, y) show("atan", math.atan, x, y)
  end
end'
mine=$("$rille" -e "$program") theirs=$("$oracle" -e "$program")
[ "$mine" = "$theirs" ] || fail "other results than $oracle's"

# A module that does not say that it needs libm.
got=$(printf 'print(assert(package.loadlib(arg[1], "luaopen_underlinked"))()(0.25))' | "$rille" - "$module") || fail "an underlinked module does not load"
[ "$got" = 1.0 ] || fail "the underlinked module says $got"
echo ok
