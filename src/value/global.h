/* What the threads of one Lua state share. The parts are laid out here, below everybody, so that a room can reach its
 * own part through the state; each part is changed only by the room that it names. */
#ifndef RL_VALUE_GLOBAL_H
#define RL_VALUE_GLOBAL_H

#include <stdarg.h>

#include "rille.h"
#include "value/thread.h"
#include "value/value.h"

#define RL_EVENT_COUNT 29 /* metamethods: object/metatable.h pins it */

/* heap/account.c: every byte from lua_Alloc is counted here. */
typedef struct Account {
  lua_Alloc allocate;
  void *allocate_data;
  size_t total_bytes; /* bytes held from `allocate` */
  size_t idle_bytes;  /* those of them that the heap's blocks hold without an object in them */
  ptrdiff_t debt;     /* grows with each buffer and object, shrinks with each that is freed and with each collector
                         step; > 0: the collector is due at the next safe point */
} Account;

/* heap/block.c: where the next objects of a size class come from: the free cells that begin in one bitmap word of a
 * block. Their bytes have been counted as used already (heap/account.h, memory_in_use). */
typedef struct HeapCursor {
  uint64_t free;           /* bit i: granule i of the word begins a free cell; the block's bitmap has it as used */
  struct HeapBlock *block; /* NULL: none yet */
  uint32_t types;          /* bit t: an object with tag t has been made since the block was last told */
  uint16_t first;          /* Object.cell of the word's first granule */
  uint16_t next_word;      /* the word of the bitmap to look at next */
} HeapCursor;

#define RL_GRANULE      16u /* bytes; cells begin at granules, bitmaps have a bit for each */
#define RL_SIZE_CLASSES 32  /* class c has cells of c + 1 granules */
typedef struct Heap {
  HeapCursor cursors[RL_SIZE_CLASSES];
  struct HeapBlock *available[RL_SIZE_CLASSES]; /* swept blocks with free cells, the cursors' own ones excepted */
  struct HeapBlock *blocks[RL_SIZE_CLASSES];    /* all blocks of the class */
  struct HeapBlock *unswept[RL_SIZE_CLASSES];   /* the sweep goes on with this one; NULL: it is through */
  uint32_t class_granules[RL_SIZE_CLASSES];     /* granules of the blocks of the class */
  struct HeapBlock *spare;                      /* empty ones, fit for any class */
  struct HeapBlock *young;                      /* blocks that may hold young objects, while `tracks_young` */
  struct LargeObject *large;                    /* all objects with an allocation of their own */
  struct LargeObject *large_unswept;            /* as `unswept` */
  struct LargeObject *large_old;                /* this one and all behind it are old */
  size_t swept_bytes;                           /* what the sweep has freed so far, buffers included */
  uint32_t sweep_class;                         /* classes below are swept */
  uint8_t tracks_young;                         /* blocks that are allocated from are put on `young` */
  uint8_t sweep_waits;                          /* dead objects are still referred to: nothing may be swept */
  uint8_t keeps_marks;                          /* the sweep makes its survivors old */
} Heap;

/* A walk over all objects that can be interrupted. Blocks and large objects that appear after its begin are not met. */
typedef struct HeapWalk {
  struct HeapBlock *block; /* NULL: go on with the next class */
  struct LargeObject *large;
  uint32_t word;       /* of the block's bitmap */
  uint32_t next_class; /* RL_SIZE_CLASSES + 1: the walk is at the large objects */
} HeapWalk;

/* object/string_table.c: open addressing. */
typedef struct StringTable {
  String **slots;
  uint32_t *marks;   /* of the slots: the string's hash with the lowest bit set; 0: free */
  uint32_t capacity; /* power of two */
  uint32_t count;
} StringTable;

/* object/shape.c: the shapes of tables, found by parent and name; and what construction sites have learned. */
typedef struct Shape Shape;
typedef struct MethodEntry MethodEntry;
typedef struct ShapeTable {
  const Shape **slots; /* NULL = free */
  uint32_t capacity;   /* power of two, or 0 */
  uint32_t count;
  uint8_t *demands; /* by site: slots for fields that its tables need */
  uint32_t site_count;
  uint32_t site_capacity;
} ShapeTable;

/* A growing array of objects owned by the collector. */
typedef struct ObjectList {
  Object **items;
  size_t count;
  size_t capacity;
} ObjectList;

