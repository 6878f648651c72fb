/* Loading source and binary chunks, and dumping functions (manual 4.6: lua_load, lua_dump; luaL_load*). */
#include <unistd.h>

#include "support.h"

/* Gives `text` in pieces of `step` bytes; a step of 0 gives it at once. */
typedef struct Pieces {
  const char *text;
  size_t size;
  size_t step;
  int calls;
} Pieces;

static const char *read_piece(lua_State *L, void *data, size_t *size) {
  Pieces *pieces = data;
  (void)L;
  pieces->calls++;
  if (pieces->size == 0) return NULL;
  *size = pieces->step == 0 || pieces->step > pieces->size ? pieces->size : pieces->step;
  const char *piece = pieces->text;
  pieces->text += *size;
  pieces->size -= *size;
  return piece;
}

static int load_pieces(lua_State *L, const char *text, size_t size, size_t step, const char *name, const char *mode) {
  Pieces pieces = {text, size, step, 0};
  return lua_load(L, read_piece, &pieces, name, mode);
}

static const char program[] = "local a, b = ... --[==[ long\ncomment ]==]\n"
                              "local s = [[long\nstring]] .. 'x\\u{20ac}\\z\n   y'\n"
                              "return s, (a or 0) + 0x1p4 + (b or 0), 1.5e1 // 2, a ~= b, ...";

static void source_in_pieces(void **state) {
  lua_State *L = *state;
  for (size_t step = 0; step < 20; step++) {
    assert_int_equal(load_pieces(L, program, sizeof program - 1, step, "=p", "t"), LUA_OK);
    lua_pushinteger(L, 3);
    lua_call(L, 1, LUA_MULTRET);
    expect_top(L, 5);
    take_integer(L, 3);
    assert_true(lua_toboolean(L, 4));
    lua_pop(L, 1);
    take_float(L, 7);
    take_float(L, 19);
    take_string(L, "long\nstringx\xe2\x82\xac"
                   "y");
  }
}

static const char *empty_reader(lua_State *L, void *data, size_t *size) {
  (void)L;
  *size = 0;
  return data; /* a piece of no bytes ends the chunk as well as NULL */
}

static void empty_chunks(void **state) {
  lua_State *L = *state;
  char text[] = "never read";
  assert_int_equal(lua_load(L, empty_reader, text, "e", NULL), LUA_OK);
  lua_call(L, 0, LUA_MULTRET);
  assert_int_equal(lua_load(L, empty_reader, NULL, "e", NULL), LUA_OK);
  lua_call(L, 0, LUA_MULTRET);
  assert_int_equal(luaL_loadstring(L, ""), LUA_OK);
  lua_call(L, 0, LUA_MULTRET);
  expect_top(L, 0);
}

static const char *raising_reader(lua_State *L, void *data, size_t *size) {
  if ((*(int *)data)++ < 2) {
    *size = 6;
    return "x = 1 ";
  }
  luaL_error(L, "cannot read");
  return NULL;
}

static const char *yielding_reader(lua_State *L, void *data, size_t *size) {
  (void)data;
  *size = 0;
  lua_yield(L, 0);
  return NULL;
}

static int load_yielding(lua_State *L) {
  int status = lua_load(L, yielding_reader, NULL, "y", NULL);
  lua_pushinteger(L, status);
  return 2;
}

static void readers_that_raise(void **state) {
  lua_State *L = *state;
  int calls = 0;
  lua_pushliteral(L, "below");
  assert_int_equal(lua_load(L, raising_reader, &calls, "r", NULL), LUA_ERRRUN);
  take_string(L, "cannot read");
  take_string(L, "below");
  lua_State *thread = lua_newthread(L);
  int count;
  lua_pushcfunction(thread, load_yielding);
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_OK);
  take_integer(thread, LUA_ERRRUN);
  take_string(thread, "attempt to yield across a C-call boundary");
}

