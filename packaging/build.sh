#!/bin/bash
# build.sh BUILD_DIRECTORY OUTPUT_DIRECTORY: Debian packages of what the build installs. docs/packaging.md describes them.
# Uses dpkg-deb and, for the dependencies, dpkg-shlibdeps; needs no rights.
set -eu
build=$(realpath "$1")
mkdir -p "$2"
output=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
umask 022

version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
[ -n "$version" ] || { echo "$build is no build directory" >&2; exit 1; }
architecture=$(dpkg --print-architecture)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
tree=$stage/tree
DESTDIR=$tree cmake --install "$build" --prefix /usr >"$stage/install.log" || { cat "$stage/install.log" >&2; exit 1; }
strip --strip-unneeded "$tree"/usr/bin/rille $(find "$tree" -name '*.so.*' -type f)
install -D -m 755 /dev/null "$tree/usr/bin/rille-run"
sed 's|@COMPAT@|/usr/lib/rille/compat|' "$here/rille-run" >"$tree/usr/bin/rille-run"
install -D -m 644 "$here/rille-run.1" "$tree/usr/share/man/man1/rille-run.1"
gzip -9n "$tree"/usr/share/man/man1/*.1

# What each package takes of the tree; a pattern that matches nothing, and a file that nobody takes, are errors.
take() { # package, patterns...
  local package=$1 path
  shift
  for pattern in "$@"; do
    compgen -G "$tree/$pattern" >/dev/null || { echo "$package: nothing matches $pattern" >&2; exit 1; }
    for path in "$tree"/$pattern; do
      path=${path#"$tree/"}
      mkdir -p "$stage/$package/$(dirname "$path")"
      mv "$tree/$path" "$stage/$package/$path"
    done
  done
}
rm -rf "$tree/usr/share/doc"
take librille-dev 'usr/include/rille' 'usr/lib/librille.a' 'usr/lib/librille.so' 'usr/lib/librille_malloc.so' 'usr/lib/librille_arena.a' 'usr/lib/pkgconfig' 'usr/lib/cmake'
take librille0 'usr/lib/librille.so.0*'
take librille-malloc0 'usr/lib/librille_malloc.so.0*'
take librille-lua5.4 'usr/lib/rille/compat' 'usr/bin/rille-run' 'usr/share/man/man1/rille-run.1.gz'
take rille 'usr/bin/rille' 'usr/share/man/man1/rille.1.gz'
left=$(find "$tree" -type f -o -type l)
[ -z "$left" ] || { echo "in no package: $left" >&2; exit 1; }

# Dependencies on libraries, from the symbols that the package's programs and libraries use.
shared_dependencies() { # package
  mkdir -p "$stage/shlibs/debian"
  printf 'Source: rille\nPackage: %s\nArchitecture: any\n' "$1" >"$stage/shlibs/debian/control"
  local objects
  mapfile -t objects < <(find "$stage/$1" -type f \( -name '*.so.*' -o -path '*/bin/rille' \))
  [ ${#objects[@]} -gt 0 ] || return 0
  (cd "$stage/shlibs" && dpkg-shlibdeps -O "${objects[@]/#/-e}" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
}

package() { # name, section, further dependencies, short description, long description; control scripts lie in $here/<name>.*
  local name=$1 section=$2 depends=$3 summary=$4 text=$5 folder=$stage/$1
  local found
  found=$(shared_dependencies "$name")
  [ "$name" != rille ] || found=$found${found:+, }libedit2 # loaded by name, at the prompt
  [ -z "$found" ] || depends=$found${depends:+, $depends}
  install -d "$folder/DEBIAN" "$folder/usr/share/doc/$name"
  install -m 644 "$root/LICENSE" "$folder/usr/share/doc/$name/copyright"
  gzip -9nc "$root/CHANGELOG.md" >"$folder/usr/share/doc/$name/changelog.gz"
  [ "$name" != rille ] || install -m 644 "$root/README.md" "$folder/usr/share/doc/$name/README.md"
  {
    echo "Package: $name"
    echo "Source: rille"
    echo "Version: $version"
    echo "Architecture: $architecture"
    echo "Maintainer: The Rille developers <rille@localhost>"
    echo "Installed-Size: $(du -k -s "$folder" | cut -f 1)"
    [ -z "$depends" ] || echo "Depends: $depends"
    echo "Section: $section"
    echo "Priority: optional"
    echo "Description: $summary"
    fold -s -w 76 <<<"$text" | sed 's/^/ /; s/ *$//'
  } >"$folder/DEBIAN/control"
  for script in postinst prerm triggers; do
    [ ! -f "$here/$name.$script" ] || install -m "$([ $script = triggers ] && echo 644 || echo 755)" "$here/$name.$script" "$folder/DEBIAN/$script"
  done
  (cd "$folder" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) >"$folder/DEBIAN/md5sums"
  chmod 644 "$folder/DEBIAN/md5sums" "$folder/DEBIAN/control"
  dpkg-deb --root-owner-group --build "$folder" "$output/${name}_${version}_$architecture.deb" >/dev/null
  echo "$output/${name}_${version}_$architecture.deb"
}

common="Rille runs Lua 5.4: the whole language, the whole C API and the binary interface of liblua5.4, on a virtual machine and a collector of its own."
package librille0 libs "" "Lua 5.4 runtime (shared library)" "$common This package has the shared library."
package librille-malloc0 libs "" "Allocator in the place of the C library's malloc" \
  "Rille's allocator by itself, for programs that are linked with it or started with LD_PRELOAD=librille_malloc.so.0: arenas, coalescing chunks and page runs after ptmalloc's architecture, with checks that are always on and a checking mode (RILLE_MALLOC=check)."
package librille-dev libdevel "librille0 (= $version), librille-malloc0 (= $version)" "Lua 5.4 runtime (development files)" \
  "$common This package has the headers, the static library, the allocator's private arenas (rille_arena.h, librille_arena.a), and files for pkg-config and CMake."
package librille-lua5.4 libs "" "Lua 5.4 runtime in the place of liblua5.4" \
  "$common This package has libraries with the names and the version node of liblua5.4-0, in a folder of their own, and rille-run, which starts a program with them. It takes nothing away from liblua5.4-0."
package rille interpreters "" "Lua 5.4 runtime (command)" "$common This package has the command, which does what lua5.4 does, with a prompt that edits lines and completes names."
