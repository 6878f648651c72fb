/* A thread of Lua execution: the state that API functions receive, its value stack and its call records.
 *
 * The collectable object is the small Thread; the State behind it, the value stack and the array of call records are
 * plain buffers. The value stack may move whenever it grows; everything that points into it is corrected by
 * object/stack.c: `top`, the pointers in call records, open upvalues. The array of call records moves too. So no
 * function may keep a Value* into the stack or a CallInfo* across a call whose contract says "may move the stack".
 *
 * What is alive on a stack: everything from `stack` up to `top`. While a Lua function runs its instructions, `top` is
 * only meaningful between an instruction that leaves an open list of values (CALL, VARARG with "all results") and the
 * one that consumes it; whoever leaves the fast path sets `top` to the frame's end (or the exact live limit) first, so
 * that a collection sees the whole frame. The collector clears what lies above `top` in every atomic phase: thus no
 * slot of a stack ever holds a dangling pointer, whether it has been written in this activation or not. */
#ifndef RL_VALUE_THREAD_H
#define RL_VALUE_THREAD_H

#include "value/function.h"
#include "value/value.h"

/* Who a call record belongs to. */
typedef enum CallKind {
  CALL_BASE,   /* the first record of a thread: C code that uses the thread from outside */
  CALL_LUA,    /* a Lua function: pc is valid */
  CALL_C,      /* a C function */
  CALL_PCALL,  /* `pcall`/`xpcall` waiting for the function they called; has no C frame of its own any more */
  CALL_RESUME, /* `coroutine.resume` waiting for the coroutine that runs */
  CALL_WRAP    /* a function made by `coroutine.wrap`, likewise */
} CallKind;

/* What is to be done with the results when the function of this record returns. */
typedef enum ReturnAction {
  RETURN_TO_LUA,       /* as RETURN_TO_CALL, and the caller is a Lua function run by the same interpreter entry */
  RETURN_TO_CALL,      /* results go to the slot of the function, `wanted` of them */
  RETURN_TO_REGISTER,  /* metamethod: one result into register A of the caller's instruction */
  RETURN_TO_CONDITION, /* metamethod of a comparison: truth decides the caller's conditional jump */
  RETURN_TO_CONCAT,    /* one result; the concatenation goes on with what is left */
  RETURN_TO_NOTHING,   /* results are dropped (__newindex) */
  RETURN_TO_CLOSE,     /* __close at the end of a block or function: the caller's instruction is executed again */
  RETURN_TO_UNWIND,    /* __close while an error unwinds to the record below */
  RETURN_TO_C_RETURN   /* __close of a C function's slots while it returns */
} ReturnAction;

/* lua_State.is_running */
#define RUNNING_NOT   0
#define RUNNING_BY_C  1 /* through lua_resume */
#define RUNNING_BY_VM 2 /* through a call record of `resumer` */

/* Bits of CallInfo.flags */
#define CALL_FRESH      0x01u  /* when this record returns, the interpreter entry that pushed it ends */
#define CALL_TAIL       0x02u  /* reached by a tail call */
#define CALL_HOOKED     0x04u  /* this record belongs to a hook function */
#define CALL_FINALIZER  0x08u  /* this function was called by the collector */
#define CALL_PROTECTED  0x10u  /* C: waits in a lua_pcallk that can yield; an error continues at `continuation` */
#define CALL_HOOK_YIELD 0x20u  /* the last hook yielded: do not call it again for this instruction */
#define CALL_HAS_CLOSE  0x40u  /* C: some slot is to be closed when the function returns */
#define CALL_HELD       0x80u  /* Lua: the instruction runs again after a metamethod; `held` counts what it keeps */
#define CALL_ALLOW_HOOK 0x100u /* saved value of allow_hook of a protected record */
#define CALL_UNWINDING  0x200u /* protected record: an error has arrived; `status` tells which */
#define CALL_SCANNED    0x400u /* the collector has marked what lies below this record; a new record has not the bit */

