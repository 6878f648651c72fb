#!/bin/sh
# tree.sh CMAKE BUILD_FOLDER PREFIX VERSION: installs into PREFIX, which the other tests of this folder use then. Every file that
# is promised is there, the command runs, and outside of Rille's own folders nothing has the name of a file of Debian's Lua.
cmake=$1 build=$2 prefix=$3 version=$4
rm -rf "$prefix"
"$cmake" --install "$build" --prefix "$prefix" >"$build/install.log" 2>&1 || { cat "$build/install.log"; exit 1; }
cd "$prefix" || exit 1
status=0
for path in bin/rille 'lib*/librille.so' 'lib*/librille.so.0' 'lib*/librille.a' include/rille/lua.h include/rille/lauxlib.h \
  include/rille/lualib.h include/rille/luaconf.h include/rille/lua.hpp include/rille/rille.h 'lib*/pkgconfig/rille.pc' \
  'lib*/librille_malloc.so' 'lib*/librille_malloc.so.0' 'lib*/librille_arena.a' include/rille/rille_arena.h \
  'lib*/pkgconfig/rille_malloc.pc' 'lib*/pkgconfig/rille_arena.pc' 'lib*/cmake/Rille/RilleConfig.cmake' 'lib*/cmake/Rille/RilleConfigVersion.cmake' 'lib*/rille/compat/liblua5.4.so' \
  'lib*/rille/compat/liblua5.4.so.0' 'lib*/rille/compat/pkgconfig/lua5.4.pc' 'lib*/rille/compat/pkgconfig/lua-5.4.pc' \
  share/man/man1/rille.1 share/doc/rille/README.md share/doc/rille/LICENSE share/doc/rille/embedding.md; do
  find . -path "./$path" -size +0 | grep -q . || { echo "missing: $path"; status=1; }
done
[ -s include/rille/lua.hpp ] && [ "$(find include -type f | wc -l)" -eq 7 ] || { find include; status=1; }
foreign=$(find . -type f -o -type l | grep -v 'rille' | grep -v '/cmake/Rille/')
[ -z "$foreign" ] || { echo "not in a folder of ours: $foreign"; status=1; }
./bin/rille -v | grep -q "^Rille $version " || { ./bin/rille -v; status=1; }
find include share lib*/ -type f \( -name '*.pc' -o -name '*.cmake' -o -name '*.h' -o -name '*.1' \) -exec cat {} + |
  sed "s|$prefix||g" | grep -F -e "$build" && { echo "installed files name the build folder"; status=1; }
for library in lib*/librille.a lib*/librille_arena.a; do
  readelf -SW $library | grep -E '\.(gnu|llvm)\.(debug)?lto' | head -n 1 | grep . && { echo "$library is one compiler's"; status=1; }
done
[ $status -eq 0 ] && find . -type f | wc -l | sed 's/$/ files/'
exit $status
