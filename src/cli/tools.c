#include "cli/tools.h"

#include "lauxlib.h"
#include "rille.h"

#include "cli/options.h"
#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Request {
  const char *program;
  int count;       /* operands */
  char **operands; /* what follows the tool's name */
} Request;

void rl_tools_print_version(void) {
  fputs("Rille " RILLE_VERSION " (" LUA_RELEASE " compatible)\n", stdout);
  fflush(stdout);
}

static int misused(const Request *request, const char *complaint) {
  rl_report_message(request->program, complaint);
  return 0;
}

/* Loads a file as the script would be ("-": standard input). Returns whether that went well. */
static int load_file(lua_State *L, const Request *request, const char *filename) {
  int status = luaL_loadfile(L, strcmp(filename, "-") == 0 ? NULL : filename);
  return rl_report_status(L, status, request->program) == LUA_OK;
}

static int list(lua_State *L, const Request *request) {
  if (request->count != 1) return misused(request, "'--list' needs one file");
  if (!load_file(L, request, request->operands[0])) return 0;
  int listed = rille_list(L, stdout) == LUA_OK && fflush(stdout) == 0 && !ferror(stdout);
  if (!listed) rl_report_message(request->program, "cannot write the listing");
  return listed;
}

static int write_piece(lua_State *L, const void *piece, size_t size, void *out) {
  (void)L;
  return size != 0 && fwrite(piece, size, 1, out) != 1;
}

/* Deletes the beginning of a chunk. Only a regular file is ours to delete: the user may have named a device or a pipe.
 */
static void discard_output(const char *name) {
  struct stat description;
  if (lstat(name, &description) == 0 && S_ISREG(description.st_mode)) remove(name);
}

/* Writes the function on top to the file `out_name` ("-": standard output). */
static int write_chunk(lua_State *L, const Request *request, const char *out_name, int strip) {
  int to_stdout = strcmp(out_name, "-") == 0;
  errno = 0;
  FILE *out = to_stdout ? stdout : fopen(out_name, "wb");
  const char *operation = "open";
  if (out != NULL) {
    operation = "write";
    int failed = lua_dump(L, write_piece, out, strip);
    failed |= to_stdout ? fflush(out) : fclose(out);
    if (!failed) return 1;
  }
  int cause = errno;
  if (out != NULL && !to_stdout) discard_output(out_name);
  lua_pushfstring(L, "cannot %s %s: %s", operation, out_name, strerror(cause));
  rl_report_message(request->program, lua_tostring(L, -1));
  return 0;
}

static int compile(lua_State *L, const Request *request) {
  const char *names[2];
  int found = 0;
  int strip = 0;
  for (int i = 0; i < request->count; i++) {
    if (strcmp(request->operands[i], "--strip") == 0)
      strip = 1;
    else if (found < 2)
      names[found++] = request->operands[i];
    else
      found = 3;
  }
  if (found != 2) return misused(request, "'--compile' needs an output file and an input file");
  return load_file(L, request, names[1]) && write_chunk(L, request, names[0], strip);
}

static int show_version(lua_State *L, const Request *request) {
  (void)L;
  (void)request;
  rl_tools_print_version();
  return 1;
}

static int show_help(lua_State *L, const Request *request) {
  (void)L;
  rl_options_help(request->program);
  return 1;
}

static const struct Tool {
  const char *name;
  int (*run)(lua_State *L, const Request *request);
} tools[] = {{"--list", list}, {"--compile", compile}, {"--version", show_version}, {"--help", show_help}};

static const struct Tool *find_tool(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < sizeof(tools) / sizeof(tools[0]); i++)
    if (strcmp(argv[1], tools[i].name) == 0) return &tools[i];
  return NULL;
}

int rl_tools_wanted(int argc, char **argv) {
  return find_tool(argc, argv) != NULL;
}

int rl_tools_run(lua_State *L, const char *program, int argc, char **argv) {
  Request request = {program, argc - 2, argv + 2};
  return find_tool(argc, argv)->run(L, &request);
}
