/* Binary chunks: writing, reading, checking. The format is Rille's own behind LUA_SIGNATURE; see docs/bytecode.md. */
#ifndef RL_BYTECODE_DUMP_H
#define RL_BYTECODE_DUMP_H

#include <stdio.h>

#include "object/input.h"
#include "value/function.h"

/* Writes the function; `strip` leaves out debug information. Returns what the writer returned when not 0, else 0. The
 * writer may raise. */
int rl_dump(State *L, const Prototype *prototype, lua_Writer writer, void *data, bool strip);

/* Reads a binary chunk whose first byte (of LUA_SIGNATURE) has been read, checks all of it (rl_verify), pushes the
 * closure with fresh nil upvalues. Raises LUA_ERRSYNTAX ("name: bad binary format (truncated chunk)" etc.). Never
 * trusts a size before the bytes are there. */
void rl_undump(State *L, Input *input, const char *chunk_name);

/* NULL when every instruction of the prototype (not its nested ones) keeps the interpreter's assumptions; else what is
 * wrong, a constant text. May allocate a bitmap of jump targets on L (anchored as a userdata or freed before it
 * returns). */
const char *rl_verify(State *L, const Prototype *prototype);

/* Prints code, constants, locals, upvalues and lines, nested functions too. `full`: also constants/locals tables. */
void rl_list(FILE *out, const Prototype *prototype, bool full);

#endif