typedef enum CollectorPhase {
  PHASE_PAUSE,
  PHASE_PROPAGATE,
  PHASE_ATOMIC,
  PHASE_CLEAR,
  PHASE_SWEEP,
  PHASE_FINALIZE
} CollectorPhase;

/* gc/ephemeron.c: entries of ephemeron tables that wait for their key to be reached. All zero: none. */
typedef struct EphemeronMap {
  struct EphemeronSegment **segments;
  uint32_t count; /* of entries */
  uint32_t segment_count;
  uint32_t segment_capacity;
  uint32_t ready;        /* first of the entries whose key has been reached */
  uint8_t is_used;       /* `ready` is valid */
  uint8_t is_incomplete; /* there was no memory for an entry */
} EphemeronMap;

/* gc/weak.c: metatables by which tables were found to be weak in this cycle, and how. */
#define RL_WEAK_MODES 2
typedef struct WeakMode {
  const Table *metatable;
  unsigned mode;
} WeakMode;

/* gc/trace.c: what the collector has done, and how long it took. */
typedef struct CollectorFigures {
  uint64_t cycles;
  uint64_t minors;
  uint64_t majors;
  uint64_t emergencies;
  uint64_t steps;
  uint64_t time[RILLE_GC_ACTIVITIES]; /* nanoseconds */
  uint64_t *pauses;                   /* RILLE_GC_BUCKETS of them since measuring was first switched on, or NULL */
  uint64_t longest;
  uint64_t piece_start; /* when the current activity began, */
  uint64_t piece_work;  /* and in processor time */
  uint64_t pause_time;  /* of the pause so far, finalizers excepted */
  uint32_t depth;       /* begins without end: an emergency inside a finalizer */
  uint8_t activity;
  uint8_t measures;
  rille_gc_Tracer tracer;
  void *tracer_data;
} CollectorFigures;

/* gc/ */
#define RL_GREY_RESERVE 32
typedef struct Collector {
  uint8_t phase;         /* CollectorPhase */
  uint8_t current_white; /* a colour bit (heap/colour.h); the other one is black */
  uint8_t dead;          /* while clearing and sweeping: the colour that is freed, 0 otherwise */
  uint8_t unreached;     /* what marking looks for: `dead` while clearing, else `current_white` */
  uint8_t mode;          /* LUA_GCINC or LUA_GCGEN: what collectgarbage answers */
  uint8_t generational;  /* 1: black means old between collections, ages count (gc/generational.c) */
  uint8_t promotes;      /* 1: a collection is under way that makes everything old */
  uint8_t emergency;     /* 1 during a collection for a failed allocation: no finalizers, nothing in use shrinks */
  uint8_t stopped;       /* GC_STOPPED_* bits: by the user, inside the collector, while a state is built or closed */
  uint8_t collecting;    /* 1 while the collector itself works: a failed allocation cannot start another collection */
  uint8_t overflow;      /* OVERFLOW_* bits of gc/phases.h: lists that could not grow, objects to be found by walking */
  uint8_t walks_for_grey; /* 1: `walk` is looking for grey objects that are on no list */
  int pause;              /* percent */
  int step_multiplier;
  int step_size_log2;
  int minor_multiplier;
  int major_multiplier;
  size_t estimate;        /* bytes in use after the last cycle, or the last major collection */
  size_t bad_major_work;  /* the last major collection freed little, and did this much; 0: it did not */
  ObjectList grey;        /* reached, references not yet followed */
  ObjectList grey_again;  /* to be looked at again before the atomic phase */
  ObjectList grey_last;   /* to be looked at again in the atomic phase */
  ObjectList large;       /* grey tables and threads that are to be marked in slices, one at a time */
  ObjectList weak_values; /* weak tables met in the atomic phase: only values weak, */
  ObjectList ephemerons;  /* only keys weak, */
  ObjectList all_weak;    /* both */
  EphemeronMap ephemeron_map;
  WeakMode weak_modes[RL_WEAK_MODES];
  ObjectList fixed;         /* never freed: names of events, of shapes, the memory message */
  ObjectList remembered;    /* old objects that the next minor collection has to look at */
  ObjectList finalizable;   /* objects with a __gc that are alive, in order of registration */
  ObjectList pending;       /* unreachable objects whose finalizer has not run yet, in calling order */
  size_t pending_first;     /* next one of `pending` to call */
  size_t finalizable_old;   /* generational: those before it are old */
  Table *sliced;            /* a large table that is being marked in slices; it is black already */
  size_t slice_position;    /* its slots before this one have been looked at */
  uint32_t slice_free_node; /* its free_node when the last slice ended */
  Thread *sliced_thread;    /* a thread whose large stack is being marked in slices; it is grey */
  size_t stack_position;    /* its slots before this one have been marked */
  UpValue *slice_upvalue;   /* the next of its open upvalues, */
  uint8_t slices_upvalues;  /* when this is 1 */
  uint8_t sliced_mode;      /* how `sliced` is weak (gc/phases.h): 0: it is not */
  uint8_t weak_mode_count;  /* of `weak_modes`; more: there were too many */
  uint8_t clear_stage;      /* of PHASE_CLEAR (gc/collect.c) */
  size_t clear_table;       /* how far its stages are: table of a list, */
  size_t clear_position;    /* and entry of the table, or of a list */
  size_t clear_kept;
  Table *cleared;            /* the table that is being cleared */
  uint32_t clear_free_node;  /* its free node when the last portion ended */
  size_t cleared_values[2];  /* tables of `weak_values` and `all_weak` without dead values */
  uint8_t settles;           /* the grey list is empty; `grey_again` is being worked off */
  size_t settle_work;        /* so far */
  State *runner;             /* the thread at whose safe point the collector works */
  HeapWalk walk;             /* of the search for grey objects */
  uint32_t step_limit;       /* automatic steps end after so many microseconds; 0: no bound */
  uint8_t collects_in_steps; /* LUA_GCCOLLECT makes a step */
  CollectorFigures figures;
  Object *grey_reserve[RL_GREY_RESERVE]; /* what `grey` uses when there is no memory for more */
#ifdef RL_STRESS_GC
  size_t stress_clock; /* safe points since the last full collection */
  size_t stress_count; /* portions or collections so far */
#endif
} Collector;

