#!/bin/sh
# amalgamation.sh ROOT LUA COMPILER: makes rille.c, compiles it by COMPILER without a warning, links a host with it by the command
# that its users are told, and runs language tests in that. Nothing but what the public headers declare may be visible.
root=$1 lua=$2 compiler=$3
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
fail() { echo "$*"; exit 1; }
unset LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_PATH_5_4 LUA_CPATH LUA_CPATH_5_4
"$lua" "$root/tools/amalgamate.lua" "$root" "$directory" || fail "no amalgamation"
cp "$here/mini_host.c" "$directory/app.c"
cd "$directory" || exit 1
grep -n '^#include "' rille.c | grep -vE '"(lua|lualib|lauxlib|luaconf|rille)\.h"' && fail "it includes what is not beside it"
"$compiler" -O2 -std=gnu11 -Wall -Wextra -Werror -fvisibility=hidden -c rille.c || fail "rille.c does not compile cleanly"
"$compiler" -O2 -Wall -Wextra -Werror app.c rille.o -lm -ldl -o app || fail "no program"
for name in closures strings coroutines metatables; do
  (cd "$root/tests/lua" && "$directory/app" $name.lua) >output 2>&1 && [ "$(tail -n 1 output)" = ok ] ||
    { cat output; fail "tests/lua/$name.lua fails"; }
done
echo lua_ident >declared # the one constant
cat "$root"/include/*.h | awk '/^LUA[A-Z]*_API / && match($0, /(lua[L_o]|rille_)[A-Za-z0-9_]*[)]?[(]/) {
  name = substr($0, RSTART, RLENGTH); gsub(/[()]/, "", name); print name }' >>declared
sort -u -o declared declared
readelf -sW rille.o | awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND" { print $8 }' | sort -u >visible
diff declared visible || fail "'<': declared, but not visible; '>': visible, but not declared"
[ "$(wc -l <visible)" -gt 150 ] || fail "too few names"
wc -l <visible | sed 's/$/ names are visible/'
