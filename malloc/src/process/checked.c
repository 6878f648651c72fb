/* The checking mode: RILLE_MALLOC=<word>,<word>,... in the environment.
 *
 * Each block gets a head of its own and is followed by a pattern; freed blocks are filled and rest in a queue before
 * their memory is used again. With `guard` a block has pages of its own, and ends where a page begins that cannot be
 * touched:
 *
 *     plain    | head | block | pattern up to a granule |
 *     guarded  | ...  head | block | pattern | inaccessible page |
 *
 * A guarded block that rests has none of its pages: whoever touches it ends by SIGSEGV at the very instruction. As the
 * system allows only some 65,000 mappings, the blocks beyond GUARDED_MAX are plain ones.
 *
 * The memory of plain blocks comes from the common cache (process/threads.c): the threads' own are not used in this
 * mode, so that no request goes past it. Blocks from before the mode began are none of ours, and are freed as always.
 */
#define _GNU_SOURCE 1
#include "process/process.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "core/fault.h"

#define GUARDED_MAX   14000
#define QUEUE_LENGTH  8192
#define QUEUE_BYTES   ((size_t)32 * 1024 * 1024)
#define SITES         512
#define BYTE_BEHIND   0xfb
#define BYTE_NEW      0xce
#define BYTE_FREED    0xdf
#define STATE_LIVE    UINT64_C(0x6c697665)
#define STATE_RESTING UINT64_C(0x72657374)

typedef struct CheckedBlock CheckedBlock;
struct CheckedBlock {
  CheckedBlock *next; /* of those in use */
  CheckedBlock *previous;
  const void *site; /* who asked for it */
  size_t size;
  char *base;    /* of its memory */
  size_t mapped; /* bytes of its own mapping, with the page behind; 0: a plain one */
  uint64_t state;
  uint64_t seal;
};

_Static_assert(sizeof(CheckedBlock) == 64, "the block behind it stays aligned");

typedef struct Options {
  bool guard, fill, quarantine, leaks, stats;
  bool has_perturb;
  unsigned char byte_new, byte_freed;
} Options;

typedef struct Resting {
  CheckedBlock *block; /* of a guarded one only the address is left */
  char *base;
  size_t mapped;
  size_t bytes;
} Resting;

_Atomic(bool) rlm_is_checking;

static uint64_t secret; /* its own: the process's is not known before there is an arena */
static Options options = {.byte_new = BYTE_NEW, .byte_freed = BYTE_FREED};
static ArenaLock lock; /* all that follows */
static CheckedBlock *in_use;
static unsigned guarded_count;
static Resting queue[QUEUE_LENGTH]; /* a ring */
static unsigned queue_first, queue_count;
static size_t queue_bytes;
static int report_descriptor = 2;

ArenaLock *rlm_checked_lock(void) {
  return &lock;
}

/* ---- heads ---- */

static uint64_t seal_of(const CheckedBlock *block) {
  uint64_t sum = (uintptr_t)block ^ secret;
  sum = (sum + block->size) * UINT64_C(0x9e3779b97f4a7c15);
  sum = (sum ^ sum >> 29 ^ (uintptr_t)block->base) * UINT64_C(0xd6e8feb86659fd93);
  return sum ^ block->mapped ^ block->state << 20;
}

static void set_state(CheckedBlock *block, uint64_t state) {
  block->state = state;
  block->seal = seal_of(block);
}

static CheckedBlock *head_of(const void *user) {
  return (CheckedBlock *)user - 1;
}

/* The head if it is one of ours. A page that is gone was a guarded block's that rests. */
static CheckedBlock *find(const void *user) {
  CheckedBlock *block = head_of(user);
  if ((uintptr_t)user % RLM_GRANULE != 0) return NULL;
  if (!rlm_system_is_readable(block) || !rlm_system_is_readable(&block->seal)) return NULL;
  return block->seal == seal_of(block) ? block : NULL;
}

static char *end_of(const CheckedBlock *block) {
  return (char *)round_up((uintptr_t)(block + 1) + block->size, RLM_GRANULE);
}

