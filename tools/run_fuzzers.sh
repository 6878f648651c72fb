#!/bin/bash
# Runs every fuzzer of build/fuzz for the given number of seconds, two at a time. What they find stays in build/fuzz/corpus;
# an input that crashes is left in build/fuzz/crashes. Exits non-zero when there is one. With names behind the seconds,
# only those fuzzers. RILLE_FUZZ_BUILD names another build folder.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-60}
[ $# -gt 0 ] && shift
build=${RILLE_FUZZ_BUILD:-build/fuzz}
mkdir -p "$build/crashes"

# More than there is may be asked for: Lua must get NULL. Leaks count, but at the end: states that outlive an input would
# make libFuzzer search for leaks after each, and fuzz/sandbox.h counts the bytes anyway.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:max_allocation_size_mb=4096
export UBSAN_OPTIONS=print_stacktrace=1

targets=()
if [ $# -gt 0 ]; then
  for name in "$@"; do targets+=("$build/fuzz/fuzz_$name"); done
else
  for target in "$build"/fuzz/fuzz_*; do targets+=("$target"); done
fi

# Compiled chunks are seeds that depend on our format, so they are made here, of the seeds that are source text.
make_chunk_seeds() {
  mkdir -p "$build/seeds/chunk"
  "$build/fuzz/fuzz_chunk" --make-seeds="$build/seeds/chunk" fuzz/seeds/source/*.lua
}

run_one() {
  local name=$1 corpus=$build/corpus/$1 log=$build/$1.log
  mkdir -p "$corpus"
  local more=()
  for directory in "fuzz/seeds/$name" "$build/seeds/$name"; do
    [ -d "$directory" ] && more+=("$directory")
  done
  [ -f "fuzz/dictionaries/$name.dict" ] && more+=("-dict=fuzz/dictionaries/$name.dict")
  # Sequences of calls are interesting when they are long.
  [ "$name" = allocator ] && more+=(-len_control=0 -max_len=3000)
  if "$build/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -detect_leaks=0 \
    -print_final_stats=1 \
    -artifact_prefix="$build/crashes/$name-" "$corpus" "${more[@]}" >"$log" 2>&1; then
    echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no failure"
  else
    echo "fuzz $name: FAILED"
    tail -n 40 "$log"
    return 1
  fi
}

status=0
running=()
for target in "${targets[@]}"; do
  [ -x "$target" ] || { echo "no fuzzers were built"; exit 1; }
  name=${target##*/fuzz_}
  if [ "$name" = chunk ]; then make_chunk_seeds || exit 1; fi
  run_one "$name" &
  running+=($!)
  if [ ${#running[@]} -eq 2 ]; then
    for process in "${running[@]}"; do wait "$process" || status=1; done
    running=()
  fi
done
for process in "${running[@]}"; do wait "$process" || status=1; done
exit $status
