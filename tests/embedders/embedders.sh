#!/bin/bash
# embedders.sh NAME COMPAT_FOLDER: a program of Debian that embeds liblua5.4 runs with Debian's library and with ours in its
# place; what it writes must be the same.
name=$1 compat=$2
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
fail() { echo "$*"; exit 1; }

uses() { # the object that is linked with liblua5.4, and the folder in which it is to find it
  LD_LIBRARY_PATH=$2 ldd "$1" | grep -q "$2/liblua5.4.so.0" || fail "$1 does not take the library from $2"
}

clingo_runs() {
  clingo --verbose=0 0 "$here/queens.lp"
  echo "exit code $?"
  clingo --verbose=0 "$here/broken.lp"
  echo "exit code $?"
}

gnuplot_runs() {
  cp "$here/tikz.gp" "$here/data" . && gnuplot -e "OUTPUT='picture.tex'" tikz.gp
  echo "exit code $?"
  grep -v '^%% [A-Z][a-z][a-z] [A-Z]' picture.tex # (the date)
}

lighttpd_runs() {
  port=$((20000 + $$ % 20000 + RANDOM % 5000))
  cp "$here/magnet.lua" .
  sed "s|ROOT|$PWD|; s|PORT|$port|" "$here/lighttpd.conf" >server.conf
  lighttpd -D -f server.conf &
  server=$!
  for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$port/" && break; sleep 0.05; done
  grep -c liblua5.4 "/proc/$server/maps" >/dev/null || echo "no Lua in the server"
  [ -z "$LD_LIBRARY_PATH" ] || grep -q "$(realpath "$LD_LIBRARY_PATH")/liblua5.4" "/proc/$server/maps" || echo "not our library"
  for path in /one/two/three /b/a "/caf%C3%A9" /error /after/error; do curl -s -w ' [%{http_code}]\n' "http://127.0.0.1:$port$path"; done
  for i in $(seq 200); do curl -s "http://127.0.0.1:$port/n$i/x"; done | sort | uniq -c
  kill "$server"
  wait "$server" 2>/dev/null
  sed -n "s|.*$PWD||; s/.*\(magnet.lua:[0-9]*: .*\)/\1/p" error.log
}

case $name in
  clingo) uses "$(command -v clingo)" "$compat" ;;
  gnuplot) uses "$(command -v gnuplot)" "$compat" ;;
  lighttpd) uses /usr/lib/lighttpd/mod_magnet.so "$compat" ;;
  *) fail "unknown program $name" ;;
esac
for which in stock rille; do
  mkdir "$directory/$which"
  (
    cd "$directory/$which" || exit 1
    [ $which = stock ] || export LD_LIBRARY_PATH=$compat
    "${name}_runs"
  ) >"$directory/$which.output" 2>&1
done
diff "$directory/stock.output" "$directory/rille.output" | head -n 40 >"$directory/difference"
[ -s "$directory/difference" ] && { echo "'<' is with Debian's library:"; cat "$directory/difference"; exit 1; }
[ "$(wc -l <"$directory/rille.output")" -ge 6 ] || { cat "$directory/rille.output"; fail "too little was written"; }
wc -l <"$directory/rille.output" | sed 's/$/ equal lines/'
