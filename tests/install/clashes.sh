#!/bin/sh
# clashes.sh ROOT LUA COMPILER [ORACLE]: the generator copes with new files whose local names clash, refuses what it cannot
# solve, and gives the same text under every Lua.
root=$1 lua=$2 compiler=$3 oracle=$4
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT
fail() { echo "$*"; exit 1; }
unset LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_PATH_5_4 LUA_CPATH LUA_CPATH_5_4
cd "$directory" || exit 1
mkdir tree && cp -r "$root/src" "$root/malloc" "$root/include" "$root/LICENSE" tree/
make() { "${2:-$lua}" "$root/tools/amalgamate.lua" tree "$1" 2>log; }

make plain || { cat log; fail "no amalgamation"; }
if [ -n "$oracle" ]; then
  make other "$oracle" && cmp plain/rille.c other/rille.c || fail "another Lua makes another text"
fi

# Two files with the same functions, types, tags, constants, macros, members and tables; `field` is a member's name as well.
for name in zz_one zz_two; do
  cat >tree/src/ext/$name.c <<END
#include "rille.h"
#include "value/global.h"

#define LIMIT 3
#define TWICE(x) (run(x) + LIMIT)

typedef struct Request {
  int run, field;
  struct Request *next;
} Request;

struct Only {
  Request request;
};

enum { FIRST, SECOND = 2 };
typedef enum Order { EARLY, LATE } Order;
typedef int Callback(int);

static int run(int x);
static const char *const texts[] = {"run", "field"};
static Callback *const callbacks[] = {run, &run};

static int field(const Request *request) {
  return request->field + request->run;
}

static int run(int x) {
  struct Only only = {.request = {.run = x, .field = SECOND, .next = NULL}};
  Order order = x > FIRST ? LATE : EARLY;
  return field(&only.request) + order + (texts[0][0] == 'r'); /* the text must not change */
}

LUA_API int rille_$name(int x) {
  return TWICE(x) + callbacks[0](1);
}
END
  echo "LUA_API int rille_$name(int x);" >>tree/more.h
done
sed -i '/^#endif/d' tree/include/rille.h
{ cat tree/more.h; echo '#endif'; } >>tree/include/rille.h
make clashing || { cat log; fail "new files break it"; }
cat >clashing/app.c <<'END'
#include "rille.h"
int main(void) {
  return rille_zz_one(5) == rille_zz_two(5) && rille_zz_one(5) == (5 + 2 + 1 + 1) + 3 + (1 + 2 + 1 + 1) ? 0 : 1;
}
END
(cd clashing && "$compiler" -O0 -std=gnu11 -Wall -Wextra -Werror app.c rille.c -lm -ldl -o app && ./app) || fail "clashing files go wrong"
grep -q 'run_in_ext_zz_one' clashing/rille.c || fail "nothing was renamed"

# A structure that a header mentions and another defines differently cannot be renamed; it must not pass unnoticed.
echo 'struct UpValue { int other; };' >>tree/src/ext/zz_one.c
make refused && fail "a structure with two meanings passed"
grep -q 'UpValue' log || { cat log; fail "the message does not name the structure"; }
echo ok
