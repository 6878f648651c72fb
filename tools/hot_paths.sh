#!/bin/sh
# hot_paths.sh COMMAND [HANDLER...]: the machine code of instruction handlers, as docs/hot_paths.md shows it.
command=$1
shift
[ $# -gt 0 ] || set -- GETFIELD SETFIELD SELF GETTABLE SETTABLE ADD MUL_ADD_C LT FORLOOP CALL RETURN1
for name in "$@"; do
  echo "## $name"
  echo
  echo '```asm'
  objdump -d --no-show-raw-insn -M suffix --disassemble="handle_$name" "$command" |
    awk '/^[0-9a-f]+ <handle_/ { on = 1; start = strtonum("0x" $1); next }
         on && /^ +[0-9a-f]+:/ {
           sub(/^ +/, ""); at = strtonum("0x" substr($0, 1, index($0, ":") - 1)) - start
           text = substr($0, index($0, ":") + 1); sub(/^[ \t]+/, "", text); gsub(/[ \t]+/, " ", text); sub(/[0-9a-f]+ </, "<", text)
           printf "%4x  %s\n", at, text
         }
         on && /^$/ { exit }'
  echo '```'
  echo
done
