/* Functions under construction, their blocks, variables, labels. */
#ifndef RL_COMPILE_SCOPE_H
#define RL_COMPILE_SCOPE_H

#include "compile/expression.h"
#include "compile/lexer.h"

/* As in UpvalueDescription.kind. */
typedef enum VariableKind { VARIABLE_REGULAR, VARIABLE_CONST, VARIABLE_CLOSE, VARIABLE_FOLDED } VariableKind;

/* A declared local variable. It is active (visible) once its function counts it in active_count. */
typedef struct Variable {
  Value value; /* FOLDED */
  String *name;
  uint32_t description; /* index in Prototype.locals */
  uint8_t kind;         /* VariableKind */
  uint8_t home;         /* its register */
} Variable;

/* A label, or a jump that waits for one; a `break` waits for the label without a name. */
typedef struct Label {
  String *name;
  uint32_t pc; /* of the label, or of the JMP */
  int line;
  uint32_t active_count; /* variables visible there, counted from the function's first */
  bool leaves_captured;  /* a jump that has left a block with captured variables */
} Label;

typedef struct LabelList {
  Label *items;
  uint32_t count;
  Scratch memory;
} LabelList;

typedef struct BlockScope {
  struct BlockScope *outer;
  uint32_t first_label; /* in the compiler's lists: what is this block's and its inner ones' */
  uint32_t first_jump;
  uint32_t active_count; /* variables outside */
  bool is_loop;
  bool is_captured;  /* some variable of it is an upvalue of an inner function or is to be closed */
  bool inside_close; /* a variable to be closed is active */
} BlockScope;

typedef struct FunctionState {
  Prototype *prototype; /* its counts are the capacities of its arrays; the counts in use are here */
  struct FunctionState *outer;
  struct Compiler *compiler;
  BlockScope *block;
  uint32_t serial; /* of the function in its chunk: marks its constants in the table */
  uint32_t code_count;
  uint32_t last_pc;     /* the last instruction emitted, NOWHERE when it is not known */
  uint32_t last_target; /* no instruction before this one may be changed: something may jump here */
  uint32_t constant_count;
  uint32_t nested_count;
  uint32_t line_count;
  uint32_t local_count;
  uint32_t upvalue_count;
  uint32_t first_variable; /* in the compiler's list */
  uint32_t first_label;
  uint32_t active_count;
  uint32_t free_register;
  bool needs_close;
} FunctionState;

typedef struct Compiler {
  Lexer lexer;
  State *L;
  FunctionState *function; /* the innermost */
  Variable *variables;     /* of all open functions */
  uint32_t variable_count;
  Scratch variable_memory;
  LabelList labels; /* visible, or in an enclosing function */
  LabelList jumps;
  uint32_t function_count;
  String *environment_name; /* "_ENV" */
} Compiler;

/* Raises "too many <what> (limit is N) in <function> near ..." when count > limit. */
void rl_limit_check(FunctionState *function, uint32_t count, uint32_t limit, const char *what);

/* ---- variables ---- */

/* Declares a variable, not active yet; its index counted from the function's first. */
uint32_t rl_variable_declare(FunctionState *function, String *name);
Variable *rl_variable_at(FunctionState *function, uint32_t index);
/* The last `count` declared ones become active, each with the next register. */
void rl_variables_activate(FunctionState *function, uint32_t count);
/* Number of registers that the first `active_count` variables take. */
uint32_t rl_register_level(FunctionState *function, uint32_t active_count);
static inline uint32_t active_registers(FunctionState *function) {
  return rl_register_level(function, function->active_count);
}
/* What the name means here: local, upvalue, folded constant, or field of _ENV. */
Expression rl_variable_resolve(FunctionState *function, String *name);
/* Raises when the expression is a variable that cannot be assigned to. */
void rl_variable_check_writable(FunctionState *function, const Expression *e);
/* The register of an active variable is to be closed when its block is left. */
void rl_variable_mark_close(FunctionState *function);
/* Adds the upvalue. Raises when there are too many. */
uint32_t rl_upvalue_add(FunctionState *function, UpvalueDescription description);

/* ---- blocks (scope.c), labels and jumps to them (labels.c) ---- */

void rl_block_enter(FunctionState *function, BlockScope *block, bool is_loop);
void rl_block_leave(FunctionState *function);

/* A jump that was emitted at pc goes to a label that is not known yet. `name` NULL: break. */
void rl_jump_to_label_later(FunctionState *function, String *name, int line, uint32_t pc);
/* The visible label, or NULL. The pointer lives until the next label is added. */
Label *rl_label_find(FunctionState *function, const String *name);
/* A label at the current position; jumps of the current block that wait for it are resolved. When `at_end`, no
 * statement follows in the block: its variables do not count. True when a CLOSE was emitted there. */
bool rl_label_define(FunctionState *function, String *name, int line, bool at_end);
/* For rl_block_leave: resolves breaks of a loop; true when a CLOSE was emitted. */
bool rl_breaks_resolve(FunctionState *function, uint32_t first_jump);
/* For rl_block_leave: what still waits belongs to the block outside, or is an error when the function ends. */
void rl_jumps_leave_block(FunctionState *function, const BlockScope *block);
RL_NORETURN void rl_label_missing(FunctionState *function, const Label *jump);

/* ---- functions (function.c) ---- */

/* Begins a function: `prototype` is anchored. */
void rl_function_open(Compiler *compiler, FunctionState *function, BlockScope *block, Prototype *prototype);
/* Emits the final return, completes the prototype; the enclosing function is current again. */
void rl_function_close(FunctionState *function);
/* A new prototype nested in the current function; `*index` is its number. */
Prototype *rl_function_new_nested(FunctionState *function, uint32_t *index);

#endif
