#!/bin/bash
# start_up_order.sh RILLE >cmake/start_up.order: functions of the command in the order in which the linker is to put them (cmake/start_up.cmake):
# first those that run whenever the command starts, then the others that the benchmark programs run, those of most programs
# first. RILLE is a release build; needs valgrind. To be run again when start-up or hot paths have changed a good deal.
set -u
rille=$(realpath "$1")
cd "$(dirname "$0")/../bench" || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# functions NAME ARGUMENT...: what the command runs, one a line, without the linker's numbers of functions with equal names.
functions() {
  local list=$1
  shift
  LUA_INIT= LUA_INIT_5_4= timeout 300 valgrind --tool=callgrind --callgrind-out-file="$scratch/profile" "$rille" "$@" >"$scratch/output" 2>&1
  sed -nE "s/^c?fn=\([0-9]+\) ([A-Za-z_][A-Za-z_0-9]*)(\.[0-9]+)?('[0-9]+)?$/\1/p" "$scratch/profile" | sort -u >"$scratch/$list"
}

functions start -e ''
number=0
for program in arrays/*.lua objects/*.lua strings/*.lua calls/*.lua tables/*.lua cliffs/*.lua; do
  functions "program$((number += 1))" "$program" 0.01
done

nm "$rille" | awk '$2 == "t" || $2 == "T" {sub(/\.[0-9]+$/, "", $3); print $3}' | sort -u >"$scratch/own"
echo _start # of the C library's crt1.o
comm -12 "$scratch/start" "$scratch/own" | grep -vx _start
cat "$scratch"/program* | sort | uniq -c | sort -k1,1nr -k2,2 | awk '{print $2}' >"$scratch/by_use"
awk 'FILENAME ~ /own$/ {own[$1] = 1; next} FILENAME ~ /start$/ {own[$1] = 0; next} own[$1]' "$scratch/own" "$scratch/start" "$scratch/by_use"
