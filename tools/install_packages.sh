#!/bin/bash
# Installs the Debian packages that the named purposes need and that are missing. The one place that lists them.
#   tools/install_packages.sh build [test] [deb] [bench] [bench-alloc] [format] [lint]
set -u

declare -A PACKAGES=(
  [build]="clang-19 lld-19 llvm-19 gcc g++ libc6-dev cmake ninja-build pkg-config libedit-dev libnng-dev"
  [test]="libclang-rt-19-dev libcmocka-dev binutils lua5.4 liblua5.4-0 liblua5.4-dev lua-penlight lua-unit lua-dkjson lua-inspect lua-argparse
          lua-messagepack lua-check lua-cjson lua-lpeg lua-filesystem lua-socket lua-luaossl lua-cqueues lua-yaml lua-term
          lua-system lua-sec lua-expat lua-zlib lua-sql-sqlite3 luarocks gringo gnuplot-nox neomutt mle abigail-tools dpkg-dev debootstrap
          git make bzip2 xz-utils zstd bc dc jq sqlite3 python3 openssl m4 file patch perl gawk"
  [deb]="dpkg-dev"
  [bench]="lua5.4 luajit"
  [bench-alloc]="libmimalloc2.0 libjemalloc2 libtcmalloc-minimal4 lua5.4 python3 sqlite3 perl redis-server redis-tools"
  [format]="clang-format-19"
  [lint]="clang-tidy-19"
)

missing=()
for purpose in "$@"; do
  for package in ${PACKAGES[$purpose]}; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || missing+=("$package")
  done
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "not a Debian system; please install the equivalents of: ${missing[*]}" >&2
  exit 0 # they may be there under other names; the build will say what it lacks
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "missing packages, and no sudo to install them: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi

apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@"; }

echo "installing missing Debian packages: ${missing[*]}"
for attempt in 1 2 3; do
  # The lists may be old or absent: fetch them when a package is unknown, or after a failure.
  if [ $attempt -gt 1 ] || ! apt-cache show "${missing[@]}" >/dev/null 2>&1; then
    echo "updating the package lists"
    apt update
  fi
  apt install -y --no-install-recommends "${missing[@]}" >/tmp/rille-apt.$$ 2>&1 && { rm -f /tmp/rille-apt.$$; exit 0; }
  echo "attempt $attempt failed" >&2
  sleep 5
done
tail -n 20 /tmp/rille-apt.$$ >&2
rm -f /tmp/rille-apt.$$
exit 1
