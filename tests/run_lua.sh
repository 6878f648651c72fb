#!/bin/sh
# run_lua.sh LUA FILE [ARGUMENTS]: runs a test file; it passes when it exits with 0 and its last line is `ok`. The environment's own
# Lua settings must not reach it.
unset LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_PATH_5_4 LUA_CPATH LUA_CPATH_5_4
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
"$@" >"$output" </dev/null
status=$?
cat "$output"
if [ $status -ne 0 ]; then
  echo "exit code $status" >&2
  exit 1
fi
if [ "$(tail -n 1 "$output")" != ok ]; then
  echo "the last line is not 'ok'" >&2
  exit 1
fi
