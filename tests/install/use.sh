#!/bin/bash
# use.sh WAY PREFIX COMPILER [...]: builds a program with what is installed in PREFIX, found in the given way, and runs it.
way=$1 prefix=$2 compiler=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1
unset PKG_CONFIG_LIBDIR LD_LIBRARY_PATH LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_CPATH
pc_file=$(find "$prefix" -name rille.pc) libdir=$(dirname "$(find "$prefix" -name librille.a)")
export PKG_CONFIG_PATH=${pc_file%/*}
warnings="-Wall -Wextra -Werror"
fail() { echo "$*"; exit 1; }

cat >test.lua <<'END'
local parts = {}
for word in ("one two three"):gmatch("%a+") do parts[#parts + 1] = word:upper() end
assert(select(2, pcall(error, {code = 7})).code == 7)
print(table.concat(parts, "-"), math.type(2^53 | 0), coroutine.wrap(function() coroutine.yield(1) end)())
END
runs() { # PROGRAM: prints what it should
  output=$("$@" test.lua 2>&1)
  [ "$output" = "ONE-TWO-THREE	integer	1" ] || fail "$* prints: $output"
}
needs() { readelf -d "$1" | grep -q "NEEDED.*\[$2\]"; }

dynamic() {
  $compiler $warnings "$here/mini_host.c" $(pkg-config --cflags --libs rille) -Wl,-rpath,"$libdir" -o host || fail "no program"
  needs host librille.so.0 || fail "not linked with librille.so.0"
  runs ./host
  pkg-config --atleast-version=0.1 rille || fail "rille.pc has no version"
  pkg-config --modversion rille
}

static() {
  library=$(pkg-config --variable=static_library rille)
  $compiler $warnings "$here/mini_host.c" $(pkg-config --cflags rille) "$library" -lm -ldl -o host || fail "no program"
  needs host librille.so.0 && fail "linked with the shared library"
  runs ./host
  # Without any shared library at all; the linker warns that dlopen will want the same C library.
  $compiler -static "$here/mini_host.c" $(pkg-config --static --cflags --libs rille) -o whole 2>log ||
    { cat log; fail "no static program"; }
  readelf -d whole | grep -q NEEDED && fail "the static program needs shared libraries"
  runs ./whole
}

check_variables() { # the variables of Debian's file, with their values where they are the same
  for name in prefix major_version version lib_name_include deb_host_multiarch lib_name libdir includedir INSTALL_LMOD \
    INSTALL_CMOD; do
    pkg-config --variable=$name "$1" | grep -q . || fail "$1.pc has no variable $name"
  done
  [ "$(pkg-config --variable=major_version "$1")" = 5.4 ] || fail "$1.pc is not about 5.4"
  [ "$(pkg-config --define-variable=prefix=/p --variable=INSTALL_LMOD "$1")" = /p/share/lua/5.4 ] || fail "$1: INSTALL_LMOD"
  pkg-config --atleast-version=5.4.4 "$1" || fail "$1.pc: version"
}

compat() {
  export PKG_CONFIG_PATH=$libdir/rille/compat/pkgconfig
  check_variables lua5.4
  check_variables lua-5.4
  $compiler $warnings "$here/mini_host.c" $(pkg-config --cflags --libs lua5.4) -o host || fail "no program"
  needs host liblua5.4.so.0 || fail "not linked with liblua5.4.so.0"
  LD_LIBRARY_PATH=$libdir/rille/compat ldd host | grep -q "$libdir/rille/compat/liblua5.4.so.0" || fail "another library is used"
  export LD_LIBRARY_PATH=$libdir/rille/compat
  runs ./host
}

compat_cxx() {
  export PKG_CONFIG_PATH=$libdir/rille/compat/pkgconfig LD_LIBRARY_PATH=$libdir/rille/compat
  check_variables lua5.4-c++
  check_variables lua-5.4-c++
  # The C++ library has C linkage for names, too: lua.hpp.
  cat >host.cpp <<'END'
#include "lua.hpp"
#include <cstdio>
#include <stdexcept>
struct Guard { ~Guard() { std::puts("destroyed"); } };
static int fails(lua_State *L) {
  Guard guard;
  return luaL_error(L, "passing %s", "by");
}
static int throws(lua_State *) { throw std::runtime_error("of C++"); }
int main() {
  lua_State *L = luaL_newstate();
  for (lua_CFunction function : {fails, throws}) {
    lua_pushcfunction(L, function);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) std::puts(lua_tostring(L, -1));
  }
  lua_close(L);
}
END
  $compiler $warnings host.cpp $(pkg-config --cflags --libs lua5.4-c++) -o host || fail "no program"
  output=$(./host) expected='destroyed
passing by
of C++'
  [ "$output" = "$expected" ] || fail "host prints: $output"
}

malloc() { # linked, and preloaded
  cat >blocks.c <<'END'
#define _GNU_SOURCE
#include "rille_arena.h"
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  rille_arena *arena = rille_arena_create(NULL);
  Dl_info info;
  if (arena == NULL || rille_arena_allocate(arena, 40) == NULL || !dladdr(dlsym(RTLD_DEFAULT, "malloc"), &info)) return 1;
  printf("malloc is in %s\n", info.dli_fname);
  rille_arena_destroy(arena);
  return 0;
}
END
  expect() { # PATTERN COMMAND...
    local pattern=$1 output
    shift
    output=$("$@")
    [[ $output == $pattern ]] || fail "$* prints: $output"
  }
  $compiler $warnings blocks.c $(pkg-config --cflags --libs rille_malloc) -Wl,-rpath,"$libdir" -o blocks || fail "no program"
  needs blocks librille_malloc.so.0 || fail "not linked with librille_malloc.so.0"
  expect "malloc is in $libdir/librille_malloc.so.0" ./blocks
  preload=$(pkg-config --variable=preload rille_malloc)
  $compiler $warnings blocks.c $(pkg-config --cflags --libs rille_arena) -o plain || fail "no program with glibc's malloc"
  expect "malloc is in */libc.so.6" ./plain
  expect "malloc is in $preload" env LD_PRELOAD="$preload" ./plain
}

