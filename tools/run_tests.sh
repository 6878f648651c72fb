#!/bin/bash
# Builds the named presets and runs their tests; of a preset other than the first two only those that run Lua files, when
# three are named (`make test`: release, asan, and gcc's interpreter). Every preset is tried, the result is non-zero if one fails.
set -u
cd "$(dirname "$0")/.." || exit 1

presets=("$@")
failed=()

build() { # preset, targets...
  local preset=$1
  shift
  # (configured anew: programs that tests need may have been installed since)
  cmake --preset "$preset" && cmake --build --preset "$preset" "$@"
}

index=0
for preset in "${presets[@]}"; do
  index=$((index + 1))
  echo "== $preset"
  if [ $index -gt 2 ]; then
    build "$preset" --target rille_command && ctest --preset "$preset" -j 2 -L '^lua$' || failed+=("$preset")
  else
    build "$preset" && ctest --preset "$preset" -j 2 || failed+=("$preset")
  fi
done

if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}"
  exit 1
fi
echo "all of ${presets[*]} passed"
