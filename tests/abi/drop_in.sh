#!/bin/sh
# drop_in.sh PROGRAM LIBRARY: runs the program as it is and with LIBRARY in the place of liblua5.4; compares what it prints.
program=$1 library=$2
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
name=$(readelf -d "$program" | sed -n 's/.*NEEDED.*\[\(liblua5\.4[^]]*\)\]/\1/p')
[ -n "$name" ] || { echo "the program is not linked with liblua5.4"; exit 1; }
mkdir "$directory/lib"
ln -s "$library" "$directory/lib/$name"
"$program" >"$directory/stock" 2>&1 || { cat "$directory/stock"; exit 1; }
LD_LIBRARY_PATH=$directory/lib ldd "$program" | grep -q "$directory/lib/$name" || { echo "the library was not replaced"; exit 1; }
LD_LIBRARY_PATH=$directory/lib "$program" >"$directory/rille" 2>&1
status=$?
diff "$directory/stock" "$directory/rille" || exit 1
[ $status -eq 0 ] || { echo "exit code $status"; exit 1; }
[ "$(wc -l <"$directory/stock")" -gt 20 ] || { echo "the program printed too little"; exit 1; }
wc -l <"$directory/rille" | sed 's/$/ equal lines/'
