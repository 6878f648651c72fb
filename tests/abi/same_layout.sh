#!/bin/sh
# same_layout.sh STOCK_PROGRAM OUR_PROGRAM LIBRARY: programs compiled against stock's headers and against ours print the same
# when both run with LIBRARY.
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
ln -s "$3" "$directory/liblua5.4.so.0"
for program in "$1" "$2"; do
  LD_LIBRARY_PATH=$directory ldd "$program" | grep -q "$directory/liblua5.4.so.0" || { echo "$program does not use the library"; exit 1; }
done
LD_LIBRARY_PATH=$directory "$1" >"$directory/stock" || exit 1
LD_LIBRARY_PATH=$directory "$2" >"$directory/ours" || exit 1
diff "$directory/stock" "$directory/ours" || { echo "< stock's headers, > ours"; exit 1; }
[ "$(wc -l <"$directory/ours")" -gt 120 ] || { echo "too few lines"; exit 1; }
wc -l <"$directory/ours" | sed 's/$/ equal lines/'
