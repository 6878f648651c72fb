#!/bin/sh
# exports.sh LIBRARY: the names that the library must have, those it may have, and how it finds its thread-local variables.
library=$1
expected='malloc free calloc realloc reallocarray memalign aligned_alloc posix_memalign valloc pvalloc malloc_usable_size malloc_trim mallopt
  mallinfo mallinfo2 malloc_stats malloc_info free_sized free_aligned_sized cfree
  rille_arena_create rille_arena_destroy rille_arena_allocate rille_arena_free rille_arena_lua_alloc'
names=$(nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u)
status=0
for name in $expected; do
  if [ "$name" = cfree ]; then continue; fi # glibc has it no more since 2.26
  echo "$names" | grep -qx "$name" || { echo "not exported: $name"; status=1; }
done
for name in $names; do
  case $name in
    _Zn* | _Zd* | rille_arena_* | __libc_* | cfree) ;;
    *) echo " $expected " | tr '\n' ' ' | grep -q " $name " || { echo "exported without need: $name"; status=1; } ;;
  esac
done
# No call is made to find a thread-local variable: __tls_get_addr allocates.
nm -D --undefined-only "$library" | grep -q __tls_get_addr && { echo "thread-local variables are not initial-exec"; status=1; }
readelf -d "$library" | grep -q STATIC_TLS || { echo "not marked STATIC_TLS: has it no thread-local variables?"; status=1; }
# It needs the C library alone: whatever else would be loaded into every program, too.
readelf -d "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(libc\.so\.6|ld-linux.*)$' && { echo "needs the above"; status=1; }
# Functions that allocate, or that programs replace to record what is going on, are not called. (fprintf writes malloc_info's report to
# its stream, with no lock held; dlsym looks for the C++ library's new_handler when memory is short.)
for name in mmap munmap mremap madvise mprotect sbrk brk getenv secure_getenv sysconf fopen open read write printf snprintf vfprintf; do
  nm -D --undefined-only "$library" | sed 's/@.*//' | grep -qw "$name" && { echo "calls $name"; status=1; }
done
exit $status
