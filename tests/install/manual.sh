#!/bin/sh
# manual.sh PAGE CHECKER COMMAND: the formatter finds no fault in the page, and every option of the command is explained.
page=$1 checker=$2 command=$3
text=$(mktemp) log=$(mktemp)
trap 'rm -f "$text" "$log"' EXIT
case $checker in
  *mandoc) "$checker" -T lint -W warning "$page" >"$log" 2>&1; "$checker" -T ascii "$page" >"$text" ;;
  *) "$checker" -man -ww -Tascii "$page" >"$text" 2>"$log" ;;
esac
[ -s "$log" ] && { cat "$log"; exit 1; }
plain=$(sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g' "$text")
status=0
for option in $("$command" --help | grep -oE '^  --?[A-Za-z-]*|\[--[a-z-]+\]' | tr -d '[] ' | sort -u); do
  printf '%s\n' "$plain" | grep -qE "^ +$option([ =]|\$)" || { echo "not explained: $option"; status=1; }
done
for word in LUA_INIT LUA_PATH LUA_CPATH RILLE_CHECK_API 'EXIT STATUS' FILES 'SEE ALSO' _PROMPT2 Tab Ctrl-R .rille_history; do
  printf '%s\n' "$plain" | grep -qF -e "$word" || { echo "nothing about $word"; status=1; }
done
[ $status -eq 0 ] && printf '%s\n' "$plain" | wc -l | sed 's/$/ lines/'
exit $status