/* ---- memory ---- */

static CheckedBlock *take_guarded(size_t alignment, size_t size) {
  size_t slack = alignment > RLM_GRANULE ? alignment : 0;
  size_t bytes = round_up(sizeof(CheckedBlock) + round_up(size, RLM_GRANULE) + slack, RLM_PAGE);
  char *base = rlm_system_map(bytes + RLM_PAGE);
  if (base == NULL) return NULL;
  if (!rlm_system_guard(base + bytes, RLM_PAGE)) {
    rlm_system_unmap(base, bytes + RLM_PAGE);
    return NULL;
  }
  uintptr_t user = ((uintptr_t)base + bytes - round_up(size, RLM_GRANULE)) & ~(uintptr_t)(alignment - 1);
  CheckedBlock *block = head_of((void *)user);
  block->base = base;
  block->mapped = bytes + RLM_PAGE;
  return block;
}

static CheckedBlock *take_plain(size_t alignment, size_t size) {
  size_t lead = alignment > sizeof(CheckedBlock) ? alignment : sizeof(CheckedBlock);
  char *base = rlm_plain_allocate(alignment, lead + size + 2 * RLM_GRANULE);
  if (base == NULL) return NULL;
  CheckedBlock *block = head_of(base + lead);
  block->base = base;
  block->mapped = 0;
  return block;
}

static bool may_guard(void) {
  lock_take(&lock);
  bool may = options.guard && guarded_count < GUARDED_MAX;
  if (may) guarded_count++;
  lock_leave(&lock);
  return may;
}

static CheckedBlock *take(size_t alignment, size_t size) {
  if (may_guard()) {
    CheckedBlock *block = take_guarded(alignment, size);
    if (block != NULL) return block;
    lock_take(&lock);
    guarded_count--;
    lock_leave(&lock);
  }
  return take_plain(alignment, size);
}

/* The pattern reaches to the end of the granule, and one granule further where there is one. */
static size_t pattern_bytes(const CheckedBlock *block) {
  size_t rest = (size_t)(end_of(block) - (char *)(block + 1)) - block->size;
  return block->mapped != 0 ? rest : rest + RLM_GRANULE;
}

void *rlm_checked_allocate(size_t alignment, size_t size, const void *site) {
  if (size > (size_t)PTRDIFF_MAX - 2 * RLM_PAGE || alignment > (size_t)PTRDIFF_MAX / 2 - size / 2 - RLM_PAGE)
    return NULL;
  if (alignment < RLM_GRANULE) alignment = RLM_GRANULE;
  CheckedBlock *block = take(alignment, size);
  if (block == NULL) return NULL;
  block->site = site;
  block->size = size;
  char *user = (char *)(block + 1);
  if (options.fill || options.has_perturb) memset(user, options.byte_new, size);
  memset(user + size, BYTE_BEHIND, pattern_bytes(block));
  set_state(block, STATE_LIVE);
  lock_take(&lock);
  block->previous = NULL;
  block->next = in_use;
  if (in_use != NULL) in_use->previous = block;
  in_use = block;
  lock_leave(&lock);
  return user;
}

/* ---- the queue of what was freed ---- */

static void check_rest(const CheckedBlock *block) {
  const unsigned char *bytes = (const unsigned char *)(block + 1);
  for (size_t i = 0; options.fill && i < block->size; i++)
    if (bytes[i] != options.byte_freed) rlm_fault("a block was written to after its free", bytes + i);
}

static void let_go(Resting resting) {
  if (resting.mapped != 0) {
    rlm_system_unmap(resting.base, resting.mapped);
    return;
  }
  check_rest(resting.block);
  resting.block->seal = 0;
  rlm_plain_free(resting.base);
}

