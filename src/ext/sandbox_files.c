/* Files under one directory. The system's own resolution sees to it (openat2 with RESOLVE_BENEATH): neither "..", nor
 * an absolute path, nor a symbolic link leads out, whatever others do to the tree meanwhile. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "ext/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lauxlib.h"

#define ROOT_TYPE "rille.sandbox.root"

/* The uapi header may be missing or old. */
typedef struct OpenHow {
  uint64_t flags, mode, resolve;
} OpenHow;
#define BENEATH_WITHOUT_MAGIC (0x08u | 0x02u) /* RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

typedef struct Root {
  int directory; /* -1: closed */
  int writes;
} Root;

static int close_root(lua_State *L) {
  Root *root = lua_touserdata(L, 1);
  if (root->directory >= 0) close(root->directory);
  root->directory = -1;
  return 0;
}

/* Flags of open(2) for a mode of fopen(3); -1 when it is none. */
static int flags_of(const char *mode) {
  int plus = mode[0] != '\0' && mode[1] == '+';
  const char *rest = mode + 1 + plus;
  if (mode[0] == '\0' || strchr("rwa", mode[0]) == NULL || rest[strspn(rest, "b")] != '\0') return -1;
  switch (mode[0]) {
    case 'r': return plus ? O_RDWR : O_RDONLY;
    case 'w': return (plus ? O_RDWR : O_WRONLY) | O_CREAT | O_TRUNC;
    default: return (plus ? O_RDWR : O_WRONLY) | O_CREAT | O_APPEND;
  }
}

/* A regular file's descriptor, or -1 with errno. Waits for nobody, as opening a pipe would. */
static int open_beneath(const Root *root, const char *path, int flags) {
  OpenHow how = {.flags = (uint64_t)(flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY), .resolve = BENEATH_WITHOUT_MAGIC};
  if (flags & O_CREAT) how.mode = 0666;
  long file = syscall(SYS_openat2, root->directory, path, &how, sizeof how);
  if (file < 0) return -1;
  struct stat status;
  if (fstat((int)file, &status) == 0 && S_ISREG(status.st_mode)) return (int)file;
  close((int)file);
  errno = EACCES;
  return -1;
}

static int close_stream(lua_State *L) {
  luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  errno = 0;
  return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

/* open(path [, mode]); the upvalue is the root. */
static int open_file(lua_State *L) {
  const Root *root = lua_touserdata(L, lua_upvalueindex(1));
  size_t length;
  const char *path = luaL_checklstring(L, 1, &length);
  const char *mode = luaL_optstring(L, 2, "r");
  int flags = flags_of(mode);
  luaL_argcheck(L, flags >= 0, 2, "invalid mode");
  luaL_argcheck(L, strlen(path) == length, 1, "path contains zeros");
  if (!root->writes && (flags & O_ACCMODE) != O_RDONLY) {
    errno = EROFS;
    return luaL_fileresult(L, 0, path);
  }
  luaL_Stream *stream = lua_newuserdatauv(L, sizeof(luaL_Stream), 0);
  stream->closef = NULL;
  luaL_setmetatable(L, LUA_FILEHANDLE);
  int file = open_beneath(root, path, flags);
  if (file < 0) return luaL_fileresult(L, 0, path);
  stream->f = fdopen(file, mode);
  if (stream->f == NULL) {
    int code = errno;
    close(file);
    errno = code;
    return luaL_fileresult(L, 0, path);
  }
  stream->closef = close_stream;
  return 1;
}

void rl_sandbox_push_open(lua_State *L, const char *path, int writes) {
  Root *root = lua_newuserdatauv(L, sizeof(Root), 0);
  root->directory = -1;
  root->writes = writes;
  if (luaL_newmetatable(L, ROOT_TYPE)) {
    lua_pushcfunction(L, close_root);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  root->directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root->directory < 0) luaL_error(L, "root '%s': %s", path, strerror(errno));
  lua_pushcclosure(L, open_file, 1);
}
