#include "vm/error_text.h"

#include "base/config.h"
#include "object/metatable.h"
#include "object/stack.h"
#include "object/strings.h"
#include "vm/arithmetic.h"
#include "vm/call.h"
#include "vm/debug_info.h"
#include "vm/register_name.h"

void rl_error_throw(State *L) {
  rl_call_handler(L);
  rl_throw(L, LUA_ERRRUN);
}

void rl_error_raise(State *L, int code, va_list arguments) {
  const ErrorText *text = &rl_error_texts[code];
  stack_ensure(L, RL_MIN_STACK);
  rl_debug_push_where(L, 0, true);
  rl_push_formatted_va(L, text->format, arguments);
  String *message = value_string(L->top - 1);
  const String *where = value_string(L->top - 2);
  if (string_length(where) > 0) {
    rl_push_formatted(L, "%s%s", string_bytes(where), string_bytes(message));
    message = value_string(--L->top);
  }
  L->top--;
  value_set_object(L->top - 1, message);
  rl_error_throw(L);
}

/* ---- names ---- */

static const char *variable_kind(State *L, const Value *culprit, const char **name) {
  const CallInfo *call_info = L->call_info;
  if (!call_is_lua(call_info)) return NULL;
  const LuaClosure *closure = call_closure(call_info);
  const Prototype *prototype = closure->prototype;
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) {
    if (closure->upvalues[i]->value == culprit) {
      *name = rl_upvalue_name(prototype, i);
      return "upvalue";
    }
  }
  if (culprit < call_info->base || culprit >= call_info->base + prototype->max_stack) return NULL;
  return rl_register_name(prototype, rl_debug_current_pc(call_info), (uint32_t)(culprit - call_info->base), name);
}

/* " (local 'x')" or "". The text stays on the stack, under the error that is about to be raised. */
static const char *variable_info(State *L, const char *kind, const char *name) {
  return kind == NULL ? "" : rl_push_formatted(L, " (%s '%s')", kind, name);
}

static const char *culprit_info(State *L, const Value *culprit) {
  const char *name = NULL;
  const char *kind = variable_kind(L, culprit, &name);
  return variable_info(L, kind, name);
}

const char *rl_error_local_name(State *L, const Value *slot) {
  Value *place;
  CallInfo *call_info = L->call_info;
  const char *name = rl_debug_local(L, call_info, (int)(slot - call_info->base) + 1, &place);
  return name == NULL ? "?" : name;
}

/* What the code of the record called last. */
static const char *called_by(const CallInfo *call_info, const char **name) {
  if (call_info->flags & CALL_HOOKED) {
    *name = "?";
    return "hook";
  }
  if (call_info->flags & CALL_FINALIZER) {
    *name = "__gc";
    return "metamethod";
  }
  if (!call_is_lua(call_info)) return NULL;
  return rl_called_name(call_closure(call_info)->prototype, rl_debug_current_pc(call_info), name);
}

const char *rl_error_call_name(State *L, CallInfo *call_info, const char **name) {
  if (call_info == L->call_base || (call_info->flags & CALL_TAIL)) return NULL;
  return called_by(call_info - 1, name);
}

/* ---- errors ---- */

static RL_NORETURN void type_error(State *L, const Value *culprit, const char *operation, const char *info) {
  const char *type = rl_value_type_name(L, culprit);
  rl_raise(L, ERROR_OPERATION, operation, type, info);
}

void rl_error_operation(State *L, const Value *culprit, const char *operation) {
  type_error(L, culprit, operation, culprit_info(L, culprit));
}

void rl_error_call(State *L, const Value *function) {
  const char *name = NULL;
  const char *kind = called_by(L->call_info, &name);
  type_error(L, function, "call", kind != NULL ? variable_info(L, kind, name) : culprit_info(L, function));
}

void rl_error_concat(State *L, const Value *a, const Value *b) {
  rl_error_operation(L, value_is_string(a) || value_is_number(a) ? b : a, "concatenate");
}

void rl_error_arith(State *L, const Value *a, const Value *b, bool bitwise) {
  rl_error_operation(L, value_is_number(a) ? b : a, bitwise ? "perform bitwise operation on" : "perform arithmetic on");
}

void rl_error_no_integer(State *L, const Value *a, const Value *b) {
  int64_t integer;
  rl_raise(L, ERROR_NO_INTEGER, culprit_info(L, rl_value_to_integer(a, &integer) ? b : a));
}

void rl_error_compare(State *L, const Value *a, const Value *b) {
  const char *left = rl_value_type_name(L, a);
  const char *right = rl_value_type_name(L, b);
  if (strcmp(left, right) == 0) rl_raise(L, ERROR_COMPARE_SAME, left);
  rl_raise(L, ERROR_COMPARE_DIFFERENT, left, right);
}

void rl_error_for(State *L, const Value *value, const char *what) {
  rl_raise(L, ERROR_FOR_NUMBER, what, rl_value_type_name(L, value));
}
