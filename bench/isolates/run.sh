#!/bin/sh
# All figures of isolates: run.sh [RILLE]. Prints the tables of bench/RESULTS.md; on a quiet machine it takes about a minute.
here=$(dirname "$0")
rille=${1:-$here/../../build/release/rille}
echo "## messages: rille" && "$rille" "$here/messages.lua" 0.5 || exit 1
echo "## messages: lua5.4 with cqueues"
if lua5.4 -e 'require "cqueues" require "cjson"' 2>/dev/null; then
  lua5.4 "$here/cqueues.lua" 0.5 || exit 1
else
  echo "(not installed: lua-cqueues, lua-cjson)"
fi
echo "## speed-up by two isolates" && "$rille" "$here/parallel.lua" 2 5 || exit 1
echo "## 10,000 isolates in a pool" && "$rille" "$here/many.lua" 10000 || exit 1
echo "## 10,000 isolates on threads of their own" && "$rille" "$here/many.lua" 10000 threads
