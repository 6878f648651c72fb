/* What the files of the io library share. A file handle is a userdata with a luaL_Stream and the metatable
 * LUA_FILEHANDLE; its `closef` is NULL while, and only while, it is closed. */
#ifndef RL_STDLIB_IO_H
#define RL_STDLIB_IO_H

#include <stdio.h>

#include "lauxlib.h"

/* Pushes a new handle that counts as closed until somebody sets `closef`. So an error between making the handle and
 * opening the file leaves nothing to close. May raise (memory). */
luaL_Stream *rl_file_push(lua_State *L);

/* The same for a file that fclose closes: `f` is still to be set, and NULL is left alone by the collector. */
luaL_Stream *rl_file_push_regular(lua_State *L);

/* Pushes the file of that name, opened; raises if it cannot be. */
void rl_file_push_opened(lua_State *L, const char *name, const char *mode);

/* Argument 1 as an open file. Raises if it is none. */
FILE *rl_file_check(lua_State *L);

/* Closes the open handle that is argument 1; returns the number of results, which it pushes. */
int rl_file_close(lua_State *L);

/* Writes the arguments from `first` up to the one below the handle, which is on top. Pushes the results of `write` and
 * returns their number: the handle, or fail, message, and code. Raises for what is neither string nor number. */
int rl_file_write(lua_State *L, FILE *file, int first);

/* Reads by the formats from argument `first` to the top, or a line if there are none. Pushes the values, fail in place
 * of the first that could not be read, and returns their number; fail, message and code after an error of the file.
 * Raises for a wrong format. */
int rl_file_read(lua_State *L, FILE *file, int first);

/* Replaces the formats on the stack from argument 2 on by an iterator that reads the handle at argument 1 by them; it
 * closes the handle at the end if `closes`. Raises if there are too many. */
void rl_file_push_lines(lua_State *L, int closes);

/* Makes the metatable of handles, with their methods. */
void rl_file_open_metatable(lua_State *L);

#endif