arena() { # a state of the shared library in an arena of the program's own
  cat >limited.c <<'END'
#include "lauxlib.h"
#include "lualib.h"
#include "rille_arena.h"
#include <stdio.h>
int main(void) {
  rille_arena_options options = {.limit = 1 << 20, .name = "limited"};
  rille_arena *arena = rille_arena_create(&options);
  lua_State *L = lua_newstate(rille_arena_lua_alloc, arena);
  luaL_openlibs(L);
  int code = luaL_dostring(L, "local t = {} for i = 1, 1e7 do t[i] = {i} end");
  rille_arena_statistics figures;
  rille_arena_get_statistics(arena, &figures);
  printf("%s %d %s\n", rille_arena_name(arena), figures.peak_held <= options.limit, code ? lua_tostring(L, -1) : "no error");
  rille_arena_destroy(arena);
  return 0;
}
END
  $compiler $warnings limited.c $(pkg-config --cflags --libs rille rille_arena) -Wl,-rpath,"$libdir" -o limited || fail "no program"
  needs limited librille_malloc.so.0 && fail "needs the whole process's malloc"
  [ "$(./limited)" = "limited 1 not enough memory" ] || fail "prints $(./limited)"
  if nm -g --defined-only limited | grep -E ' [TW] (malloc|free|realloc|calloc)$'; then fail "takes malloc's place"; fi
}

find_package() { # CMAKE GENERATOR: in a copy of the installed tree, which must not need the original
  moved=$directory/moved
  cp -a "$prefix" "$moved"
  mkdir project && cp "$here/mini_host.c" project/
  cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.22)
project(host C)
find_package(Rille 0.1 REQUIRED)
find_package(Rille 9 QUIET)
if(Rille_FOUND)
  message(FATAL_ERROR "the version file accepts everything")
endif()
find_package(Rille 0.1 REQUIRED)
add_executable(host mini_host.c)
target_link_libraries(host PRIVATE Rille::rille)
add_executable(static_host mini_host.c)
target_link_libraries(static_host PRIVATE Rille::rille_static)
file(WRITE ${CMAKE_BINARY_DIR}/blocks.c "#include <rille_arena.h>\nint main(void) { rille_arena_destroy(rille_arena_create(0)); return 0; }\n")
add_executable(blocks ${CMAKE_BINARY_DIR}/blocks.c)
target_link_libraries(blocks PRIVATE Rille::rille_malloc)
add_executable(arenas ${CMAKE_BINARY_DIR}/blocks.c)
target_link_libraries(arenas PRIVATE Rille::rille_arena)
END
  "$1" -S project -B build -G "$2" -DCMAKE_PREFIX_PATH="$moved" -DCMAKE_C_COMPILER="$compiler" >log 2>&1 ||
    { cat log; fail "not found"; }
  "$1" --build build >log 2>&1 || { cat log; fail "not built"; }
  grep -rq "$prefix" "$moved"/lib*/cmake "$moved"/lib/*/cmake 2>/dev/null && fail "the package names where it was installed first"
  ldd build/host | grep -q "$moved/.*librille.so.0" || fail "host is not linked with the library of the package"
  needs build/static_host librille.so.0 && fail "static_host is linked with the shared library"
  needs build/blocks librille_malloc.so.0 && build/blocks || fail "Rille::rille_malloc"
  build/arenas || fail "Rille::rille_arena"
  needs build/arenas librille_malloc.so.0 && fail "Rille::rille_arena is linked with librille_malloc.so.0"
  runs build/host
  runs build/static_host
}

examples() { # COMMAND PAGE
  "$1" "$here/examples.lua" "$2" "$directory" $compiler -std=gnu11 -O1 $warnings -pthread SOURCE \
    $(pkg-config --cflags --libs rille) -Wl,-rpath,"$libdir"
}

$way "$@"
