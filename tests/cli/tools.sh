#!/bin/sh
# tools.sh RILLE: what the command does beyond stock's: listing and compiling, and their errors.
rille=$1
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1
fail() { echo "$*"; exit 1; }
expect() { # status, pattern in the output, command...
  status=$1 pattern=$2
  shift 2
  "$@" >output 2>&1
  found=$?
  [ $found -eq "$status" ] || { cat output; fail "$*: exit code $found, expected $status"; }
  [ -z "$pattern" ] || grep -q -- "$pattern" output || { cat output; fail "$*: no '$pattern'"; }
}
cat >program.lua <<'END'
local limit <const> = 10
local total, name = 0, "accumulated"
for i = 1, limit do total = total + i end
local function add(...) total = total + select("#", ...) return total, name end
print(name, add(1, 2.5, nil), ...)
END
expect 0 'main' "$rille" --list program.lua
for word in FORLOOP accumulated total 'program.lua' 2.5 add CLOSURE RETURN; do grep -q -- "$word" output || { cat output; fail "the list has no $word"; }; done
expect 0 '' "$rille" --compile program.out program.lua
expect 0 '^accumulated	58	a	b$' "$rille" program.out a b
expect 0 '' "$rille" --compile stripped.out --strip program.lua
expect 0 '^accumulated	58$' "$rille" stripped.out
[ "$(wc -c <stripped.out)" -lt "$(wc -c <program.out)" ] || fail "stripping saved nothing"
expect 0 'FORLOOP' "$rille" --list stripped.out
echo 'error("here")' >failing.lua
expect 0 '' "$rille" --compile failing.out failing.lua
expect 1 'failing.lua:1: here' "$rille" failing.out
expect 0 '' "$rille" --compile failing.out --strip failing.lua
expect 1 'rille: here$' "$rille" failing.out
echo 'x = = 1' >broken.lua
expect 1 "broken.lua:1: unexpected symbol near '='" "$rille" --list broken.lua
expect 1 "broken.lua:1: unexpected symbol near '='" "$rille" --compile x.out broken.lua
[ ! -e x.out ] || fail "an output of a program with errors"
expect 1 'cannot open' "$rille" --list nosuch.lua
expect 1 'cannot open' "$rille" --compile x.out nosuch.lua
expect 1 'nosuch/x.out' "$rille" --compile nosuch/x.out program.lua
expect 1 '' "$rille" --compile /dev/full program.lua
expect 1 'needs one file' "$rille" --list
expect 1 "'--compile' needs" "$rille" --compile
expect 1 "'--compile' needs" "$rille" --compile x.out
expect 1 'usage' "$rille" --nonsense
expect 0 'Rille' "$rille" --version
expect 0 '--compile' "$rille" --help
head -c 50 program.out >short.out
expect 1 'truncated' "$rille" short.out
for n in 5 9 40 100; do { head -c $n program.out; printf '\377\377'; tail -c +$((n + 3)) program.out; } >damaged.out; "$rille" damaged.out >output 2>&1; [ $? -le 1 ] || fail "a damaged chunk ends the command"; done
echo "list, compile and strip are fine"
