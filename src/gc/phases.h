/* What the files of the collector share; for nobody else. docs/collector.md has the theory. */
#ifndef RL_GC_PHASES_H
#define RL_GC_PHASES_H

#include "heap/block_parts.h"
#include "heap/colour.h"
#include "object/table.h"
#include "value/global.h"

/* Bits of Collector.overflow: which list lacks objects because there was no memory for it to grow. */
#define OVERFLOW_GREY       1u /* some grey object is on no list */
#define OVERFLOW_AGAIN      2u /* some object for the atomic phase is on no list; it is grey */
#define OVERFLOW_WEAK       4u /* some marked weak table is on no list */
#define OVERFLOW_REMEMBERED 8u /* the next collection must be a major one */

/* Ages, in the mark byte's MARK_AGE bits; generational mode only. A young object is white between two collections (but
 * for AGE_OLD0), an old one black, or grey when it waits to be looked at. */
#define AGE_NEW      0x00u /* young: has not seen a collection */
#define AGE_SURVIVAL 0x10u /* young: has survived one */
#define AGE_OLD0     0x20u /* marked by a forward barrier because an old object refers to it: will be OLD1 */
#define AGE_OLD      0x00u /* old, and refers to old objects only */
#define AGE_OLD1     0x30u /* old since the last collection: may refer to survivors. Remembered */
#define AGE_TOUCHED1 0x40u /* old, written since the last collection. Remembered */
#define AGE_TOUCHED2 0x50u /* old, written before the last collection. Remembered */

static inline unsigned object_age(const Object *object) {
  return object->mark & MARK_AGE;
}
static inline void object_set_age(Object *object, unsigned age) {
  object->mark = (uint8_t)((object->mark & ~MARK_AGE) | age);
}

/* ---- lists.c: none of these starts a collection ---- */

/* False when the list cannot grow. */
bool rl_list_push(Global *global, ObjectList *list, Object *object);
/* Room for `capacity` objects; raises a memory error, may collect (emergency). */
void rl_list_reserve(State *L, ObjectList *list, size_t capacity);
/* Empties the list and frees its buffer. */
void rl_list_release(Global *global, ObjectList *list);
/* The grey list: never larger than a sixteenth of the heap, never without some room. False: `object` is not on it. */
bool rl_list_push_grey(Global *global, Object *object);
/* Empties the lists of marking; their buffers are freed when large, or when `all`. */
void rl_lists_reset(Global *global, bool all);
/* Bytes of all lists. */
size_t rl_lists_bytes(const Global *global);

/* ---- mark.c ---- */

/* White becomes grey (and is put on the grey list), or black at once when there is nothing to follow. */
void rl_mark_reach(Global *global, Object *object);
/* Puts a grey object on the list of those that are looked at again before the atomic phase. */
void rl_mark_again(Global *global, Object *object);
/* Puts a grey object on the list for the atomic phase that is not looked at before. */
void rl_mark_last(Global *global, Object *object);
/* Makes an old object that is written grey, and remembers it. */
void rl_mark_touch(Global *global, Object *holder);
bool rl_mark_is_marking(const Global *global);
/* The next of what is to be looked at again, when the grey list is empty. 0: the atomic phase can begin. */
size_t rl_mark_settle(Global *global);
/* Puts an old object on the list for the next minor collection. */
void rl_mark_remember(Global *global, Object *object);
/* Marks what an object refers to and makes it black, or keeps it grey for the atomic phase. Returns the work: slots
 * looked at. */
size_t rl_mark_traverse(Global *global, Object *object);
/* A portion of marking: one object, or a slice of a large table. 0: there is nothing on the lists. */
size_t rl_mark_some(Global *global);
/* Follows everything on the grey list. */
size_t rl_mark_drain(Global *global);
/* Follows all grey objects wherever they are, by walking the heap until nothing overflows; atomic phase only. */
size_t rl_mark_drain_overflow(Global *global);
/* Some of that search, while the program runs. False: the walk is complete. */
bool rl_mark_search(Global *global, size_t limit);
/* Marks registry, metatables of types, main thread, the threads that run, names of events, and what waits for its
 * finalizer. */
size_t rl_mark_roots(Global *global, State *L);

static inline bool object_is_unreached(const Global *global, const Object *object) {
  return (object->mark & global->collector.unreached) != 0;
}
static inline void mark_object(Global *global, void *object) {
  if (object_is_unreached(global, (Object *)object)) rl_mark_reach(global, (Object *)object);
}
static inline void mark_optional(Global *global, void *object) {
  if (object != NULL) mark_object(global, object);
}
static inline bool tag_is_collectable(uint32_t tag) {
  return tag >= TAG_FIRST_COLLECTABLE && tag <= TAG_UPVALUE;
}
static inline void mark_payload(Global *global, Payload payload, uint32_t tag) {
  if (tag_is_collectable(tag)) mark_object(global, payload.object);
}
static inline void mark_value(Global *global, const Value *value) {
  mark_payload(global, value->as, value->tag);
}
static inline void object_set_grey(Object *object) {
  object->mark &= (uint8_t)~MARK_COLOURS;
}
static inline void object_set_black(const Global *global, Object *object) {
  object->mark = (uint8_t)((object->mark & ~MARK_COLOURS) | (global->collector.unreached ^ MARK_COLOURS));
}
static inline void object_set_white(const Global *global, Object *object) {
  object->mark = (uint8_t)((object->mark & ~MARK_COLOURS) | collector_white(global));
}
/* An entry without value does not keep its key: the key may die, and only its address counts from now on. */
static inline void node_bury_key(const Global *global, TableNode *node) {
  if (tag_is_collectable(node->key_tag) && object_is_unreached(global, node->key.object)) node->key_tag = TAG_DEAD_KEY;
}

