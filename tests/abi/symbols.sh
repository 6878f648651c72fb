#!/bin/sh
# symbols.sh STOCK OURS: ours exports the functions of Debian's library, under the same version node, and beside them only
# lua_closethread (of 5.4.6).
stock=$1 ours=$2
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
list() { nm -D --defined-only "$1" | awk '$2 == "T" || $2 == "D" || $2 == "R" || $2 == "B" { print $3 }' | LC_ALL=C sort; }
list "$stock" >"$directory/stock"
list "$ours" >"$directory/ours"
count=$(wc -l <"$directory/stock")
[ "$count" -ge 154 ] || { echo "Debian's library has only $count symbols?"; exit 1; }
echo "lua_closethread@@LUA_5.4" | cat "$directory/stock" - | LC_ALL=C sort -u >"$directory/wanted"
diff "$directory/wanted" "$directory/ours" || { echo "< Debian's and lua_closethread, > ours"; exit 1; }
for file in "$stock" "$ours"; do readelf -d "$file" | sed -n 's/.*soname: \[\(.*\)\]/\1/p' >"$directory/soname.$(basename "$file")"; done
[ "$(cat "$directory"/soname.* | sort -u | wc -l)" -eq 1 ] || { echo "the sonames differ:"; cat "$directory"/soname.*; exit 1; }
echo "$count symbols and lua_closethread, soname $(cat "$directory"/soname.* | head -n 1)"
