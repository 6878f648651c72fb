#!/bin/bash
# prompt.sh RILLE: the prompt on a terminal: editing, history, completion of globals and of fields, continued lines. Needs
# `script` of util-linux for the terminal; without libedit the command reads plain lines, and only the answers are checked.
rille=$1
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
export HOME=$directory TERM=xterm LC_ALL=C.UTF-8
fail() { echo "$*"; cat -v "$directory/screen"; exit 1; }

# Keys are sent when the prompt is there, each line when the terminal has been quiet after the one before.
quiet() {
  local size=-1
  for _ in $(seq 100); do
    sleep 0.1
    [ "$(stat -c %s "$directory/screen")" = $size ] && return
    size=$(stat -c %s "$directory/screen")
  done
}
type_lines() {
  for _ in $(seq 100); do grep -q '> ' "$directory/screen" && break; sleep 0.05; done
  for line in "$@"; do quiet; printf '%b' "$line"; done
  quiet
  printf '\004'
}
session() { : >"$directory/screen"; type_lines "$@" | timeout 60 script -qec "$rille" /dev/null >>"$directory/screen" 2>&1; }

session 'function first_long_name(a)\n' 'return a * 2\n' 'end\n' 'first_long_name(21)\n'
grep -q '^42' "$directory/screen" || fail "no answer to a function of several lines"
grep -q '>> ' "$directory/screen" || fail "no second prompt"
grep -q 'libedit[.]so' "$rille" || { echo "without libedit: answers only"; exit 0; }

session 'x = 6 * 77\n' '\020\n' 'x + 1000\n'
grep -q '^1462' "$directory/screen" || fail "no answer"
[ "$(grep -c 'x = 6 \* 77' "$directory/screen")" -ge 2 ] || fail "control-P does not bring the line before"

session 'first_long_name = "completed"\n' 'print(first_lo\t)\n'
grep -q '^completed' "$directory/screen" || fail "a global name is not completed"
session 'print(string.for\t("%d", 4711))\n'
grep -q '^4711' "$directory/screen" || fail "a field is not completed"
session 't = {inner = {deepest_field = 815}}\n' 't.inner.deep\t + 1\n'
grep -q '^816' "$directory/screen" || fail "a field of a field is not completed"
session '1 + 22\x02\x02\x02\x02\x023\n'
grep -q '^35' "$directory/screen" || fail "moving in the line does not work"
session 'wrong wrong\n' '7 * 191\n'
grep -q '^1337' "$directory/screen" && grep -q 'syntax error' "$directory/screen" || fail "an error ends the session"
echo "the prompt edits, remembers and completes"
