#!/bin/sh
# types.sh COMPILER STOCK_INCLUDE OUR_INCLUDE STOCK_LIBRARY: the types of all public functions, and the structures they lead
# to, are the same in stock's headers and in ours, as abidiff sees them: both are compiled into a library of pointers to
# the functions, with debug information.
compiler=$1 stock=$2 ours=$3 library=$4
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
{
  printf '#include <lua.h>\n#include <lauxlib.h>\n#include <lualib.h>\n'
  nm -D --defined-only "$library" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort | while read -r name; do
    echo "extern __typeof__($name) *const pointer_to_$name; __typeof__($name) *const pointer_to_$name = 0;"
  done
  echo "extern luaL_Stream *stream; luaL_Stream *stream; extern lua_Debug *debug; lua_Debug *debug;"
  echo "extern lua_KContext context; lua_KContext context; extern lua_Unsigned number; lua_Unsigned number;"
} >"$directory/types.c"
count=$(grep -c pointer_to_ "$directory/types.c")
[ "$count" -ge 150 ] || { echo "only $count functions"; exit 1; }
for which in stock ours; do
  eval "include=\$$which"
  "$compiler" -g -O0 -shared -fPIC -I"$include" "$directory/types.c" -o "$directory/lib$which.so" || exit 1
done
abidiff --no-show-locs "$directory/libstock.so" "$directory/libours.so" >"$directory/report"
status=$?
cat "$directory/report"
[ $status -eq 0 ] || { echo "abidiff: $status"; exit 1; }
echo "$count functions have equal types"
