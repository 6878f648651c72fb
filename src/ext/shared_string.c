#include "ext/shared_string.h"

#include <string.h>

#include "gc/collect.h"
#include "object/stack.h"
#include "object/strings.h"

static void release(void *owner) {
  rl_bytes_release(owner);
}

SharedBytes *rl_shared_string_bytes(State *L, String *string, bool is_kept) {
  StringTwin *twin = string_twin(string);
  if (string_is_external(string) && string_owner(string)->release == release)
    return rl_bytes_retain(string_owner(string)->owner);
  if (twin != NULL && twin->owner != NULL) return rl_bytes_retain(twin->owner);
  SharedBytes *bytes = rl_bytes_new(string_length(string));
  if (bytes == NULL) return NULL;
  memcpy(bytes->bytes, string_bytes(string), bytes->length);
  if (twin == NULL || !is_kept) return bytes;
  *twin = (StringTwin){release, rl_bytes_retain(bytes)};
  L->global->account.debt += (ptrdiff_t)bytes->length;
  return bytes;
}

void rl_shared_string_push(State *L, SharedBytes *bytes) {
  String *string;
  stack_ensure(L, 1);
  if (bytes->length <= RL_MAX_SHORT_STRING) {
    string = rl_string_new(L, bytes->bytes, bytes->length);
  } else {
    StringOwner owner = {.bytes = bytes->bytes, .release = release, .owner = bytes};
    string = rl_string_new_external(L, bytes->length, &owner);
    rl_bytes_retain(bytes);
    /* The bytes are not in the account, which is exact; but a program that receives nothing else must collect too. */
    L->global->account.debt += (ptrdiff_t)bytes->length;
  }
  value_set_object(L->top, string);
  L->top++;
}

static void *copy_out(lua_State *L, int index) {
  (void)L;
  (void)index;
  return NULL; /* never asked: the encoder makes these attachments itself */
}
static void copy_in(lua_State *L, void *copy) {
  rl_shared_string_push(L, copy);
}
static void drop(void *copy) {
  rl_bytes_release(copy);
}

const rille_CopyHandler rl_string_handler = {"string", copy_out, copy_in, drop, NULL};
