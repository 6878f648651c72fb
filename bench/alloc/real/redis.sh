#!/bin/sh
# redis.sh MEASURE PRELOAD: a redis-server, measured, under the load of redis-benchmark (not measured) on loopback.
# PRELOAD may be empty: then glibc's library is put in front, for Debian's redis-server is linked with jemalloc.
measure=$1 preload=$2
if [ -z "$preload" ]; then preload=$(ldd "$(command -v redis-server)" | sed -n 's/.*=> \(.*\/libc\.so\.6\) .*/\1/p'); fi
directory=$(mktemp -d) || exit 1
port=$((20000 + $$ % 20000))
"$measure" "$directory/log" env "LD_PRELOAD=$preload" redis-server --bind 127.0.0.1 --port $port --dir "$directory" --save '' \
  --appendonly no &
server=$!
stop() {
  redis-cli -p $port shutdown nosave >/dev/null 2>&1
  wait $server
  rm -rf "$directory"
}
trap stop EXIT
tries=0
until [ "$(redis-cli -p $port ping 2>/dev/null)" = PONG ]; do
  tries=$((tries + 1))
  if [ $tries -gt 100 ] || ! kill -0 $server 2>/dev/null; then
    cat "$directory/log" >&2
    exit 1
  fi
  sleep 0.05
done
set -e
benchmark() { redis-benchmark -p $port -q -P 16 -c 20 "$@" >/dev/null; }
benchmark -r 40000 -n 150000 -d 200 set key:__rand_int__ 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
benchmark -r 40000 -n 100000 -d 60 hset hash:__rand_int__ field:__rand_int__ value
benchmark -r 5000 -n 100000 lpush list:__rand_int__ 0123456789abcdef
benchmark -r 40000 -n 50000 append key:__rand_int__ more
benchmark -r 40000 -n 50000 del key:__rand_int__
benchmark -r 40000 -n 50000 sadd set:__rand_int__ member:__rand_int__
