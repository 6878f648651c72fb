#!/bin/sh
# rocks.sh RILLE BUILD_DIRECTORY ORACLE: LuaRocks, run by rille, checks, builds, installs, shows and removes rocks from local
# rockspecs and sources; the C module is compiled with the headers that rille.pc of an installed tree names. What LuaRocks
# prints is compared with what it prints under ORACLE.
rille=$1 build=$2 oracle=$3
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
unset LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_PATH_5_4 LUA_CPATH LUA_CPATH_5_4
fail() { echo "$*"; [ -f "$directory/log" ] && cat "$directory/log"; exit 1; }

cmake --install "$build" --prefix "$directory/prefix" >"$directory/log" 2>&1 || fail "the installation failed"
pc=$(dirname "$(find "$directory/prefix" -name rille.pc)")
headers=$(PKG_CONFIG_PATH=$pc pkg-config --define-prefix --variable=includedir rille) && [ -f "$headers/lua.h" ] || fail "rille.pc names no headers"

# One tree for each interpreter, with the same sources.
exercise() { # name of the folder, interpreter
  root=$directory/$1 interpreter=$2
  mkdir -p "$root/sources" "$root/home"
  for rock in hilbert:1.0 popcount:2.1; do
    name=${rock%:*} version=${rock#*:}
    tar -C "$here" -czf "$root/sources/$name-$version.tar.gz" "$name" || return 1
    for spec in "$here/$name"/*.rockspec; do sed "s|SOURCES|$root/sources|" "$spec" >"$root/$(basename "$spec")"; done
  done
  cat >"$root/config.lua" <<END
rocks_trees = {{name = "test", root = "$root/tree"}}
rocks_servers = {"$root/sources"}
lua_interpreter = "$(basename "$interpreter")"
variables = {LUA = "$interpreter", LUA_BINDIR = "$(dirname "$interpreter")", LUA_DIR = "$directory/prefix", LUA_INCDIR = "$headers"}
END
  rocks() { HOME=$root/home LUAROCKS_CONFIG=$root/config.lua "$interpreter" /usr/bin/luarocks --lua-version=5.4 "$@"; }
  cd "$root" || return 1
  echo "== lint"
  rocks lint hilbert-1.0-1.rockspec && rocks lint popcount-2.1-3.rockspec || return 1
  sed 's/package = /package == /' hilbert-1.0-1.rockspec >broken-1.0-1.rockspec
  rocks lint broken-1.0-1.rockspec && return 1
  echo "== install"
  rocks install hilbert-1.0-1.rockspec || return 1
  rocks install popcount-2.1-3.rockspec || return 1
  echo "== list"
  rocks list --porcelain || return 1
  rocks show popcount || return 1
  rocks show hilbert --modules || return 1
  rocks show nothing && return 1
  echo "== use"
  eval "$(rocks path --no-bin)"
  export LUA_PATH LUA_CPATH
  [ -n "$LUA_PATH_5_4" ] && export LUA_PATH_5_4 LUA_CPATH_5_4
  "$interpreter" -e 'local p = require("popcount") print(p.of_all(255, 1), p.parity(7), pcall(p.parity, "x"))' || return 1
  "$interpreter" -l hilbert -e 'print(hilbert.point(3, 37))' || return 1
  "$root/tree/bin/walk" 4 || return 1
  unset LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4
  echo "== remove"
  rocks remove hilbert && return 1 # popcount needs it
  rocks remove popcount && rocks remove hilbert || return 1
  rocks list --porcelain
}

for which in rille stock; do # (names of files are cut in messages: the folders' names must have equal lengths)
  interpreter=$rille
  [ $which = rille ] || interpreter=$oracle
  (exercise $which "$interpreter") >"$directory/output" 2>&1 || { cp "$directory/output" "$directory/log"; fail "luarocks under $interpreter"; }
  sed "s|$directory/$which|ROOT|g; s|$directory|DIRECTORY|g; s|$interpreter|INTERPRETER|g" "$directory/output" >"$directory/shown.$which"
done
diff "$directory/shown.stock" "$directory/shown.rille" || fail "the outputs differ ('<' is stock's)"
[ "$(grep -c . "$directory/shown.rille")" -gt 30 ] || fail "too little was printed"
wc -l <"$directory/shown.rille" | sed 's/$/ equal lines/'