#define GC_STOPPED_USER     1u
#define GC_STOPPED_INTERNAL 2u
#define GC_STOPPED_CLOSING  4u

/* Lists of library functions with a direct entry (direct/direct.h), by library. */
typedef struct DirectName DirectName;
typedef enum DirectLibrary { DIRECT_BASE, DIRECT_MATH, DIRECT_STRING, DIRECT_TABLE, DIRECT_LIBRARIES } DirectLibrary;

/* vm/interrupt.c: how another thread of the process reaches the program that this state runs. */
typedef struct Interrupt {
  lua_Hook handler; /* called by the state's own thread at a safe point, once for each instruction; may raise */
  void (*on_work)(State *L, size_t units); /* called in library functions that run for long (vm/work.h); may raise */
  void *data;                              /* of the two */
  uint32_t requested;                      /* atomic: INTERRUPT_* bits, why the handler is called */
  uint32_t lock; /* atomic, a spin lock: who holds it may look into `current`, which then stays allocated */
} Interrupt;

/* vm/budget.c: limits on what a call may use. While there are any (or a tick), `steps` counts down at calls and
 * backward jumps (the interpreter's counted dispatch table) and in the libraries' long loops; below zero somebody
 * looks. */
typedef struct BudgetAccount {
  int64_t steps;            /* instructions left until the next look */
  int64_t granted;          /* what `steps` was at the last look */
  struct Budget *innermost; /* NULL: nothing is limited */
  struct Budget *refused;   /* whose memory limit the last allocation would have crossed, when that is final */
  size_t memory_bound;      /* of Account.total_bytes */
  size_t memory_low;        /* the least that was held since the chain changed */
  uint32_t depth_bound;     /* of c_depth */
  lua_Alloc allocate;       /* the user's, while the account holds the one that knows the bound; else NULL */
  void *allocate_data;
  void (*tick)(State *L); /* called at looks between two instructions of a Lua function; NULL: none */
  uint32_t suspended;     /* > 0: C code that must not be interrupted (finalizers) */
  uint8_t is_spent;       /* a final error is under way or pending: finalizers have to wait */
  int hook_bit;           /* HOOK_BUDGET while steps are counted, else 0: what every running thread's hook_mask has */
} BudgetAccount;

