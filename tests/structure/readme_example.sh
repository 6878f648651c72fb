#!/bin/sh
# readme_example.sh ROOT LIBRARY: builds the embedding example of README.md by the command that stands below it (with the
# library of this build) and runs it.
root=$1 library=$2
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
awk '/^```c$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' "$root/README.md" >"$directory/hello.c"
command=$(sed -n 's/^\(cc hello\.c .*\) && \.\/hello$/\1/p' "$root/README.md")
[ -s "$directory/hello.c" ] && [ -n "$command" ] || { echo "README.md has no example or no command for it"; exit 1; }
cd "$directory" || exit 1
mkdir -p build/release && cp "$library" build/release/librille.a && ln -s "$root/include" include || exit 1
eval "$command -Wall -Wextra -Werror" || exit 1
text=$(./hello) || exit 1
[ "$text" = "HELLO FROM LUA 5.4" ] || { echo "the example prints: $text"; exit 1; }
lines=$(grep -c . hello.c)
[ "$lines" -le 12 ] || { echo "the ten-line example has $lines lines"; exit 1; }
