/* Tables of libraries whose entries come when somebody wants one.
 *
 * Most programs use few of the libraries, and every state opens all of them. So the table of a library is empty at
 * first, but for fields that have to be made when it is opened; its other entries are constants of the program. Whoever
 * does not find a key in such a table, and whoever is going to change it or to walk through it, completes it
 * (table_complete in object/table.h); from then on it is a table like all others. Nobody can tell the difference, but
 * by the memory. */
#ifndef RL_DIRECT_LIBRARY_TABLE_H
#define RL_DIRECT_LIBRARY_TABLE_H

#include "object/table.h"

struct luaL_Reg;

typedef struct LibraryNumber {
  const char *name;
  Value value;
} LibraryNumber;

/* A constant. What the table's hash part is until it is completed stands at its end. */
typedef struct Library {
  const struct luaL_Reg *functions; /* a NULL name ends them */
  const LibraryNumber *numbers;
  uint32_t number_count;
  NoNodes nodes;
} Library;

/* The initializer; `numbers` and `number_count` may be NULL and 0. */
#define LIBRARY_OF(functions, numbers, number_count)                                                                   \
  {                                                                                                                    \
    (functions), (numbers), (number_count), {                                                                          \
      {0, 1}, {                                                                                                        \
        .value_tag = TAG_NIL, .key_tag = TAG_NIL                                                                       \
      }                                                                                                                \
    }                                                                                                                  \
  }

/* Pushes a new table of the library. `names` are those of the `count` values on top, which become fields and are
 * popped. The library must outlive the state. Allocates: may collect (emergency), may raise a memory error. */
void rl_library_push(State *L, const Library *library, const char *const *names, int count);

/* Gives a table that has been pushed so its entries. May raise a memory error: then the table is as it was. */
void rl_library_complete(State *L, Table *table);

#endif
