#!/bin/bash
# embedders.sh NAME COMPAT_FOLDER: a program of Debian that embeds liblua5.4 runs with Debian's library and with ours in its
# place; what it writes must be the same.
name=$1 compat=$2
PATH=$PATH:/usr/sbin
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

neomutt_runs() {
  cp "$here/neomutt.lua" "$here/neomutt.rc" .
  HOME=$PWD neomutt -n -F neomutt.rc -Q realname -Q from -Q sleep_time 2>&1 | sed "s|$PWD||; s/0x[0-9a-f]*/ADDRESS/"
}

mle_runs() {
  cp "$here/mle.lua" .
  printf 'hello\nworld\n' | mle -N -x mle.lua -K 'keys,,1' -k 'cmd_lua,C-t,' -n keys -M 'four C-t C-t C-t C-t' -p four 2>&1 |
    sed 's/0x[0-9a-f]*/ADDRESS/'
  cat out
}

# As root, for the port of TFTP.
dnsmasq_runs() {
  chmod 777 . .. # (it gives up root's rights)
  mkdir files && head -c 100000 /dev/zero >files/large && echo 'a line' >files/small && chmod -R a+rX files
  sed "s|ROOT|$PWD|" "$here/dnsmasq.lua" >lease.lua
  dnsmasq -d -C /dev/null --port=0 --interface=lo --bind-interfaces --dhcp-range=127.0.0.50,127.0.0.60,1h --enable-tftp \
    --tftp-root="$PWD/files" --dhcp-luascript="$PWD/lease.lua" --dhcp-leasefile="$PWD/leases" --pid-file="$PWD/pid" 2>log &
  server=$!
  for _ in $(seq 100); do [ -s events ] && break; sleep 0.05; done
  for file in large small missing; do curl -s -m 5 -o got "tftp://127.0.0.1/$file"; echo "$file: $?"; done
  for _ in $(seq 100); do [ "$(wc -l <events)" -ge 3 ] && break; sleep 0.05; done
  kill "$server"
  wait "$server" 2>/dev/null
  for _ in $(seq 200); do grep -q shutdown events && break; sleep 0.05; done # (its helper process, which runs Lua, outlives it)
  cat events
}

# As root: dovecot's processes run as users of its own.
dovecot_runs() {
  chmod 755 . ..
  mkdir run
  cp "$here/dovecot.lua" .
  sed "s|ROOT|$PWD|" "$here/dovecot.conf" >dovecot.conf
  dovecot -F -c dovecot.conf &
  server=$!
  for _ in $(seq 100); do [ -S run/auth-client ] && break; sleep 0.05; done
  for user in 'anna secret' 'anna wrong' 'nobody x' 'later x' 'broken x' 'bob tiger'; do
    timeout 20 doveadm -c dovecot.conf auth test $user
    echo "exit code $?"
  done
  timeout 20 doveadm -c dovecot.conf user anna bob nobody
  timeout 20 doveadm -c dovecot.conf user '*'
  kill "$server"
  wait "$server" 2>/dev/null
  grep -A 5 'lua_pcall' log | sed -n "s|$PWD/||; s/.*lua_pcall//p; s|.*\(\[C\].*\)|\1|p"
}

darktable_runs() {
  cp "$here/darktable.lua" .
  { printf 'P6 32 32 255\n'; head -c 3072 /dev/zero | tr '\0' '\200'; } >in.ppm
  darktable-cli in.ppm out.png --core --configdir "$PWD/configuration" --cachedir "$PWD/cache" --library :memory: \
    --luacmd "dofile('darktable.lua')" 2>/dev/null | sed "s|$PWD||"
  [ -s out.png ] && echo 'a picture'
}

case $name in
  clingo) uses "$(command -v clingo)" "$compat" ;;
  gnuplot) uses "$(command -v gnuplot)" "$compat" ;;
  neomutt | mle | dnsmasq) uses "$(command -v "$name")" "$compat" ;;
  darktable) uses "$(command -v darktable-cli)" "$compat" ;;
  dovecot) uses /usr/lib/dovecot/modules/auth/libauthdb_lua.so "$compat" ;;
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