/* A bit of lua_State.hook_mask beside the user's LUA_MASK* (value/thread.h): calls and backward jumps count. */
#define HOOK_BUDGET 0x40000000
/* Somebody wants to hear of more than that. */
static inline bool hooks_are_set(const State *L) {
  return (L->hook_mask & ~HOOK_BUDGET) != 0;
}

/* How lower floors reach upward; wired once by state/new.c. */
typedef struct RuntimeHooks {
  /* raise/: make the error's text, put it on the stack (with position), run the handler and throw. Never returns. */
  void (*raise)(State *L, int code, va_list arguments);
  /* heap/: a full collection that runs no Lua code and moves no stack. */
  void (*collect_emergency)(State *L);
  /* heap/barrier.h: mark `object`, referred to by a black holder. */
  void (*mark_forward)(State *L, Object *holder, Object *object);
  /* heap/barrier.h: the black `holder`, into which `object` was stored, is to be looked at again. */
  void (*mark_back)(State *L, Object *holder, Object *object);
  /* heap/block_sweep.c: frees what dead objects own; they are gone afterwards. Calls nobody, allocates nothing. */
  void (*release_objects)(Global *global, Object *const *objects, uint32_t count);
  /* gc/: calls the finalizer at top - 2 with the object at top - 1: protected, not yieldable, hooks off. Pops both;
   * returns the status, with the error value on the stack when it is not LUA_OK. */
  int (*call_finalizer)(State *L);
  /* gc/: a warning about the error value on top of the stack (which is popped), "error in __gc". */
  void (*warn_error)(State *L, const char *where);
  /* raise/: the status of the memory error that is about to be thrown: a limit's, if it is a limit's fault. */
  int (*memory_status)(State *L);
  /* object/: completes a library's table. May raise (memory). */
  void (*complete_table)(State *L, Table *table);
  /* raise/: pushes a string. May raise (memory). */
  void (*push_text)(State *L, const char *text);
} RuntimeHooks;

struct Global {
  Account account;
  Heap heap;
  Collector collector;
  StringTable strings;
  ShapeTable shapes;
  MethodEntry *methods;  /* METHOD_ENTRIES of them, or NULL */
  uint64_t method_epoch; /* moves when a remembered method may be another one, or gone (object/table.h) */
  const RuntimeHooks *hooks;
  const DirectName *direct_names[DIRECT_LIBRARIES];
  struct Entry *entry;   /* innermost protected entry (raise/protect.h) */
  uint32_t c_depth;      /* C calls nested right now: interpreter entries, parser levels */
  uint32_t run_depth;    /* interpreter entries nested right now (vm/) */
  uint32_t resume_depth; /* coroutines resumed by the interpreter, one inside another */
  State *current;        /* the thread that the engine runs; set by state_switch (vm/interrupt.h) */
  Interrupt interrupt;
  State *unprotected; /* a thread whose request (value/thread.h) waits for a protected entry */
  uint32_t hash_seed;
  State *main_state;
  Value registry;
  Value main_thread; /* the Thread object of main_state */
  lua_CFunction panic;
  lua_WarnFunction warn;
  void *warn_data;
  String *memory_message; /* "not enough memory": raised without allocating */
  String *event_names[RL_EVENT_COUNT];
  String *type_names[LUA_NUMTYPES]; /* what `type` returns */
  String *number_type_names[2];     /* `math.type`: "integer", "float" */
  Table *type_metatables[LUA_NUMTYPES];
  uint8_t is_complete; /* the state has been built wholly */
  uint8_t api_checks;  /* API misuse is looked for (rille_checkapi, RILLE_CHECK_API=1) */
  BudgetAccount budget;
  Value none_value; /* TAG_NONE: what an index that names nothing refers to; never written */
};

static inline Global *state_global(const State *L) {
  return L->global;
}

#define INTERRUPT_ASKS 1u /* something of the program, when it suits it */
#define INTERRUPT_ENDS 2u /* the program, soon */

/* For what loops for long: somebody wants the program to end. */
static inline bool interrupt_wants_end(const Global *global) {
  return __builtin_expect((__atomic_load_n(&global->interrupt.requested, __ATOMIC_RELAXED) & INTERRUPT_ENDS) != 0, 0);
}

#endif