/* ---- mark_thread.c ---- */

/* rl_mark_traverse for a thread. */
size_t rl_mark_thread(Global *global, Thread *thread);
/* The next slice of the large stack that is being marked. */
size_t rl_mark_stack_slice(Global *global);
/* Begins slices for a large stack that would be left to the atomic phase; 0: there is none. */
size_t rl_mark_settle_stacks(Global *global);
/* Slots that the atomic phase has to look at. */
size_t rl_mark_stack_rest(const Global *global, const Thread *thread);

/* ---- mark_table.c ---- */

/* rl_mark_traverse for a table without weak references. A large one is only begun while the program runs. */
size_t rl_mark_strong_table(Global *global, Table *table);
/* The next slice of the large table that is being marked. */
size_t rl_mark_slice(Global *global);
/* Begins the slices of a table; false while another one is being marked. */
bool rl_mark_begin_slices(Global *global, Table *table, unsigned mode);
/* The table is large: written while it is marked, it stays black, and what is stored is marked instead. */
bool rl_mark_is_sliced(const Table *table);

/* ---- weak.c ---- */

#define WEAK_KEYS   1u
#define WEAK_VALUES 2u
/* The table's __mode: WEAK_* bits. */
unsigned rl_weak_mode(Global *global, const Table *table);
/* rl_mark_traverse for a table with weak references. A large one is only begun while the program runs. */
size_t rl_weak_traverse(Global *global, Table *table, unsigned mode);
/* Nodes of a slice of a weak table. */
void rl_weak_mark_nodes(Global *global, Table *table, unsigned mode, size_t first, size_t end);
/* Looks again at all weak tables if the mode of some may be another one than when they were traversed. */
size_t rl_weak_check_modes(Global *global);
/* Marks through ephemerons until nothing new is reached. */
size_t rl_weak_converge(Global *global);
/* Removes entries whose value is dead from tables that have not been seen to. */
size_t rl_weak_clear_values(Global *global);
/* Removes entries whose key is dead. */
size_t rl_weak_clear_keys(Global *global);
/* A portion of both. 0: nothing is left. */
size_t rl_weak_clear_some(Global *global);

/* ---- ephemeron.c ---- */

/* Makes an entry with an unreached value wait for its key, which is an object. */
void rl_ephemeron_add_node(Global *global, const TableNode *node);
/* The same for all entries of a table. Returns its size. */
size_t rl_ephemeron_add(Global *global, const Table *table);
/* `key` has been reached. */
void rl_ephemeron_reached(Global *global, const Object *key);
/* Marks the value of an entry whose key has been reached. 0: there is none. */
size_t rl_ephemeron_mark_ready(Global *global);
/* Marks through the ephemeron tables of the list, each entry once. False when memory was short: some may be left. */
bool rl_ephemeron_converge(Global *global, size_t *work);
/* Nothing waits any more. */
void rl_ephemeron_end(Global *global);
size_t rl_ephemeron_bytes(const Global *global);

/* ---- finalize.c ---- */

/* Moves finalizable objects that are white (or `all`) to the pending list. */
void rl_finalize_separate(Global *global, bool all);
size_t rl_finalize_mark_pending(Global *global);
/* Portions of the same while the program runs, which cannot reach those objects: separating, and marking. 0: done. */
void rl_finalize_separate_begin(Global *global);
size_t rl_finalize_separate_some(Global *global);
size_t rl_finalize_mark_some(Global *global);
bool rl_finalize_has_pending(const Global *global);
/* Calls at most `limit` finalizers; returns how many. Calls Lua, may move the stack. */
size_t rl_finalize_call(State *L, size_t limit);

/* ---- collect.c ---- */

/* The next portion of a cycle; returns the work done, at least 1. */
size_t rl_collect_advance(State *L);
/* The collector works at a safe point of L. */
void rl_collect_note_runner(State *L);
/* Ends the cycle that is under way: afterwards the phase is PHASE_PAUSE. Finalizers are called unless it is an
 * emergency.
 */
void rl_collect_finish_cycle(State *L);
/* Parts of a cycle that is made at once: marks everything from the beginning, and returns the work; */
size_t rl_collect_mark_all(State *L);
/* the atomic phase; */
size_t rl_collect_finish_marking(State *L);
/* and the begin of a sweep after which the survivors are old. */
void rl_collect_begin_sweep(Global *global);
void rl_collect_finish_sweep(State *L);

/* ---- generational.c ---- */

/* From incremental to generational and back; both between two cycles. Entering is a full collection without finalizers;
 * returns its work. */
size_t rl_generational_enter(State *L);
void rl_generational_leave(Global *global);
/* A minor or major collection, as is due; calls finalizers. */
void rl_generational_step(State *L);
/* A major collection without finalizers. Returns its work. */
size_t rl_generational_full(State *L);

/* ---- pacing.c ---- */

/* After a cycle: the next one is due when the heap has grown by the pause. */
void rl_pacing_set_pause(Global *global);
/* Generational: the next minor collection is due when the heap has grown by the minor multiplier. */
void rl_pacing_set_minor(Global *global);
/* Bytes that will be allocated before the next cycle is due. */
size_t rl_pacing_headroom(const Global *global);
/* bytes * percent / 100, without overflow. */
size_t rl_pacing_scaled(size_t bytes, int percent);

#endif
