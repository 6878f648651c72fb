#!/bin/bash
# run.sh LIBRARY LARGE_C_LUA LUA: runs the commands of commands.txt with and without the library preloaded and compares. At least 50 must
# have been there to run.
library=$(realpath "$1") large=$(realpath "$2") lua=$(realpath "$(command -v "$3")")
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C.UTF-8 TZ=UTC P="$here" PYTHONHASHSEED=0 PERL_HASH_SEED=0 SOURCE_DATE_EPOCH=0 HOME="$scratch" GIT_CONFIG_NOSYSTEM=1
unset LD_PRELOAD MAKEFLAGS MAKELEVEL

make_inputs() {
  awk 'BEGIN { for (i = 0; i < 4000; i++) { line = ""; for (j = 0; j < 6; j++) { x = (x * 1103515245 + 12345) % 2147483648; line = line "word" int(x / 65536) % 1999 " " } print line } }' >words.txt
  sed 's/word77/changed/; 100d; 2000a inserted' words.txt >words2.txt
  sed 's/word88/other/; 1500d' words.txt >words3.txt
  seq 1 7 20000 >numbers.txt
  awk 'BEGIN { for (i = 0; i < 4000; i++) print i "," (i * 7919) % 4001 "," i % 13 }' >table.csv
  awk 'BEGIN { printf "["; for (i = 0; i < 800; i++) printf "%s{\"id\":%d,\"name\":\"name%d\",\"values\":[%d,%d,%d]}", i ? "," : "", i, i * 31, i, i * 2, i % 7; print "]" }' >data.json
  awk 'BEGIN { print "<list>"; for (i = 0; i < 500; i++) printf "<item id=\"%d\"><name>n%d</name></item>\n", i, i * 3; print "</list>" }' >page.xml
  "$1" "$2" 12 >large.c
  mkdir tree
  for i in $(seq 1 80); do seq 1 "$i" | sed 's/^/line /' >"tree/file$i"; done
}

mkdir "$scratch/inputs"
(cd "$scratch/inputs" && make_inputs "$lua" "$large") || exit 1

ran=0 failed=0
one() { # words for env..., the command; in a fresh folder of the same name each time
  rm -rf "$scratch/work"
  cp -r "$scratch/inputs" "$scratch/work"
  (cd "$scratch/work" && timeout 60 env "$@" >"$scratch/output" 2>&1 </dev/null; echo "exit code $?" >>"$scratch/output")
}
while IFS= read -r line; do
  case $line in '#'* | '') continue ;; esac
  program=${line%%: *} command=${line#*: }
  command -v "$program" >/dev/null || { echo "not there: $program"; continue; }
  one sh -c "$command"
  mv "$scratch/output" "$scratch/expected"
  one "LD_PRELOAD=$library" sh -c "$command"
  ran=$((ran + 1))
  if ! cmp -s "$scratch/expected" "$scratch/output"; then
    failed=$((failed + 1))
    echo "differs: $command"
    diff "$scratch/expected" "$scratch/output" | head -n 10
  fi
done <"$here/commands.txt"
echo "$ran commands, $failed with another output"
[ $failed -eq 0 ] && [ $ran -ge 50 ]
