#include "vm/debug_info.h"

#include <string.h>

#include "object/functions.h"
#include "object/strings.h"
#include "object/table.h"
#include "vm/error_text.h"

CallInfo *rl_debug_level(State *L, int level) {
  ptrdiff_t depth = L->call_info - L->call_base;
  return level >= 0 && level < depth ? L->call_info - level : NULL;
}

uint32_t rl_debug_current_pc(const CallInfo *call_info) {
  return (uint32_t)(call_info->pc - call_closure(call_info)->prototype->code) - 1;
}

int rl_debug_current_line(const CallInfo *call_info) {
  if (!call_is_lua(call_info)) return -1;
  return rl_prototype_line(call_closure(call_info)->prototype, rl_debug_current_pc(call_info));
}

/* ---- lua_getinfo ---- */

static void fill_source(lua_Debug *info, const Value *function) {
  if (function == NULL || !value_is_lua_closure(function)) {
    info->source = "=[C]";
    info->srclen = strlen("=[C]");
    info->linedefined = -1;
    info->lastlinedefined = -1;
    info->what = "C";
  } else {
    const Prototype *prototype = value_lua_closure(function)->prototype;
    const String *source = prototype->source;
    info->source = source != NULL ? string_bytes(source) : "=?";
    info->srclen = source != NULL ? string_length(source) : strlen("=?");
    info->linedefined = prototype->line_defined;
    info->lastlinedefined = prototype->last_line_defined;
    info->what = prototype->line_defined == 0 ? "main" : "Lua";
  }
  rl_chunk_name(info->short_src, info->source, info->srclen);
}

static void fill_parameters(lua_Debug *info, const Value *function) {
  if (function != NULL && value_is_lua_closure(function)) {
    const Prototype *prototype = value_lua_closure(function)->prototype;
    info->nups = prototype->upvalue_count;
    info->nparams = prototype->parameter_count;
    info->isvararg = (char)prototype->is_vararg;
  } else {
    bool is_closure = function != NULL && value_is_c_closure(function);
    info->nups = is_closure ? (unsigned char)closure_upvalue_count(value_c_closure(function)) : 0;
    info->nparams = 0;
    info->isvararg = 1;
  }
}

static void fill_name(State *L, lua_Debug *info, CallInfo *call_info) {
  info->namewhat = call_info == NULL ? NULL : rl_error_call_name(L, call_info, &info->name);
  if (info->namewhat == NULL) {
    info->namewhat = "";
    info->name = NULL;
  }
}

static void fill_transfer(const State *L, lua_Debug *info, const CallInfo *call_info) {
  bool in_hook = call_info != NULL && (call_info->flags & CALL_HOOKED) && L->transfer_count > 0;
  info->ftransfer = in_hook ? L->transfer_first : 0;
  info->ntransfer = in_hook ? L->transfer_count : 0;
}

int rl_debug_info(State *L, const char *what, lua_Debug *info, const Value *function, CallInfo *call_info) {
  int known = 1;
  for (; *what != '\0'; what++) {
    switch (*what) {
      case 'S': fill_source(info, function); break;
      case 'l': info->currentline = call_info == NULL ? -1 : rl_debug_current_line(call_info); break;
      case 'u': fill_parameters(info, function); break;
      case 't': info->istailcall = call_info != NULL && (call_info->flags & CALL_TAIL) != 0; break;
      case 'n': fill_name(L, info, call_info); break;
      case 'r': fill_transfer(L, info, call_info); break;
      case 'f':
      case 'L': break;
      default: known = 0;
    }
  }
  return known;
}

void rl_debug_push_active_lines(State *L, const Value *function) {
  Value truth;
  if (!value_is_lua_closure(function)) {
    value_set_nil(L->top++);
    return;
  }
  const Prototype *prototype = value_lua_closure(function)->prototype;
  Table *lines = rl_table_new(L);
  value_set_object(L->top++, lines);
  value_set_boolean(&truth, true);
  for (uint32_t i = 0; i < prototype->line_count; i++) rl_table_set_integer(L, lines, prototype->lines[i].line, &truth);
}

/* ---- local variables ---- */

static const char *vararg(CallInfo *call_info, int number, Value **slot) {
  const Prototype *prototype = call_closure(call_info)->prototype;
  if (!prototype->is_vararg) return NULL;
  ptrdiff_t count = call_info->base - 1 - (call_info->function + 1) - prototype->parameter_count;
  if (-(ptrdiff_t)number > count) return NULL;
  *slot = call_info->base - 1 - count + (-(ptrdiff_t)number - 1);
  return "(vararg)";
}

const char *rl_debug_local(State *L, CallInfo *call_info, int number, Value **slot) {
  const char *name = NULL;
  if (call_is_lua(call_info)) {
    if (number < 0) return vararg(call_info, number, slot);
    name = rl_prototype_local_name(call_closure(call_info)->prototype, number, rl_debug_current_pc(call_info));
  }
  *slot = call_info->base + (number - 1);
  if (name != NULL) return name;
  const Value *limit = call_info == L->call_info ? L->top : call_info[1].function;
  if (number <= 0 || limit - call_info->base < number) return NULL;
  return call_is_lua(call_info) ? "(temporary)" : "(C temporary)";
}

/* ---- positions ---- */

void rl_debug_push_where(State *L, int level, bool stripped_too) {
  CallInfo *call_info = rl_debug_level(L, level);
  bool is_lua = call_info != NULL && call_is_lua(call_info);
  int line = is_lua ? rl_debug_current_line(call_info) : -1;
  if (!is_lua || (line <= 0 && !stripped_too)) {
    rl_push_formatted(L, "");
    return;
  }
  char name[LUA_IDSIZE];
  const String *source = call_closure(call_info)->prototype->source;
  if (source != NULL)
    rl_chunk_name(name, string_bytes(source), string_length(source));
  else
    strcpy(name, "?");
  rl_push_formatted(L, "%s:%d: ", name, line);
}