/* Takes the oldest out of the queue if it is too long. The lock is held. */
static bool dequeue(Resting *oldest, size_t room) {
  if (queue_count == 0 || (queue_count < QUEUE_LENGTH && queue_bytes + room <= QUEUE_BYTES)) return false;
  *oldest = queue[queue_first];
  queue_first = (queue_first + 1) % QUEUE_LENGTH;
  queue_count--;
  queue_bytes -= oldest->bytes;
  if (oldest->mapped != 0) guarded_count--;
  return true;
}

static void enqueue(Resting resting) {
  Resting oldest;
  lock_take(&lock);
  while (dequeue(&oldest, resting.bytes)) {
    lock_leave(&lock);
    let_go(oldest);
    lock_take(&lock);
  }
  queue[(queue_first + queue_count++) % QUEUE_LENGTH] = resting;
  queue_bytes += resting.bytes;
  lock_leave(&lock);
}

static void rest(CheckedBlock *block) {
  Resting resting = {block, block->base, block->mapped, block->mapped != 0 ? RLM_PAGE : block->size + sizeof *block};
  if (!options.quarantine) {
    if (block->mapped != 0) {
      lock_take(&lock);
      guarded_count--;
      lock_leave(&lock);
    }
    let_go(resting);
    return;
  }
  if (block->mapped != 0) rlm_system_decommit(block->base, block->mapped);
  enqueue(resting);
}

static void unlink_block(CheckedBlock *block) {
  lock_take(&lock);
  if (block->next != NULL) block->next->previous = block->previous;
  if (block->previous != NULL)
    block->previous->next = block->next;
  else
    in_use = block->next;
  lock_leave(&lock);
}

static bool is_resting(const void *user) {
  bool found = false;
  lock_take(&lock);
  for (unsigned i = 0; i < queue_count && !found; i++)
    found = queue[(queue_first + i) % QUEUE_LENGTH].block == head_of(user);
  lock_leave(&lock);
  return found;
}

bool rlm_checked_free(void *user) {
  CheckedBlock *block = find(user);
  if (block == NULL) {
    if (is_resting(user)) rlm_fault("double free", user);
    return false;
  }
  if (block->state == STATE_RESTING) rlm_fault("double free", user);
  const unsigned char *behind = (const unsigned char *)user + block->size;
  for (size_t i = 0; i < pattern_bytes(block); i++)
    if (behind[i] != BYTE_BEHIND) rlm_fault("the bytes behind a block were overwritten", user);
  unlink_block(block);
  if (options.fill || options.has_perturb) memset(user, options.byte_freed, block->size);
  set_state(block, STATE_RESTING);
  rest(block);
  return true;
}

size_t rlm_checked_size(const void *user) {
  CheckedBlock *block = find(user);
  if (block == NULL && is_resting(user)) rlm_fault("use of a block after its free", user);
  if (block != NULL && block->state == STATE_RESTING) rlm_fault("use of a block after its free", user);
  return block != NULL ? block->size : SIZE_MAX;
}

/* ---- the report at exit ---- */

typedef struct Site {
  const void *address;
  size_t blocks;
  size_t bytes;
} Site;

static void print(TextLine *line) {
  rlm_text_add(line, "\n");
  rlm_system_write(report_descriptor, line->bytes, line->length);
  line->length = 0;
}

static void add_site(Site *sites, unsigned *count, const CheckedBlock *block) {
  unsigned i = 0;
  while (i < *count && sites[i].address != block->site) i++;
  if (i == SITES) i--; /* the last one stands for all that found no place */
  if (i == *count) {
    sites[(*count)++] = (Site){block->site, 0, 0};
  } else if (i == SITES - 1 && sites[i].address != block->site) {
    sites[i].address = NULL;
  }
  sites[i].blocks++;
  sites[i].bytes += block->size;
}

static void add_place(TextLine *line, const void *address) {
  Dl_info info;
  rlm_text_add(line, " from ");
  rlm_text_add_address(line, address);
  if (address == NULL || dladdr(address, &info) == 0 || info.dli_fname == NULL) return;
  rlm_text_add(line, " (");
  rlm_text_add(line, info.dli_fname);
  rlm_text_add(line, "+");
  rlm_text_add_address(line, (const void *)((uintptr_t)address - (uintptr_t)info.dli_fbase));
  if (info.dli_sname != NULL) {
    rlm_text_add(line, ", ");
    rlm_text_add(line, info.dli_sname);
  }
  rlm_text_add(line, ")");
}

