#!/bin/bash
# packages.sh ROOT BUILD_DIRECTORY: builds the Debian packages from the build, installs them beside stock's in a clean root
# (debootstrap), tries them there, and removes them again. Exits with 77 (skipped) where there is no right to make a root or
# no archive to fill it from.
root=$1 build=$2
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
fail() { echo "$*"; exit 1; }

"$root/packaging/build.sh" "$build" "$directory/packages" >"$directory/list" 2>&1 || { cat "$directory/list"; fail "the packages cannot be built"; }
[ "$(wc -l <"$directory/list")" -eq 5 ] || fail "there should be five packages"

# rille-run by itself
sed "s|@COMPAT@|$build/compat|" "$root/packaging/rille-run" >"$directory/rille-run"
chmod +x "$directory/rille-run"
run() { "$directory/rille-run" "$@" >"$directory/out" 2>&1; echo $?; }
[ "$(run lua5.4 -e 'os.exit(7)')" = 7 ] || fail "rille-run does not pass the exit code"
[ "$(run)" = 2 ] && grep -q usage "$directory/out" || fail "rille-run without a program"
[ "$(run nosuch-program)" = 127 ] && grep -q "not found" "$directory/out" || fail "rille-run with a missing program"
[ "$(run "$root/README.md")" = 126 ] || fail "rille-run with a text"
[ "$(run --nonsense)" = 2 ] || fail "rille-run with a wrong option"
[ "$(run --help)" = 0 ] && [ "$(run --path)" = 0 ] && grep -q compat "$directory/out" || fail "rille-run --help, --path"
[ "$(LD_LIBRARY_PATH=/some/folder run sh -c 'echo $LD_LIBRARY_PATH')" = 0 ] && grep -q "compat:/some/folder$" "$directory/out" || fail "LD_LIBRARY_PATH is lost"

command -v debootstrap >/dev/null || { echo "no debootstrap: the packages were built, but not installed"; exit 77; }
[ "$(id -u)" -eq 0 ] || { echo "not root: the packages were built, but not installed"; exit 77; }
base=$build/packaging-root.tar
if [ ! -f "$base" ]; then
  debootstrap --variant=minbase --include=lua5.4,liblua5.4-0,libedit2,libstdc++6,gcc,libc6-dev,pkg-config bookworm "$directory/root" >"$directory/log" 2>&1 ||
    { tail -n 5 "$directory/log"; echo "no clean root could be made"; exit 77; }
  rm -rf "$directory/root/var/cache/apt/archives" "$directory/root/var/lib/apt/lists"
  mkdir -p "$directory/root/var/cache/apt/archives/partial"
  tar -C "$directory/root" -cf "$base.part" . && mv "$base.part" "$base"
else
  mkdir "$directory/root" && tar -C "$directory/root" -xf "$base"
fi
clean() { chroot "$directory/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }
files() { (cd "$directory/root" && find etc usr var/lib/dpkg/alternatives -not -path '*/ld.so.cache' | sort); }

clean dpkg --verify >"$directory/verified.before"
files >"$directory/files.before"
cp "$directory"/packages/*.deb "$directory/root/tmp/"
clean sh -c 'dpkg -i /tmp/*.deb' >"$directory/log" 2>&1 || { cat "$directory/log"; fail "dpkg -i"; }
clean dpkg --verify | diff "$directory/verified.before" - || fail "files are not as their packages say"

same() { # expected, command...
  local expected=$1 found
  shift
  found=$(clean "$@" 2>&1)
  [ "$found" = "$expected" ] || fail "$*: '$found', expected '$expected'"
}
mkdir -p "$directory/root/proc" && mount -t proc proc "$directory/root/proc" 2>/dev/null && mounted=yes
finish() { [ -z "$mounted" ] || umount "$directory/root/proc"; rm -rf "$directory"; }
trap finish EXIT
same "$(printf 'Lua 5.4\t3')" rille -e 'print(_VERSION, 1 + 2)'
same "$(printf 'Lua 5.4\t3')" lua5.4 -e 'print(_VERSION, 1 + 2)'

# A host: with our library by pkg-config, dynamic and static; and linked with stock's library, run with it and by rille-run.
cat >"$directory/root/tmp/host.c" <<'END'
#include <lauxlib.h>
#include <lualib.h>
int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  int bad = luaL_dostring(L, argc > 1 ? argv[1] : "print('host', _VERSION)");
  lua_close(L);
  return bad;
}
END
compile() { clean sh -c "cd /tmp && cc host.c $* -o host" >"$directory/log" 2>&1 || fail "cc host.c $*"; }
greeting=$(printf 'host\tLua 5.4')
compile '$(pkg-config --cflags --libs rille)'
same "$greeting" /tmp/host
compile '$(pkg-config --cflags rille) -static $(pkg-config --static --libs rille)'
same "$greeting" /tmp/host
compile '$(pkg-config --cflags rille) /usr/lib/*/liblua5.4.so.0'
same "$greeting" /tmp/host
same "$greeting" rille-run /tmp/host
if [ -n "$mounted" ]; then
  libraries='for line in io.lines("/proc/self/maps") do local path = line:match("/%S*liblua5[^%s]*") if path then print(path) break end end'
  same "/usr/lib/rille/compat/liblua5.4.so.0.0.0" rille-run /tmp/host "$libraries"
  case $(clean /tmp/host "$libraries") in /usr/lib/*-linux-gnu/liblua5.4.so.0.0.0) ;; *) fail "without rille-run the host has another library than stock's" ;; esac
fi
# The allocator: preloaded by its name, and linked.
cat >"$directory/root/tmp/host.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#ifdef ARENA
#include <rille_arena.h>
#endif
int main(void) {
  Dl_info info;
#ifdef ARENA
  rille_arena *arena = rille_arena_create(NULL);
  if (rille_arena_allocate(arena, 40) == NULL) return 1;
  rille_arena_destroy(arena);
#endif
  if (!dladdr(dlsym(RTLD_DEFAULT, "malloc"), &info)) return 1;
  printf("%s\n", strrchr(info.dli_fname, '/') + 1);
  return 0;
}
END
compile ''
same libc.so.6 /tmp/host
same librille_malloc.so.0 env LD_PRELOAD=librille_malloc.so.0 /tmp/host
same "$(printf 'Lua 5.4')" env LD_PRELOAD=librille_malloc.so.0 lua5.4 -e 'print(_VERSION)'
compile '$(pkg-config --cflags --libs rille_malloc) -DARENA'
same librille_malloc.so.0 /tmp/host
compile '$(pkg-config --cflags --libs rille_arena) -DARENA'
same libc.so.6 /tmp/host
[ "$(clean readlink /etc/alternatives/lua-interpreter)" = /usr/bin/lua5.4 ] || fail "stock's command is no longer the preferred lua"
clean update-alternatives --list lua-interpreter | grep -q /usr/bin/rille || fail "rille is no alternative for lua"

clean dpkg --purge rille librille-lua5.4 librille-dev librille0 librille-malloc0 >"$directory/log" 2>&1 || { cat "$directory/log"; fail "purge"; }
files | diff "$directory/files.before" - || fail "the purge left something, or took too much"
same "$(printf 'Lua 5.4')" lua5.4 -e 'print(_VERSION)'
echo "five packages, installed, used and purged beside stock's"
