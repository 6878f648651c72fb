#!/bin/sh
# exports.sh INCLUDE_DIRECTORY LIBRARY COMMAND: both export exactly the functions that the public headers declare.
include=$1
shift
declared=$(mktemp) exported=$(mktemp)
trap 'rm -f "$declared" "$exported"' EXIT
awk '/^LUA[A-Z]*_API / && match($0, /(lua[L_o]|rille_)[A-Za-z0-9_]*[)]?[(]/) {
  name = substr($0, RSTART, RLENGTH); gsub(/[()]/, "", name); print name }' "$include"/*.h | sort -u >"$declared"
[ "$(wc -l <"$declared")" -gt 100 ] || { echo "could not read the declarations"; exit 1; }
status=0
for file in "$@"; do
  nm -D --defined-only "$file" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | grep -E '^(lua|rille|rl_)' | sort -u >"$exported"
  missing=$(comm -23 "$declared" "$exported")
  [ -z "$missing" ] || { echo "$file does not export:" $missing; status=1; }
  extra=$(comm -13 "$declared" "$exported")
  [ -z "$extra" ] || { echo "$file exports what no public header declares:" $extra; status=1; }
done
[ $status -eq 0 ] && echo "$(wc -l <"$declared") functions, all exported, no other"
exit $status
