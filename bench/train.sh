#!/bin/sh
# train.sh RILLE: every benchmark program once, at a small scale: what the profile-guided build (preset `pgo`) is optimised for.
cd "$(dirname "$0")" || exit 1
for program in arrays/*.lua objects/*.lua strings/*.lua calls/*.lua tables/*.lua cliffs/*.lua startup/*.lua; do
  LUA_INIT= LUA_INIT_5_4= "$1" "$program" 0.05 >/dev/null || exit 1
done
