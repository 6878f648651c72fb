#!/bin/sh
# same_output.sh RILLE ORACLE FILE: passes when both run the file to a good end, with equal output whose last line is `ok`.
# Without an oracle (an empty word) only the end is checked.
rille=$1 oracle=$2 file=$3
unset LUA_INIT LUA_INIT_5_4 LUA_PATH_5_4 LUA_CPATH_5_4
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT

"$rille" "$file" >"$directory/rille" 2>"$directory/rille.errors"
status=$?
if [ $status -ne 0 ] || [ "$(tail -n 1 "$directory/rille")" != ok ]; then
  tail -n 20 "$directory/rille"
  cat "$directory/rille.errors"
  echo "exit code $status" >&2
  exit 1
fi
[ -n "$oracle" ] || { echo "no oracle to compare with"; exit 0; }
"$oracle" "$file" >"$directory/oracle" 2>"$directory/oracle.errors" || { cat "$directory/oracle.errors"; exit 1; }
diff "$directory/oracle" "$directory/rille" | head -n 40 >"$directory/difference"
if [ -s "$directory/difference" ]; then
  echo "output differs ('<' is $oracle's):"
  cat "$directory/difference"
  exit 1
fi
wc -l <"$directory/rille" | sed 's/$/ equal lines/'
