#!/bin/bash
# Runs every fuzzer of build/fuzz for the given number of seconds, two at a time. What they find stays in build/fuzz/corpus;
# an input that crashes is left in build/fuzz/crashes. Exits non-zero when there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-60}
mkdir -p build/fuzz/crashes

run_one() {
  local name=$1 corpus=build/fuzz/corpus/$1 log=build/fuzz/$1.log
  mkdir -p "$corpus"
  local seeds=()
  [ -d "fuzz/seeds/$name" ] && seeds=("fuzz/seeds/$name")
  if "build/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/crashes/$name-" "$corpus" "${seeds[@]}" >"$log" 2>&1; then
    echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no failure"
  else
    echo "fuzz $name: FAILED"
    tail -n 40 "$log"
    return 1
  fi
}

status=0
running=()
for target in build/fuzz/fuzz/fuzz_*; do
  [ -x "$target" ] || { echo "no fuzzers were built"; exit 1; }
  run_one "$(basename "$target" | sed 's/^fuzz_//')" &
  running+=($!)
  if [ ${#running[@]} -eq 2 ]; then
    for process in "${running[@]}"; do wait "$process" || status=1; done
    running=()
  fi
done
for process in "${running[@]}"; do wait "$process" || status=1; done
exit $status
