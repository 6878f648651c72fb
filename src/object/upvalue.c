/* Open upvalues: while a variable still lives on a stack, the closures that share it share one UpValue that points at
 * the slot. A thread's open upvalues are one list, ordered from the highest slot to the lowest, so that finding and
 * closing look only at those above the slot. The list does not keep them alive: the sweeper takes dead ones out, and
 * one that is found before the sweep has reached it is revived. */
#include "heap/barrier.h"
#include "heap/block.h"
#include "object/functions.h"

/* The link at which an upvalue of `slot` is, or is to be inserted. */
static UpValue **find_link(State *L, const Value *slot) {
  UpValue **link = &L->open_upvalues;
  while (*link != NULL && (*link)->value > slot) link = &(*link)->open.next;
  return link;
}

static void insert_at(UpValue **link, UpValue *upvalue) {
  upvalue->open.previous = link;
  upvalue->open.next = *link;
  if (*link != NULL) (*link)->open.previous = &upvalue->open.next;
  *link = upvalue;
}

UpValue *rl_upvalue_find(State *L, Value *slot) {
  UpValue *found = *find_link(L, slot);
  if (found != NULL && found->value == slot) {
    if (object_is_dead(L->global, &found->header)) rl_heap_revive(L->global, &found->header);
    return found;
  }
  UpValue *upvalue = rl_heap_new(L, TAG_UPVALUE, sizeof(UpValue));
  upvalue->value = slot;
  insert_at(find_link(L, slot), upvalue); /* the allocation may have taken dead neighbours out: search again */
  return upvalue;
}

void rl_upvalue_unlink(UpValue *upvalue) {
  *upvalue->open.previous = upvalue->open.next;
  if (upvalue->open.next != NULL) upvalue->open.next->open.previous = upvalue->open.previous;
}

/* While it was open the stack answered for the value. Now the upvalue does: one that has been reached in this cycle
 * counts as black, and the barrier sees to its value. */
void rl_upvalue_close(State *L, Value *level) {
  while (L->open_upvalues != NULL && L->open_upvalues->value >= level) {
    UpValue *upvalue = L->open_upvalues;
    Value *slot = upvalue->value;
    barrier_upvalue_closes(L, upvalue);
    rl_upvalue_unlink(upvalue);
    value_copy(&upvalue->closed, slot);
    upvalue->value = &upvalue->closed;
    if (!object_is_white(L->global, &upvalue->header)) {
      upvalue->header.mark |= collector_black(L->global);
      barrier_forward(L, upvalue, &upvalue->closed);
    }
  }
}