struct CallInfo {
  Value *function; /* slot of the called value; results are placed from here on */
  Value *base;     /* first register, or first argument of a C function (function + 1 unless variadic) */
  Value *top;      /* end of the frame: for Lua base + max_stack, for C the slots it was promised */
  union {
    const Instruction *pc;      /* Lua: the next instruction (saved whenever the fast path is left) */
    lua_KFunction continuation; /* C: called in place of the C function after a yield or a caught error */
  };
  union {
    lua_KContext context; /* C: argument of the continuation */
    ptrdiff_t held;       /* number of values that wait on the stack while something is closed or concatenated */
  };
  union {
    const Value *constants; /* Lua: of the prototype */
    ptrdiff_t old_handler;  /* protected records: the message handler (stack offset) to return to */
  };
  int32_t wanted; /* number of results the caller wants; LUA_MULTRET: all */
  uint16_t flags;
  uint8_t kind;      /* CallKind */
  uint8_t on_return; /* ReturnAction */
  uint8_t status;    /* protected records while unwinding: LUA_ERR* */
  uint8_t spare;
  uint16_t non_yieldable; /* protected records: the thread's count to return to */
  int32_t target; /* RETURN_TO_REGISTER: the register; RETURN_TO_CONDITION: 1 when truth jumps; RETURN_TO_CONCAT:
                     operands left. Protected records: slots from `base` to the function they called */
};

_Static_assert(sizeof(CallInfo) == 64, "a call record is one cache line");

/* A request that a C function of our own libraries makes by returning rl_transition_*: see vm/transition.h. */
typedef struct TransitionRequest {
  uint8_t kind;
  int32_t count;
  State *other;
} TransitionRequest;

struct Thread {
  Object header;
  State *state;
};

struct lua_State {
  Value *top; /* first free slot */
  CallInfo *call_info;
  const void *dispatch; /* the interpreter's table of handlers: plain, or the one that calls hooks */
  Global *global;
  Value *stack;
  Value *stack_limit; /* stack_limit + RL_EXTRA_STACK is the end of the allocation */
  CallInfo *call_base;
  CallInfo *call_end; /* end of the array of records */
  UpValue *open_upvalues;
  Thread *thread;
  uint32_t *close_slots; /* to-be-closed variables: their stack offsets in slots, ascending */
  uint32_t close_count;
  uint32_t close_capacity;
  uint8_t status; /* LUA_OK, LUA_YIELD (suspended), or the error that killed the coroutine */
  uint8_t allow_hook;
  uint8_t is_running;      /* RUNNING_*: resumed and not suspended again (also when it has itself resumed another) */
  uint8_t handler_depth;   /* message handlers running one inside another */
  uint32_t non_yieldable;  /* C calls that a yield cannot cross; the main thread starts at 1 */
  ptrdiff_t error_handler; /* stack offset in bytes of the message handler; 0: none */
  State *resumer;          /* who resumed this thread (NULL: nobody) */
  void *resume_entry;      /* the protected entry (raise/protect.h) in which it was resumed, and the depth there */
  uint32_t resume_run_depth;
  uint32_t is_scanned : 8;       /* the collector relies on this stack and is to be told before it changes */
  uint32_t scanned_records : 24; /* records from the bottom that slices of marking have passed (gc/mark_thread.c) */
  TransitionRequest request;
  volatile lua_Hook hook;
  volatile int hook_mask;
  int base_hook_count;
  int hook_count;
  int32_t hook_old_line; /* line and pc that the line hook saw last */
  uint32_t hook_old_pc;
  uint16_t transfer_first; /* lua_Debug.ftransfer/ntransfer of the running hook */
  uint16_t transfer_count;
};

/* Hooks may be switched on from a signal handler, interrupts from another thread (vm/interrupt.h). */
static inline const void *state_dispatch(const State *L) {
  return __atomic_load_n(&L->dispatch, __ATOMIC_RELAXED);
}
static inline void state_set_dispatch(State *L, const void *dispatch) {
  __atomic_store_n(&L->dispatch, dispatch, __ATOMIC_RELAXED);
}
static inline size_t state_stack_size(const State *L) {
  return (size_t)(L->stack_limit - L->stack);
}
static inline ptrdiff_t stack_save(const State *L, const Value *slot) {
  return (const char *)slot - (const char *)L->stack;
}
static inline Value *stack_restore(const State *L, ptrdiff_t offset) {
  return (Value *)((char *)L->stack + offset);
}
static inline bool call_is_lua(const CallInfo *call_info) {
  return call_info->kind == CALL_LUA;
}
static inline LuaClosure *call_closure(const CallInfo *call_info) {
  return value_lua_closure(call_info->function);
}

#endif
