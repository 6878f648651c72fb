#!/bin/bash
# Formats the project's C files; with --check only says which ones are not formatted, and fails if there are any.
set -u
cd "$(dirname "$0")/.." || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
formatter=$(command -v clang-format-19) || { echo "clang-format-19 is missing (Debian: clang-format-19)" >&2; exit 1; }
directories=()
for directory in include src tests fuzz malloc; do
  [ -d $directory ] && directories+=("$directory")
done
mapfile -t files < <(find "${directories[@]}" -type f \( -name '*.c' -o -name '*.h' -o -name '*.hpp' \) | sort)

if [ "${1:-}" = "--check" ]; then
  if "$formatter" --dry-run --Werror "${files[@]}" 2>"$log"; then
    echo "${#files[@]} files are formatted"
  else
    sed -n 's/:.*error: code should be clang-formatted.*/: not formatted, run `make format`/p' "$log" | sort -u
    exit 1
  fi
else
  "$formatter" -i "${files[@]}"
fi
