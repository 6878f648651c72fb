#!/bin/sh
# no_writable_data.sh LIBRARY: the shared library has no writable variables. Symbols of the C start-up files are excused;
# tables of pointers that the loader relocates and then write-protects (.data.rel.ro) are not writable.
library=$1
relocated=$(readelf -SW "$library" | sed -n 's/^ *\[ *\([0-9]*\)\] \.data\.rel\.ro.*/\1/p' | head -n 1)
found=$(readelf -sW "$library" | awk -v relocated="${relocated:-none}" '
  $4 == "OBJECT" && $7 != "UND" && $7 != "ABS" { sections[$7] = sections[$7] " " $8 }
  $4 == "TLS" && $7 != "UND" { print "thread-local " $8 }
  END { for (section in sections) if (section != relocated) print section sections[section] }' |
  while read -r section names; do
    if [ "$section" = thread-local ]; then echo "$names (thread-local)"; continue; fi
    flags=$(readelf -SW "$library" | sed -n "s/^ *\[ *$section\] \(.*\)/\1/p" | awk '{ print $1, $7 }')
    case $flags in
    .bss*W* | .data*W* | .tdata* | .tbss*)
      for name in $names; do
        case $name in
        completed.* | __dso_handle | __TMC_END__ | __frame_dummy* | __do_global_dtors* | object.*) ;;
        *) echo "$name in ${flags% *}" ;;
        esac
      done ;;
    esac
  done | sort -u)
if [ -n "$found" ]; then
  echo "writable data in $library:"
  echo "$found"
  exit 1
fi
echo "no writable data"