static void report_leaks(void) {
  static Site sites[SITES];
  TextLine line = {.length = 0};
  unsigned count = 0;
  size_t blocks = 0, bytes = 0;
  lock_take(&lock);
  for (const CheckedBlock *block = in_use; block != NULL; block = block->next) {
    add_site(sites, &count, block);
    blocks++;
    bytes += block->size;
  }
  lock_leave(&lock);
  for (unsigned i = 0; i < count; i++) {
    rlm_text_add(&line, "rille malloc: still in use: ");
    rlm_text_add_number(&line, sites[i].blocks);
    rlm_text_add(&line, " blocks, ");
    rlm_text_add_number(&line, sites[i].bytes);
    rlm_text_add(&line, " bytes");
    add_place(&line, sites[i].address);
    print(&line);
  }
  rlm_text_add(&line, "rille malloc: still in use at exit: ");
  rlm_text_add_number(&line, blocks);
  rlm_text_add(&line, " blocks, ");
  rlm_text_add_number(&line, bytes);
  rlm_text_add(&line, " bytes");
  print(&line);
}

__attribute__((destructor)) static void report(void) {
  if (options.leaks) report_leaks();
  if (options.stats) rlm_report_statistics(report_descriptor);
}

/* ---- the environment ---- */

static bool take_word(const char *word, size_t length) {
  static const struct {
    const char *name;
    bool guard, fill, quarantine, leaks, stats, background;
  } words[] = {
    {.name = "guard", .guard = true},           {.name = "fill", .fill = true},
    {.name = "quarantine", .quarantine = true}, {.name = "leaks", .leaks = true},
    {.name = "stats", .stats = true},           {.name = "check", .guard = true, .fill = true, .quarantine = true},
    {.name = "background", .background = true},
  };
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (strlen(words[i].name) != length || memcmp(words[i].name, word, length) != 0) continue;
    options.guard |= words[i].guard;
    options.fill |= words[i].fill;
    options.quarantine |= words[i].quarantine;
    options.leaks |= words[i].leaks;
    options.stats |= words[i].stats;
    if (words[i].background) rlm_helper_want(true);
    return true;
  }
  return false;
}

static void read_words(const char *text) {
  while (*text != '\0') {
    size_t length = strcspn(text, ",");
    if (length != 0 && !take_word(text, length)) {
      static const char message[] =
        "rille malloc: RILLE_MALLOC knows guard, fill, quarantine, leaks, stats, check, background; not: ";
      TextLine line = {.length = 0};
      rlm_text_add(&line, message);
      rlm_text_add(&line, text);
      print(&line);
      return;
    }
    text += length;
    if (*text == ',') text++;
  }
}

static const char *find_variable(const char *name) {
  size_t length = strlen(name);
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return *entry + length + 1;
  return NULL;
}

static void begin(void) {
  if (secret == 0) secret = rlm_system_entropy();
  rlm_is_checking = true;
  rlm_cache_disable();
}

void rlm_checked_start(void) {
  const char *text = getauxval(AT_SECURE) == 0 ? find_variable("RILLE_MALLOC") : NULL;
  if (text == NULL) return;
  read_words(text);
  if (options.leaks || options.stats) {
    int copy = rlm_system_keep_descriptor(2); /* programs close theirs before the report */
    if (copy >= 0) report_descriptor = copy;
  }
  if (!options.guard && !options.fill && !options.quarantine && !options.leaks) return;
  begin();
}

void rlm_checked_perturb(unsigned char byte) {
  if (byte == 0 && !options.has_perturb) return;
  options.has_perturb = byte != 0;
  options.byte_freed = byte != 0 ? byte : BYTE_FREED;
  options.byte_new = byte != 0 ? (unsigned char)~byte : BYTE_NEW;
  begin();
}
