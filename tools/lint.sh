#!/bin/bash
# Runs clang-tidy (.clang-tidy says with which checks) over the sources of the library and the command, two at a time.
set -u
cd "$(dirname "$0")/.." || exit 1
tidy=$(command -v clang-tidy-19) || { echo "clang-tidy-19 is missing (Debian: clang-tidy-19)" >&2; exit 1; }
find src -name '*.c' -print0 | sort -z | xargs -0 -n 4 -P 2 "$tidy" --quiet -p build/debug --warnings-as-errors='*' 2>/dev/null
status=$?
[ $status -eq 0 ] && echo "clang-tidy found nothing"
exit $status