static void syntax_errors(void **state) {
  lua_State *L = *state;
  static const char *const cases[][2] = {
    {"x =", "[string \"x =\"]:1: unexpected symbol near <eof>"},
    {"\n\nx = = 1", "[string \"...\"]:3: unexpected symbol near '='"},
    {"goto nowhere", "[string \"goto nowhere\"]:1: no visible label 'nowhere' for <goto> at line 1"},
    {"return 'abc", "[string \"return 'abc\"]:1: unfinished string near <eof>"},
    {"for i = 1 do end", "[string \"for i = 1 do end\"]:1: ',' expected near 'do'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(luaL_loadstring(L, cases[i][0]), LUA_ERRSYNTAX);
    if (i != 4)
      take_string(L, cases[i][1]);
    else
      lua_pop(L, 1);
    expect_top(L, 0);
  }
}

static void chunk_names(void **state) {
  lua_State *L = *state;
  static const char *const cases[][2] = {
    {"=name", "name:1:"},
    {"@dir/file.lua", "dir/file.lua:1:"},
    {"first line\nsecond", "[string \"first line...\"]:1:"},
    {"", "[string \"\"]:1:"},
    {"=", ":1:"},
    {"a rather long chunk of source text that does not fit into the room", NULL},
    {"@/a/very/long/path/that/does/not/fit/into/the/sixty/bytes/of/short_src.lua", NULL},
    {"=a very long name that is taken as it is, up to the sixty bytes of short_src", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(load_pieces(L, "?", 1, 0, cases[i][0], NULL), LUA_ERRSYNTAX);
    const char *message = lua_tostring(L, -1);
    if (cases[i][1] != NULL)
      assert_int_equal(strncmp(message, cases[i][1], strlen(cases[i][1])), 0);
    else
      assert_true((strchr(message, '\n') == NULL && strstr(message, ":1: ") - message <= LUA_IDSIZE - 1));
    if (cases[i][0][0] == '@' && cases[i][1] == NULL) {
      assert_int_equal(strncmp(message, "...", 3), 0);
      assert_non_null(strstr(message, "not/fit/into/the/sixty/bytes/of/short_src.lua:1:"));
    }
    lua_pop(L, 1);
  }
  assert_int_equal(load_pieces(L, "?", 1, 0, NULL, NULL), LUA_ERRSYNTAX);
  assert_int_equal(strncmp(lua_tostring(L, -1), "[string \"?\"]:1:", 15), 0);
}

/* ---- dumping ---- */

typedef struct Sink {
  char *bytes;
  size_t size;
  int calls;
  int fail_at; /* the call that answers 77 */
} Sink;

static int write_piece(lua_State *L, const void *piece, size_t size, void *data) {
  Sink *sink = data;
  (void)L;
  if (++sink->calls == sink->fail_at) return 77;
  if (size == 0) return 0;
  sink->bytes = realloc(sink->bytes, sink->size + size);
  memcpy(sink->bytes + sink->size, piece, size);
  sink->size += size;
  return 0;
}

static Sink dump_chunk(lua_State *L, const char *source, int strip) {
  Sink sink = {0};
  assert_int_equal(luaL_loadbuffer(L, source, strlen(source), "@origin.lua"), LUA_OK);
  assert_int_equal(lua_dump(L, write_piece, &sink, strip), 0);
  lua_pop(L, 1);
  assert_memory_equal(sink.bytes, LUA_SIGNATURE, 4);
  return sink;
}

static const char rich[] = "local up = 10\nlocal function f(a, ...) local t <close> = nil; up = up + a\n"
                           "  return up, select('#', ...), 'text', 1.5, -7, nil, true end\n"
                           "return f(...), f(1, 2, 3)";

static void dump_and_load(void **state) {
  lua_State *L = *state;
  for (int strip = 0; strip <= 1; strip++) {
    Sink sink = dump_chunk(L, rich, strip);
    for (size_t step = 0; step < 9; step++) {
      assert_int_equal(load_pieces(L, sink.bytes, sink.size, step, "ignored", "b"), LUA_OK);
      lua_pushinteger(L, 5);
      lua_call(L, 1, LUA_MULTRET);
      expect_top(L, 8);
      assert_int_equal(lua_tointeger(L, 1), 15);
      assert_int_equal(lua_tointeger(L, 2), 16);
      assert_int_equal(lua_tointeger(L, 3), 2);
      assert_string_equal(lua_tostring(L, 4), "text");
      lua_settop(L, 0);
    }
    free(sink.bytes);
  }
}

static void stripped_functions_have_no_names(void **state) {
  lua_State *L = *state;
  Sink sink = dump_chunk(L, "local x = ...\nx()", 1);
  assert_int_equal(load_pieces(L, sink.bytes, sink.size, 0, "=name", NULL), LUA_OK);
  lua_Debug ar;
  lua_pushvalue(L, -1);
  lua_getinfo(L, ">S", &ar);
  assert_string_equal(ar.source, "=?");
#if LUA_VERSION_RELEASE_NUM >= 50406
  lua_pushvalue(L, -1);
  lua_getinfo(L, ">L", &ar); /* 5.4.4 crashes here */
  assert_true(lua_istable(L, -1));
  lua_pushnil(L);
  assert_int_equal(lua_next(L, -2), 0);
  lua_pop(L, 1);
#endif
  assert_string_equal(lua_getupvalue(L, -1, 1), "(no name)");
  lua_pop(L, 1);
  assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  take_string(L, "?:-1: attempt to call a nil value");
  Sink full = dump_chunk(L, "local x = ...\nx()", 0);
  assert_true(full.size > sink.size);
  assert_int_equal(load_pieces(L, full.bytes, full.size, 0, "=name", NULL), LUA_OK);
  assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  take_string(L, "origin.lua:2: attempt to call a nil value (local 'x')");
  free(sink.bytes);
  free(full.bytes);
}

static void writers_that_fail(void **state) {
  lua_State *L = *state;
  luaL_loadstring(L, rich);
  int fail_at = 1, status;
  do {
    Sink sink = {.fail_at = fail_at};
    status = lua_dump(L, write_piece, &sink, 0);
    if (status != 0) {
      assert_int_equal(status, 77);
      assert_int_equal(sink.calls, fail_at); /* not called again after it has failed */
    }
    free(sink.bytes);
    expect_top(L, 1);
    fail_at++;
  } while (status != 0);
  assert_true(fail_at > 2);
}

static void only_lua_functions_can_be_dumped(void **state) {
  lua_State *L = *state;
  Sink sink = {0};
  lua_getglobal(L, "print");
  assert_int_equal(lua_dump(L, write_piece, &sink, 0), 1);
  lua_newtable(L);
  assert_int_equal(lua_dump(L, write_piece, &sink, 0), 1);
  assert_int_equal(sink.calls, 0);
}

static void modes(void **state) {
  lua_State *L = *state;
  Sink sink = dump_chunk(L, "return 1", 0);
  assert_int_equal(load_pieces(L, sink.bytes, sink.size, 0, "=m", "t"), LUA_ERRSYNTAX);
  take_string(L, "attempt to load a binary chunk (mode is 't')");
  assert_int_equal(load_pieces(L, "return 1", 8, 0, "=m", "b"), LUA_ERRSYNTAX);
  take_string(L, "attempt to load a text chunk (mode is 'b')");
  assert_int_equal(load_pieces(L, "return 1", 8, 0, "=m", "bt"), LUA_OK);
  assert_int_equal(load_pieces(L, sink.bytes, sink.size, 0, "=m", "bt"), LUA_OK);
  assert_int_equal(load_pieces(L, sink.bytes, sink.size, 0, "=m", NULL), LUA_OK);
  free(sink.bytes);
}

static void truncated_chunks(void **state) {
  lua_State *L = *state;
  Sink sink = dump_chunk(L, "local t = {1, 2, 'x'} return function() return t end", 0);
  for (size_t size = 1; size < sink.size; size++) {
    assert_int_equal(load_pieces(L, sink.bytes, size, 0, "=cut", "b"), LUA_ERRSYNTAX);
    assert_non_null(strstr(lua_tostring(L, -1), "cut: bad binary format (truncated chunk)"));
    lua_settop(L, 0);
  }
  sink.bytes[4] ^= 0x10;
  assert_int_equal(load_pieces(L, sink.bytes, sink.size, 0, "=v", NULL), LUA_ERRSYNTAX);
  take_string(L, "v: bad binary format (version mismatch)");
  sink.bytes[2] = 'X';
  assert_int_equal(load_pieces(L, sink.bytes, sink.size, 0, "@s", NULL), LUA_ERRSYNTAX);
  take_string(L, "s: bad binary format (not a binary chunk)");
  free(sink.bytes);
}

/* ---- upvalues of loaded functions ---- */

static void first_upvalue_is_the_globals(void **state) {
  lua_State *L = *state;
  luaL_loadstring(L, "x = 1");
  assert_string_equal(lua_getupvalue(L, 1, 1), "_ENV");
  lua_pushglobaltable(L);
  assert_true(lua_rawequal(L, -1, -2));
  lua_settop(L, 1);
  lua_newtable(L);
  assert_string_equal(lua_setupvalue(L, 1, 1), "_ENV");
  lua_call(L, 0, 0);
  assert_int_equal(lua_getglobal(L, "x"), LUA_TNIL);
  lua_settop(L, 0);
  /* a function with two upvalues, dumped: fresh ones, the first gets the table of globals */
  run_chunk(L, "local a, b = 1, 2 return function() return a, b end", 1);
  Sink sink = {0};
  assert_int_equal(lua_dump(L, write_piece, &sink, 0), 0);
  assert_int_equal(load_pieces(L, sink.bytes, sink.size, 0, "=u", "b"), LUA_OK);
  lua_call(L, 0, 2);
  take_nil(L);
  lua_pushglobaltable(L);
  assert_true(lua_rawequal(L, -1, -2));
  lua_settop(L, 0);
  free(sink.bytes);
}

/* ---- files ---- */

static char path[64];

static void write_file(const char *bytes, size_t size) {
  strcpy(path, "/tmp/rille-load-XXXXXX");
  int file = mkstemp(path);
  assert_true(file >= 0);
  assert_int_equal(write(file, bytes, size), (ssize_t)size);
  close(file);
}

static int load_file(lua_State *L, const char *bytes, size_t size, const char *mode) {
  write_file(bytes, size);
  int status = luaL_loadfilex(L, path, mode);
  unlink(path);
  return status;
}

static void files(void **state) {
  lua_State *L = *state;
  static const struct {
    const char *text;
    lua_Integer result;
  } cases[] = {{"return 1", 1},
               {"\xef\xbb\xbfreturn 2", 2},
               {"#!/usr/bin/lua\nreturn 3", 3},
               {"\xef\xbb\xbf# comment\nreturn 4", 4},
               {"#only a comment", 0},
               {"", 0},
               {"#\nreturn 5\n", 5},
               {"\xef\xbb\xbf", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(load_file(L, cases[i].text, strlen(cases[i].text), NULL), LUA_OK);
    lua_call(L, 0, 1);
    assert_int_equal(lua_tointeger(L, -1), cases[i].result);
    lua_settop(L, 0);
  }
  assert_int_equal(load_file(L, "#! skipped\n\nx = =", 17, NULL), LUA_ERRSYNTAX); /* lines are counted all the same */
  char expected[128];
  snprintf(expected, sizeof expected, "%s:3: unexpected symbol near '='", path);
  take_string(L, expected);
  assert_int_equal(load_file(L,
                             "\xef\xbb"
                             "return 1",
                             10, NULL),
                   LUA_ERRSYNTAX); /* half a mark is not one */
  lua_settop(L, 0);
}

static void binary_files(void **state) {
  lua_State *L = *state;
  Sink sink = dump_chunk(L, "return 'binary'", 0);
  assert_int_equal(load_file(L, sink.bytes, sink.size, NULL), LUA_OK);
  lua_call(L, 0, 1);
  take_string(L, "binary");
  assert_int_equal(load_file(L, sink.bytes, sink.size, "t"), LUA_ERRSYNTAX);
  lua_settop(L, 0);
  char *with_comment = malloc(sink.size + 8);
  memcpy(with_comment, "#!lua\n", 6);
  memcpy(with_comment + 6, sink.bytes, sink.size);
  assert_int_equal(load_file(L, with_comment, sink.size + 6, "b"), LUA_OK);
  lua_call(L, 0, 1);
  take_string(L, "binary");
  free(with_comment);
  free(sink.bytes);
}

static void missing_files(void **state) {
  lua_State *L = *state;
  assert_int_equal(luaL_loadfile(L, "/nonexistent/file.lua"), LUA_ERRFILE);
  take_string(L, "cannot open /nonexistent/file.lua: No such file or directory");
  assert_int_equal(luaL_loadfile(L, "/tmp"), LUA_ERRFILE);
  assert_non_null(strstr(lua_tostring(L, -1), "cannot read /tmp"));
  lua_settop(L, 0);
  write_file("return ...", 10);
  assert_int_equal(luaL_dofile(L, path), 0);
  unlink(path);
  expect_top(L, 0);
}

static void strings(void **state) {
  lua_State *L = *state;
  assert_int_equal(luaL_dostring(L, "return 1, 2"), LUA_OK);
  expect_top(L, 2);
  assert_int_equal(luaL_dostring(L, "error({})"), 1);
  assert_true(lua_istable(L, -1));
  assert_int_equal(luaL_dostring(L, "]"), 1);
  take_string(L, "[string \"]\"]:1: unexpected symbol near ']'");
  assert_int_equal(luaL_loadbuffer(L, "return '\0x'", 11, "=z"), LUA_OK);
  lua_call(L, 0, 1);
  assert_int_equal(lua_rawlen(L, -1), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(source_in_pieces),
    STATE_TEST(empty_chunks),
    STATE_TEST(readers_that_raise),
    STATE_TEST(syntax_errors),
    STATE_TEST(chunk_names),
    STATE_TEST(dump_and_load),
    STATE_TEST(stripped_functions_have_no_names),
    STATE_TEST(writers_that_fail),
    STATE_TEST(only_lua_functions_can_be_dumped),
    STATE_TEST(modes),
    STATE_TEST(truncated_chunks),
    STATE_TEST(first_upvalue_is_the_globals),
    STATE_TEST(files),
    STATE_TEST(binary_files),
    STATE_TEST(missing_files),
    STATE_TEST(strings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
